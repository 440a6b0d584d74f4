// @ts-check
// Whether mail leaves the house: a test mail, and what became of it.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { deliveryFacts } from "./deliveries.js";
import { form } from "./form.js";

export function testMail() {
  const answer = h("div", { role: "status" });
  const send = async (/** @type {Record<string, any>} */ { to }) => {
    replace(answer, h("p", { class: "soft" }, "Sending…"));
    try {
      replace(answer, deliveryFacts(await api.sendTestMail(to)));
    } catch (error) {
      replace(answer);
      throw error;
    }
  };
  const field = { name: "to", label: "Send a test mail to", required: true, hint: "finance@example.com" };
  return h(
    "section",
    { class: "card", "aria-label": "Mail" },
    h(
      "header",
      null,
      h("h2", null, "Mail"),
      h("span", { class: "soft small" }, "Budgets name who gets mail; the server is in the settings"),
    ),
    h("div", { class: "body stack" }, form({ label: "Send", fields: [field], send }).element, answer),
  );
}
