// @ts-check
// What was sent to whom, and what became of it.

import * as api from "../api.js";
import { h } from "../html.js";
import { count, duration, momentExact, words } from "../format.js";
import { changed, link } from "../router.js";
import { may } from "../state.js";
import { timeCell } from "./cells.js";
import { codeBlock } from "./copy.js";
import { facts } from "./facts.js";
import { grid } from "./grid.js";
import { colored } from "./json.js";
import { later } from "./later.js";
import { table } from "./table.js";
import { toast } from "./toast.js";

const tones = /** @type {Record<string, string>} */ ({ delivered: "good", failed: "bad", pending: "warn" });

/** @param {string} status */
const badge = (status) =>
  h("span", { class: `badge ${tones[status] ?? ""}` }, status === "pending" ? "waiting" : words(status));

/**
 * @param {any[]} endpoints
 * @param {URLSearchParams} query
 */
export function deliveryTable(endpoints, query) {
  const target = (/** @type {any} */ delivery) =>
    endpoints.find(({ id }) => id === delivery.target)?.name ?? delivery.target;
  return table({
    name: "Deliveries, the newest first",
    id: (/** @type {any} */ delivery) => `${delivery.id} ${delivery.status} ${delivery.attempt_count}`,
    href: (delivery) => link("/alerts", changed(query, { open: delivery.id })),
    columns: [
      { label: "Time", cell: (delivery) => timeCell(delivery.created_at), class: "column-time" },
      { label: "Event", cell: (delivery) => delivery.event_type, title: (delivery) => delivery.event_type },
      { label: "To", cell: target, title: target, class: "from-s", width: "24%" },
      { label: "State", cell: (delivery) => badge(delivery.status), width: "6.5rem" },
      {
        label: "Last answer",
        cell: (delivery) => delivery.last_error ?? delivery.last_status ?? "–",
        title: (delivery) => delivery.last_error,
        class: "from-m",
        width: "22%",
      },
      { label: "Tries", cell: (delivery) => count(delivery.attempt_count), class: "number from-s", width: "4.5rem" },
    ],
  });
}

/** @param {any} delivery */
export const deliveryFacts = (delivery) =>
  facts([
    ["State", badge(delivery.status)],
    ["Event", delivery.event_type],
    ["Tries", count(delivery.attempt_count)],
    ["Last status", delivery.last_status && String(delivery.last_status)],
    ["Last error", delivery.last_error],
    ["Made", momentExact(delivery.created_at)],
    ["Ended", delivery.finished_at && momentExact(delivery.finished_at)],
  ]);

/**
 * @param {string} id
 * @param {any[]} endpoints
 * @param {import("./collection.js").Tools} tools
 */
export function deliverySheet(id, endpoints, tools) {
  const again = async () => {
    try {
      await api.replayDelivery(id);
      tools.done("The event is sent once more");
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error));
    }
  };
  const show = (/** @type {any} */ delivery) => [
    facts([["To", endpoints.find((endpoint) => endpoint.id === delivery.target)?.name ?? delivery.target]]),
    deliveryFacts(delivery),
    may("admin")
      ? h("div", null, h("button", { type: "button", class: "button", on: { click: again } }, "Send it once more"))
      : null,
    tries(delivery.attempts ?? []),
    h("h3", null, "Event"),
    codeBlock(JSON.stringify(delivery.event, null, 2), {
      name: "Event",
      content: colored(JSON.stringify(delivery.event, null, 2)),
    }),
  ];
  return later(() => api.delivery(id, { signal: tools.signal }), show, tools.signal);
}

/** @param {any[]} attempts */
function tries(attempts) {
  if (attempts.length === 0) return h("p", { class: "soft" }, "Not tried yet.");
  const rows = attempts.map((attempt) => [
    momentExact(attempt.started_at),
    attempt.status ?? "–",
    attempt.error ?? attempt.answer ?? "–",
    duration(attempt.duration_ms),
  ]);
  return h("div", { class: "framed" }, grid("Tries", ["Time", "Status", "Answer", "Took"], rows));
}
