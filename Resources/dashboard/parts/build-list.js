// @ts-check
// A list in a routing config: pieces in order, each can be moved and removed, one can be added.

import { h, replace } from "../html.js";
import { icon } from "./icon.js";

/**
 * @param {object} settings
 * @param {import("./build-field.js").Desk} settings.desk
 * @param {any[]} settings.items of the draft; changed in place
 * @param {string} settings.path
 * @param {string} settings.noun what one of them is: "target"
 * @param {() => any} settings.blank
 * @param {(item: any, path: string, index: number) => import("../html.js").Child} settings.show
 * @param {(items: any[]) => number} [settings.place] where a new one goes; at the end when it is left out
 * @param {import("../html.js").Child} [settings.more] stands beside the button
 */
export function buildList({ desk, items, path, noun, blank, show, place, more = null }) {
  const list = h("ol", { class: "build-list" });
  const wrong = h("p", { class: "wrong small", hidden: true });

  const draw = (focused = -1) => {
    for (const known of [...desk.places.keys()]) if (known.startsWith(`${path}[`)) desk.places.delete(known);
    replace(list, items.map(row));
    if (focused >= 0)
      /** @type {HTMLElement | null} */ (list.children[focused]?.querySelector("input, select, textarea"))?.focus();
  };
  const change = (/** @type {() => number} */ action) => {
    const focused = action();
    desk.touched();
    draw(focused);
  };
  const move = (/** @type {number} */ index, /** @type {number} */ by) =>
    change(() => {
      items.splice(index + by, 0, ...items.splice(index, 1));
      return index + by;
    });
  const add = () =>
    change(() => {
      const at = place?.(items) ?? items.length;
      items.splice(at, 0, blank());
      return at;
    });
  const remove = (/** @type {number} */ index) =>
    change(() => {
      items.splice(index, 1);
      return Math.min(index, items.length - 1);
    });

  /**
   * @param {import("./icon.js").IconName} picture
   * @param {string} label
   * @param {boolean} isOff
   * @param {() => void} click
   */
  const button = (picture, label, isOff, click) => {
    const looks = { type: "button", class: "button plain tight", title: label, "aria-label": label };
    return h("button", { ...looks, disabled: isOff, on: { click } }, icon(picture, 14));
  };
  const row = (/** @type {any} */ item, /** @type {number} */ index) =>
    h(
      "li",
      null,
      h("span", { class: "build-number faint" }, index + 1),
      h("div", { class: "build-piece" }, show(item, `${path}[${index}]`, index)),
      h(
        "div",
        { class: "build-moves" },
        button("up", `Move ${noun} ${index + 1} up`, index === 0, () => move(index, -1)),
        button("down", `Move ${noun} ${index + 1} down`, index === items.length - 1, () => move(index, 1)),
        button("close", `Remove ${noun} ${index + 1}`, items.length === 1, () => remove(index)),
      ),
    );

  desk.places.set(path, (message) => {
    wrong.hidden = message === null;
    replace(wrong, message);
  });
  draw();
  return h(
    "div",
    { class: "stack" },
    list,
    wrong,
    h(
      "div",
      { class: "line" },
      h("button", { type: "button", class: "button", on: { click: add } }, icon("plus", 14), `Add ${noun}`),
      more,
    ),
  );
}
