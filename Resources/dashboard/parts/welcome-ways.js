// @ts-check
// The ways to a first provider: a vendor's key, an engine, the sandbox. What can be verified is verified.

import * as api from "../api.js";
import { h } from "../html.js";
import { vendorLabel } from "../vendors.js";
import { form } from "./form.js";
import { icon } from "./icon.js";
import { toast } from "./toast.js";

/** What each vendor's models are mostly begun with. */
const firstModels = /** @type {Record<string, string>} */ ({
  openai: "gpt-4o-mini",
  anthropic: "claude-haiku-4-5",
  google: "gemini-2.5-flash",
  groq: "llama-3.3-70b-versatile",
});
/** Where engines listen when nobody says otherwise. */
const engines = [
  { label: "vLLM, port 8000", port: 8000 },
  { label: "Ollama, port 11434", port: 11434 },
  { label: "SGLang, port 30000", port: 30000 },
];

/** @param {(provider: any, model: string | null) => Promise<void>} finish */
export const keyed = (finish) =>
  form({
    label: "Add and verify",
    fields: [
      {
        name: "vendor",
        label: "Vendor",
        kind: "select",
        options: Object.keys(firstModels).map((id) => ({ id, label: vendorLabel(id) })),
      },
      { name: "api_key", label: "Key", kind: "secret", required: true, note: "Stored encrypted; it never comes back." },
    ],
    send: async (values) => finish(await verified(await api.createProvider(values)), firstModels[values.vendor]),
  }).element;

/** @param {(provider: any, model: string | null) => Promise<void>} finish */
export function local(finish) {
  const made = form({
    label: "Add and verify",
    fields: [
      { name: "base_url", label: "Address", required: true, value: address(engines[0].port), wide: true },
      { name: "model", label: "Model", required: true, hint: "llama-4", note: "As the engine calls it." },
      { name: "name", label: "Name", required: true, value: "local" },
    ],
    send: async ({ base_url, model, name }) => {
      const draft = { vendor: "openai_compatible", name, base_url, models: [model] };
      await finish(await verified(await api.createProvider(draft)), model);
    },
  });
  const put = (/** @type {number} */ port) => {
    const input = made.element.querySelector("input");
    if (input) input.value = address(port);
  };
  const button = (/** @type {typeof engines[number]} */ { label, port }) =>
    h("button", { type: "button", class: "button tight", on: { click: () => put(port) } }, label);
  return [h("div", { class: "line" }, engines.map(button)), made.element];
}

/** @param {number} port on the machine that modelux runs on */
const address = (port) => `http://127.0.0.1:${port}/v1`;

/**
 * @param {any[]} providers
 * @param {(provider: any, model: string | null) => Promise<void>} finish
 */
export function sandbox(providers, finish) {
  const click = () =>
    finish(providers.find(({ vendor }) => vendor === "sandbox") ?? { name: "sandbox" }, "lorem").catch((error) =>
      toast(error.message),
    );
  return [
    h("p", { class: "soft" }, "Models for evaluation inside modelux: no network, no key, prices that move budgets."),
    h("div", null, h("button", { type: "button", class: "button primary", on: { click } }, icon("play", 14), "Use it")),
  ];
}

/**
 * Asks the provider with its credential, where this server can; one that is refused is taken away again.
 * @param {any} provider
 */
async function verified(provider) {
  if (!(await api.offers("/providers/{id}/verify"))) return provider;
  try {
    await api.verifyProvider(provider.id);
    return provider;
  } catch (error) {
    await api.removeProvider(provider.id).catch(() => {});
    throw error;
  }
}
