// @ts-check
// The time that a page speaks of. The choice is in the address, so it survives reload, back and a sent link.

import { h } from "../html.js";
import { changed } from "../router.js";
import { presets } from "../series.js";
import { moment } from "../format.js";
import { choice } from "./choice.js";
import { icon } from "./icon.js";

/**
 * @param {{ query: URLSearchParams, fallback: string, go: (query: URLSearchParams) => void }} settings
 */
export function timeRange({ query, fallback, go }) {
  const chosen = query.has("start") ? "" : (query.get("range") ?? fallback);
  const ranges = choice({
    name: "Time range",
    options: presets,
    value: chosen,
    choose: (range) => go(changed(query, { range: range === fallback ? null : range, start: null, end: null })),
  });
  return h("div", { class: "line" }, query.has("start") ? span(query, go) : null, ranges.element);
}

/**
 * A range that came from a chart or a link.
 * @param {URLSearchParams} query
 * @param {(query: URLSearchParams) => void} go
 */
function span(query, go) {
  const now = new Date();
  const end = query.get("end");
  const text = `${moment(query.get("start") ?? "", now)} – ${end ? moment(end, now) : "now"}`;
  const remove = () => go(changed(query, { start: null, end: null }));
  return h(
    "span",
    { class: "chip" },
    h("span", null, text),
    h("button", { type: "button", "aria-label": `Remove the range ${text}`, on: { click: remove } }, icon("close", 12)),
  );
}
