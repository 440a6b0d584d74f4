// @ts-check
// What every routing config can say besides its policy: times, cache, what happens when callers leave or prices lack.

import { h } from "../html.js";
import { buildField } from "./build-field.js";

/** @typedef {import("./build-field.js").Setting} Setting */

const words = (/** @type {string[]} */ ...ids) => [
  { id: "", label: "as usual" },
  ...ids.map((id) => ({ id, label: id.replaceAll("_", " ") })),
];
const time = (/** @type {string} */ name, /** @type {string} */ label) =>
  /** @type {Setting} */ ({ name, label: `${label}, ms`, kind: "number", hint: "as usual" });

const modes = [
  { id: "", label: "off" },
  { id: "exact", label: "exact: the same request again" },
];

/** @type {[string, string, Setting[]][]} */
const groups = [
  [
    "timeouts",
    "Time limits",
    [
      time("connect_ms", "Connection"),
      time("first_byte_ms", "First byte"),
      time("idle_ms", "Between bytes"),
      time("total_ms", "In all"),
    ],
  ],
  [
    "cache",
    "Cache",
    [
      { name: "mode", label: "Mode", kind: "select", options: modes },
      { name: "ttl_seconds", label: "Kept for, seconds", kind: "number", hint: "3600" },
      { name: "scope", label: "Shared within", kind: "select", options: words("project", "key", "end_user") },
      { name: "allow_temperature", label: "Also with a temperature", kind: "flag" },
      { name: "allow_tools", label: "Also with tools", kind: "flag" },
    ],
  ],
];

/** @type {Setting[]} */
const others = [
  { name: "on_disconnect", label: "When the caller leaves", kind: "select", options: words("cancel", "drain") },
  { name: "unpriced", label: "When no price is known", kind: "select", options: words("block", "estimate", "allow") },
  { name: "embedding_dimensions", label: "Embedding dimensions", kind: "number" },
  {
    name: "allow_dropped",
    label: "Parts that a provider cannot express",
    kind: "select",
    options: words("true", "false"),
  },
];

/**
 * @param {import("./build-field.js").Desk} desk
 * @param {any} config
 */
export function buildOptions(desk, config) {
  const isSaid = groups.some(([name]) => config[name]) || others.some(({ name }) => config[name] !== undefined);
  const section = (/** @type {[string, string, Setting[]]} */ [name, label, settings]) => {
    config[name] ??= {};
    const rows = settings.map((setting) => buildField(desk, config[name], `config.${name}`, setting));
    return [h("h3", null, label), h("div", { class: "form-fields" }, rows)];
  };
  return h(
    "details",
    { class: "card", open: isSaid, "aria-label": "Options" },
    h(
      "summary",
      { class: "card-summary" },
      h("h2", null, "Options"),
      h("span", { class: "soft" }, "Time limits, cache, edge cases"),
    ),
    h(
      "div",
      { class: "body form stack" },
      groups.map(section),
      h("h3", null, "Edge cases"),
      h(
        "div",
        { class: "form-fields" },
        others.map((setting) => buildField(desk, config, "config", setting)),
      ),
    ),
  );
}
