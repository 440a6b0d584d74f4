// @ts-check
// What of a table does not depend on its rows: columns with their widths and names, rows that wait.

import { h } from "../html.js";
import { bone } from "./states.js";

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} label
 * @property {(row: Row) => import("../html.js").Child} cell
 * @property {string} [class] for the whole column: `number`, `from-m`, a width
 * @property {string} [width]
 * @property {(row: Row) => string | null} [title] what does not fit into the cell
 */

/**
 * @template Row
 * @param {Column<Row>[]} columns
 */
export const head = (columns) => [
  h(
    "colgroup",
    null,
    columns.map(({ class: name, width }) => h("col", { class: name, style: width ? { width } : undefined })),
  ),
  h(
    "thead",
    null,
    h(
      "tr",
      null,
      columns.map(({ class: name, label }) => h("th", { scope: "col", class: name }, label)),
    ),
  ),
];

const widths = ["70%", "55%", "80%", "60%"];

/**
 * @template Row
 * @param {Column<Row>[]} columns
 * @param {number} rows
 */
export const waitingRows = (columns, rows) =>
  Array.from({ length: rows }, (_, row) =>
    h(
      "tr",
      null,
      columns.map(({ class: name }, column) => h("td", { class: name }, bone(widths[(row + column) % widths.length]))),
    ),
  );
