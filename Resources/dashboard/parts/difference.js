// @ts-check
// Two states of a thing beside each other: only what differs, or what was made or removed in whole.

import { h } from "../html.js";
import { differences } from "../diff.js";
import { empty } from "./states.js";

/**
 * @param {any} before
 * @param {any} after
 * @param {string} name
 */
export function difference(before, after, name) {
  const found = differences(before, after);
  if (found.length === 0) return empty({ title: "Nothing differs", isInline: true });
  const side = (/** @type {string | null} */ text, /** @type {string} */ tone, /** @type {string} */ word) =>
    text === null
      ? null
      : h("p", { class: `change-line ${tone}` }, h("span", { class: "unseen" }, `${word}: `), h("code", null, text));
  return h(
    "dl",
    { class: "changes", "aria-label": name },
    found.map(({ path, before: old, after: fresh }) => [
      h("dt", { class: "small soft wrap" }, path),
      h("dd", null, side(old, "bad", "before"), side(fresh, "good", "after")),
    ]),
  );
}
