// @ts-check
// What is wrong now, who is told of events, and what became of each delivery.

import * as api from "../api.js";
import { h } from "../html.js";
import { changed } from "../router.js";
import { may } from "../state.js";
import { choice } from "../parts/choice.js";
import { collection } from "../parts/collection.js";
import { deliverySheet, deliveryTable } from "../parts/deliveries.js";
import { paged } from "../parts/paged.js";
import { problemList } from "../parts/problems.js";
import { sameBy } from "../parts/same-by.js";
import { empty } from "../parts/states.js";
import { testMail } from "../parts/test-mail.js";
import { webhookMaker } from "../parts/webhook-form.js";
import { webhookSheet } from "../parts/webhook-sheet.js";
import { webhookTable } from "../parts/webhook-table.js";

export const title = "Alerts";

const statuses = [
  { id: "", label: "All" },
  { id: "pending", label: "Waiting" },
  { id: "failed", label: "Failed" },
];

/** @typedef {{ problems: any[], endpoints: any[], types: any[], deliveries: any, hasMail: boolean }} Data */

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, context) {
  const { signal, go } = context;
  const ask = (/** @type {URLSearchParams} */ query, /** @type {string | null} */ cursor) =>
    api.deliveries({ status: query.get("status"), endpoint_id: query.get("endpoint"), limit: 50, cursor }, { signal });
  return collection(main, context, {
    title,
    add: may("admin") ? "New endpoint" : null,
    load: async (query) => {
      const [hasAlerts, hasMail] = await Promise.all([api.offers("/alerts"), api.offers("/alerts/test-mail")]);
      const [problems, endpoints, types, deliveries] = await Promise.all([
        hasAlerts ? api.alerts({ signal }) : [],
        api.webhooks({ signal }),
        api.eventTypes({ signal }),
        ask(query, null),
      ]);
      return { problems, endpoints, types, deliveries, hasMail };
    },
    list: (data, query) => [
      problemList(data.problems),
      webhookTable(data.endpoints, query),
      sent(data, query, go, (cursor) => ask(query, cursor)),
      data.hasMail && may("admin") ? testMail() : null,
    ],
    one(id, data, tools) {
      if (id.startsWith("dlv_")) return { title: "Delivery", content: deliverySheet(id, data.endpoints, tools) };
      const endpoint = data.endpoints.find((candidate) => candidate.id === id);
      return endpoint ? { title: endpoint.name, content: webhookSheet(endpoint, data.types, tools) } : null;
    },
    make: (data, tools) => ({ title: "New endpoint", content: webhookMaker(data.types, tools) }),
    foot: sameBy({
      method: "POST",
      path: "webhooks/endpoints",
      body: { name: "on-call", url: "…", event_types: ["budget.exceeded"] },
    }),
  });
}

/**
 * @param {Data} data
 * @param {URLSearchParams} query
 * @param {import("../routes.js").Context["go"]} go
 * @param {(cursor: string) => Promise<any>} ask
 */
function sent({ deliveries, endpoints }, query, go, ask) {
  const filter = choice({
    name: "Deliveries shown",
    options: statuses,
    value: query.get("status") ?? "",
    choose: (status) => go(changed(query, { status })),
  });
  const rows = deliveryTable(endpoints, query);
  return h(
    "section",
    { class: "card", "aria-label": "Deliveries" },
    h("header", null, h("h2", null, "Deliveries"), filter.element),
    deliveries.data.length > 0
      ? paged({ rows, first: deliveries, ask })
      : empty({ title: "No deliveries here", text: "Every event that is sent shows up here.", isInline: true }),
  );
}
