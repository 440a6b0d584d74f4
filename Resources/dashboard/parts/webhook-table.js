// @ts-check
// Webhook endpoints: where events go.

import { h } from "../html.js";
import { ago } from "../format.js";
import { changed, link } from "../router.js";
import { empty } from "./states.js";
import { table } from "./table.js";

/**
 * @param {any[]} endpoints
 * @param {URLSearchParams} query
 */
export function webhookTable(endpoints, query) {
  const now = new Date();
  const types = (/** @type {any} */ endpoint) => endpoint.event_types.join(", ") || "every event";
  const rows = table({
    name: "Webhook endpoints",
    id: (/** @type {any} */ endpoint) => endpoint.id,
    href: (endpoint) => link("/alerts", changed(query, { open: endpoint.id })),
    columns: [
      { label: "Name", cell: (endpoint) => endpoint.name, title: (endpoint) => endpoint.name, width: "24%" },
      { label: "Address", cell: (endpoint) => endpoint.url, title: (endpoint) => endpoint.url, class: "from-s" },
      { label: "Events", cell: types, title: types, class: "from-m", width: "28%" },
      {
        label: "State",
        cell: (endpoint) => (endpoint.enabled ? "on" : h("span", { class: "badge" }, "off")),
        width: "5rem",
      },
      { label: "Made", cell: (endpoint) => ago(endpoint.created_at, now), class: "number from-l", width: "7rem" },
    ],
  });
  rows.set(endpoints);
  const none = empty({
    title: "Nobody is told yet",
    text: "An endpoint gets events as signed JSON; an address of Slack gets messages as Slack has them.",
    isInline: true,
  });
  return h(
    "section",
    { class: "card", "aria-label": "Webhook endpoints" },
    h("header", null, h("h2", null, "Webhook endpoints")),
    endpoints.length > 0 ? rows.element : none,
  );
}
