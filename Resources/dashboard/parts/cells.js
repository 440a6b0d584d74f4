// @ts-check
// What stands in the columns that several tables share.

import { h } from "../html.js";
import { momentExact, momentParts } from "../format.js";

/** @param {number} status an HTTP status */
export const statusBadge = (status) => {
  const tone = status >= 500 ? "bad" : status >= 400 ? "warn" : "quiet";
  return h("span", { class: `badge ${tone}` }, status);
};

/**
 * When a row happened; in little room an older one keeps its day and loses its time.
 * @param {string} text
 */
export function timeCell(text) {
  const { day, time } = momentParts(text, new Date());
  const shown = day ? [day, h("span", { class: "from-s" }, ` ${time}`)] : time;
  return h("time", { datetime: text, title: momentExact(text) }, shown);
}
