// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { flat, h, replace, svg } from "../../Resources/dashboard/html.js";

/** As much of an element as `h` touches. */
class FakeElement {
  /**
   * @param {string} tag
   * @param {string} [space]
   */
  constructor(tag, space) {
    Object.assign(this, { tag, space, attributes: {}, children: [], dataset: {}, listeners: {} });
    this.style = {
      setProperty: (/** @type {string} */ name, /** @type {string} */ value) =>
        (this.attributes[`style ${name}`] = value),
    };
  }
  /** @type {any} */ attributes;
  /** @type {any[]} */ children = [];
  /** @type {any} */ listeners;
  setAttribute(/** @type {string} */ name, /** @type {string} */ value) {
    this.attributes[name] = value;
  }
  addEventListener(/** @type {string} */ name, /** @type {any} */ handler) {
    this.listeners[name] = handler;
  }
  append(/** @type {any[]} */ ...children) {
    this.children.push(...children);
  }
  replaceChildren(/** @type {any[]} */ ...children) {
    this.children = children;
  }
}
globalThis.document = /** @type {any} */ ({
  createElement: (/** @type {string} */ tag) => new FakeElement(tag),
  createElementNS: (/** @type {string} */ space, /** @type {string} */ tag) => new FakeElement(tag, space),
});
const made = (/** @type {any} */ element) => /** @type {FakeElement} */ (element);

test("strings stay strings: the DOM makes text nodes of them", () => {
  const evil = "<img src=x onerror=alert(1)>";
  assert.deepEqual(made(h("p", null, evil, 0, null, undefined, false, [["deep"], 1])).children, [
    evil,
    "0",
    "deep",
    "1",
  ]);
});

test("attributes: true is empty, nothing is left out, style goes through the object model", () => {
  const click = () => {};
  const element = made(
    h("button", {
      disabled: true,
      hidden: false,
      title: null,
      "aria-label": "x",
      style: { "--part": "1%" },
      on: { click },
    }),
  );
  assert.deepEqual(element.attributes, { disabled: "", "aria-label": "x", "style --part": "1%" });
  assert.equal(element.listeners.click, click);
});

test("what could run code is refused", () => {
  for (const [name, value] of [
    ["onclick", "x()"],
    ["onError", "x()"],
    ["srcdoc", "<p>"],
    ["href", "javascript:x()"],
    ["href", " javascript:x()"],
    ["src", "data:text/html,x"],
    ["href", "//elsewhere"],
    ["formaction", "javascript:x"],
  ]) {
    assert.throws(() => h("a", { [name]: value }), TypeError, `${name}=${value}`);
  }
  for (const href of ["#/requests", "/vendor/x", "https://example.com/"])
    assert.equal(made(h("a", { href })).attributes.href, href);
});

test("replace takes the place of what was there; svg has its own name space", () => {
  const element = h("div", null, "old");
  replace(element, "new", null);
  assert.deepEqual(made(element).children, ["new"]);
  assert.equal(/** @type {any} */ (svg("path")).space, "http://www.w3.org/2000/svg");
  assert.deepEqual(flat([null, ["a", [2]]]), ["a", "2"]);
});
