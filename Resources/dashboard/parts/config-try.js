// @ts-check
// A dry run: what a request would do and cost, without a call to a provider.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { form } from "./form.js";
import { planResult } from "./plan-card.js";
import { empty } from "./states.js";

/** @param {any} config */
export function configTry(config) {
  const place = h("div", null, empty({ title: "Nothing was tried yet", isInline: true }));
  const example = { model: `@${config.slug}`, messages: [{ role: "user", content: "Say hello." }], max_tokens: 200 };
  const send = async (/** @type {Record<string, any>} */ values) => {
    const pair = (/** @type {string} */ line) => line.split("=").map((piece) => piece.trim());
    const tags = Object.fromEntries(values.tags.map(pair));
    const request = JSON.parse(values.request);
    const found = await api.dryRun({
      project_id: config.project_id,
      request,
      ...(values.end_user ? { end_user: values.end_user } : {}),
      ...(values.tags.length > 0 ? { tags } : {}),
    });
    replace(place, planResult(found));
  };
  const made = form({
    label: "Try it",
    fields: [
      {
        name: "request",
        label: "Request",
        kind: "code",
        required: true,
        value: JSON.stringify(example, null, 2),
        wide: true,
      },
      { name: "end_user", label: "End user", hint: "user-42" },
      { name: "tags", label: "Tags", kind: "lines", hint: "team=support" },
    ],
    send,
  });
  return h(
    "div",
    { class: "columns halves" },
    h(
      "div",
      null,
      h(
        "section",
        { class: "card" },
        h("header", null, h("h2", null, "A request"), h("span", { class: "soft small" }, "No provider is called")),
        h("div", { class: "body" }, made.element),
      ),
    ),
    h("div", null, h("section", { class: "card" }, h("header", null, h("h2", null, "What it would do")), place)),
  );
}
