// @ts-check
// Requests of a session as bars on one time line, each a way to the request.

import { h } from "../html.js";
import { duration, durationAxis, money } from "../format.js";
import { link } from "../router.js";
import { ticks } from "../series.js";
import { statusBadge } from "./cells.js";

const most = 60;

/** @param {any[]} records the newest first */
export function timeline(records) {
  const shown = [...records].reverse().slice(-most);
  const begin = new Date(shown[0].created_at).getTime();
  const at = (/** @type {any} */ record) => new Date(record.created_at).getTime() - begin;
  const long = (/** @type {any} */ record) => record.latency?.total_ms ?? 0;
  const full = Math.max(1, ...shown.map((record) => at(record) + long(record)));
  const part = (/** @type {number} */ milliseconds) => `${((milliseconds / full) * 100).toFixed(3)}%`;
  return h(
    "figure",
    { class: "waterfall over-time", "aria-label": "Requests over time" },
    h(
      "div",
      { class: "waterfall-axis faint small", "aria-hidden": "true" },
      ticks(full, 3)
        .filter((tick) => tick <= full * 0.86)
        .map((tick) => h("span", { style: { "--at": part(tick) } }, durationAxis(tick))),
    ),
    h(
      "ol",
      { class: "timeline" },
      shown.map((record) => {
        const tone = record.status >= 500 ? "bad" : record.status >= 400 ? "warn" : "good";
        const cost = money(record.cost?.total_usd);
        const words = `Began after ${duration(at(record))}, took ${duration(long(record))}, ${cost}`;
        return h(
          "li",
          null,
          h(
            "a",
            { href: link(`/requests/${record.request_id}`), title: words },
            statusBadge(record.status),
            h("span", { class: "cut" }, record.model ?? record.requested_model),
          ),
          h(
            "div",
            { class: "attempt-track", role: "img", "aria-label": words },
            h("i", { class: tone, style: { "--from": part(at(record)), "--long": part(long(record)) } }),
          ),
          h("span", { class: "small soft number" }, duration(long(record))),
        );
      }),
    ),
  );
}
