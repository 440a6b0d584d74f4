// @ts-check
// One webhook endpoint: a test, what can be changed, a new secret, the end.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { momentExact } from "../format.js";
import { changes } from "../forms.js";
import { link } from "../router.js";
import { may } from "../state.js";
import { ask } from "./ask.js";
import { deliveryFacts } from "./deliveries.js";
import { facts } from "./facts.js";
import { form } from "./form.js";
import { secretOnce } from "./secret.js";
import { secretText, webhookFields } from "./webhook-form.js";

/** @typedef {import("./collection.js").Tools} Tools */

/**
 * @param {any} endpoint
 * @param {any[]} types
 * @param {Tools} tools
 */
export function webhookSheet(endpoint, types, tools) {
  const send = async (/** @type {Record<string, any>} */ values) => {
    await api.updateWebhook(endpoint.id, changes(values, endpoint));
    tools.done(`Endpoint ${values.name} saved`);
  };
  return [
    facts([
      ["Secret", h("code", null, endpoint.secret_display)],
      ["Old secret ends", endpoint.previous_secret_expires_at && momentExact(endpoint.previous_secret_expires_at)],
      ["Made", momentExact(endpoint.created_at)],
      ["Deliveries", h("a", { href: link("/alerts", { endpoint: endpoint.id }) }, "of this endpoint")],
    ]),
    may("admin")
      ? [
          test(endpoint),
          h("hr"),
          form({ label: "Save", fields: webhookFields(endpoint, types), send }).element,
          h("hr"),
          h("div", { class: "line" }, rotation(endpoint, tools), end(endpoint, tools)),
        ]
      : null,
  ];
}

/** @param {any} endpoint */
function test(endpoint) {
  const place = h("div", { role: "status" });
  const click = async () => {
    button.disabled = true;
    replace(place, h("p", { class: "soft" }, "Sending…"));
    try {
      replace(place, deliveryFacts(await api.testWebhook(endpoint.id)));
    } catch (error) {
      replace(place, h("p", { class: "wrong" }, error instanceof Error ? error.message : String(error)));
    } finally {
      button.disabled = false;
    }
  };
  const button = h("button", { type: "button", class: "button", on: { click } }, "Send a test event");
  return h("section", null, h("div", null, button), place);
}

/**
 * @param {any} endpoint
 * @param {Tools} tools
 */
function rotation(endpoint, tools) {
  const done = (/** @type {any} */ fresh) => {
    tools.refresh();
    const text = `${secretText} The old secret signs too for 24 hours more.`;
    const close = () => tools.done(`Endpoint ${endpoint.name} has a new secret`);
    tools.set(`New secret of ${endpoint.name}`, secretOnce({ secret: fresh.secret, text, done: close }));
  };
  const click = () =>
    ask({
      title: `A new secret for ${endpoint.name}?`,
      text: "Events are signed with both secrets for 24 hours; after that with the new one only.",
      label: "Make a new secret",
      run: () => api.rotateWebhook(endpoint.id),
      done,
    });
  return h("button", { type: "button", class: "button", on: { click } }, "New secret…");
}

/**
 * @param {any} endpoint
 * @param {Tools} tools
 */
function end(endpoint, tools) {
  const click = () =>
    ask({
      title: `Remove the endpoint ${endpoint.name}?`,
      text: "What waits for it is not sent any more. What was sent stays in the list.",
      label: "Remove the endpoint",
      run: () => api.removeWebhook(endpoint.id),
      done: () => tools.done(`Endpoint ${endpoint.name} removed`),
    });
  return h("button", { type: "button", class: "button danger", on: { click } }, "Remove…");
}
