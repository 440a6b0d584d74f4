// @ts-check
// Rules in order: a condition with completion, and what follows from it. The last may be an else.

import { h, replace } from "../html.js";
import { completed, completions } from "../rules.js";
import { buildField } from "./build-field.js";
import { buildList } from "./build-list.js";
import { buildTarget } from "./build-target.js";
import { choice } from "./choice.js";

const mostShown = 9;

/**
 * @param {import("./build-field.js").Desk} desk
 * @param {any[]} rules of the draft
 * @param {string} path
 */
export const buildRules = (desk, rules, path) =>
  buildList({
    desk,
    items: rules,
    path,
    noun: "rule",
    blank: () => ({ if: "", then: { model: "" } }),
    place: (items) => (items.length > 0 && "else" in items[items.length - 1] ? items.length - 1 : items.length),
    show: (rule, at) => buildRule(desk, rule, at),
  });

/**
 * @param {import("./build-field.js").Desk} desk
 * @param {any} rule
 * @param {string} path
 */
function buildRule(desk, rule, path) {
  const key = "else" in rule ? "else" : "then";
  const then = h("div");
  const draw = () => {
    const [follows, at] = [rule[key], `${path}.${key}`];
    const setting = { name: "block", label: "Say", hint: "Ask the platform team for access" };
    const isTarget = follows.block === undefined;
    replace(then, isTarget ? buildTarget(desk, follows, at, { label: "Use" }) : buildField(desk, follows, at, setting));
  };
  const kinds = choice({
    name: "What follows",
    options: [
      { id: "use", label: "use a target" },
      { id: "block", label: "refuse" },
    ],
    value: rule[key]?.block === undefined ? "use" : "block",
    choose(kind) {
      rule[key] = kind === "block" ? { block: "This is not allowed here" } : { model: "" };
      desk.touched();
      draw();
    },
  });
  rule[key] ??= { model: "" };
  draw();
  return h(
    "div",
    { class: "stack" },
    key === "else" ? h("p", { class: "small soft" }, "Otherwise") : condition(desk, rule, path),
    h("div", { class: "scroll" }, kinds.element),
    then,
  );
}

/**
 * The condition, and under it what fits at the caret while someone types.
 * @param {import("./build-field.js").Desk} desk
 * @param {any} rule
 * @param {string} path
 */
function condition(desk, rule, path) {
  const field = buildField(desk, rule, path, { name: "if", label: "If", hint: "tags.team == 'support'", wide: true });
  const input = /** @type {HTMLInputElement} */ (field.querySelector("input"));
  const help = h("div", { class: "line completions", role: "group", "aria-label": "What fits here", hidden: true });
  input.classList.add("mono");
  const offer = () => {
    const caret = input.selectionStart ?? input.value.length;
    const { start, list } = completions(input.value, caret);
    const put = (/** @type {string} */ text) => {
      const done = completed(input.value, caret, start, text);
      input.value = done.text;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.focus();
      input.setSelectionRange(done.caret, done.caret);
      offer();
    };
    const button = (/** @type {import("../rules.js").Completion} */ { text, note }) => {
      const looks = { type: "button", class: "button tight mono", title: note || null };
      return h("button", { ...looks, on: { click: () => put(text) } }, text);
    };
    replace(help, list.slice(0, mostShown).map(button));
    help.hidden = list.length === 0;
  };
  for (const event of ["focus", "input", "click", "keyup"]) input.addEventListener(event, offer);
  field.addEventListener("focusout", (event) => {
    const next = /** @type {Node | null} */ (event.relatedTarget);
    if (!field.contains(next)) help.hidden = true;
  });
  field.append(help);
  return field;
}
