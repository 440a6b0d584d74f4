// @ts-check
// The form of a webhook endpoint.

import * as api from "../api.js";
import { form } from "./form.js";
import { secretOnce } from "./secret.js";

/** @typedef {import("./collection.js").Tools} Tools */

const formats = [
  { id: "standard", label: "JSON, signed" },
  { id: "slack", label: "Slack, Mattermost" },
];
export const secretText = "With it the receiver checks X-Modelux-Signature, the HMAC-SHA256 of the body.";

/**
 * @param {any} endpoint
 * @param {any[]} types
 * @returns {import("../forms.js").Field[]}
 */
export const webhookFields = (endpoint, types) => [
  { name: "url", label: "Address", required: true, value: endpoint.url, wide: true },
  { name: "name", label: "Name", value: endpoint.name, hint: "on-call" },
  { name: "format", label: "Form", kind: "select", options: formats, value: endpoint.format },
  {
    name: "event_types",
    label: "Events; none means every one",
    kind: "checks",
    value: endpoint.event_types,
    options: types.map(({ type }) => ({ id: type, label: type })),
    wide: true,
  },
  { name: "enabled", label: "Send events", kind: "checkbox", value: endpoint.enabled, wide: true },
];

/**
 * @param {any[]} types
 * @param {Tools} tools
 */
export function webhookMaker(types, tools) {
  const send = async (/** @type {Record<string, any>} */ { name, format, ...values }) => {
    // Slack's addresses are known by themselves unless somebody chose otherwise.
    const chosen = format === "slack" ? { format } : {};
    const made = await api.createWebhook({ ...values, ...chosen, ...(name ? { name } : {}) });
    tools.refresh();
    const done = () => tools.done(`Endpoint ${made.name} made`);
    tools.set(`Endpoint ${made.name}`, secretOnce({ secret: made.secret, text: secretText, done }));
  };
  const blank = { url: null, name: null, format: "standard", event_types: [], enabled: true };
  return form({ label: "Make the endpoint", fields: webhookFields(blank, types), send }).element;
}
