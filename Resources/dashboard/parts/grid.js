// @ts-check
// A small table of facts; columns of figures stand on the right.

import { h } from "../html.js";

/**
 * @param {string} name
 * @param {string[]} heads
 * @param {import("../html.js").Child[][]} rows
 */
export const grid = (name, heads, rows) =>
  h(
    "div",
    { class: "grid-box", tabindex: 0, role: "region", "aria-label": name },
    h(
      "table",
      { class: "grid" },
      h("caption", { class: "unseen" }, name),
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          heads.map((head, index) =>
            h("th", { scope: "col", class: isNumber(head, index) ? "number" : undefined }, head),
          ),
        ),
      ),
      h(
        "tbody",
        null,
        rows.map((row) =>
          h(
            "tr",
            null,
            row.map((cell, index) => h("td", { class: isNumber(heads[index], index) ? "number" : undefined }, cell)),
          ),
        ),
      ),
    ),
  );

const numbers = new Set(["Expected", "Attempts", "p50", "p95", "Spent", "Held", "Cap", "Tokens", "Cost", "Per 1M"]);

/**
 * @param {string} head
 * @param {number} index
 */
const isNumber = (head, index) => index > 0 && numbers.has(head);
