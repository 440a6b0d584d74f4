// @ts-check
// A row of figures with their names and a word about each.

import { h } from "../html.js";

/** @param {(readonly [string, import("../html.js").Child, import("../html.js").Child])[]} list */
export const figures = (list) =>
  h(
    "dl",
    { class: "figures card" },
    list.map(([name, value, note]) =>
      h(
        "div",
        null,
        h("dt", { class: "small soft" }, name),
        h("dd", { class: "figure cut", title: typeof value === "string" ? value : null }, value),
        h("dd", { class: "small faint cut" }, note),
      ),
    ),
  );
