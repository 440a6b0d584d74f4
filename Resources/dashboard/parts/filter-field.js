// @ts-check
// One filter: its field in the form, and the chip that shows it is set. Both change the address.

import { h } from "../html.js";
import { sentence } from "../filters.js";
import { changed } from "../router.js";
import { icon } from "./icon.js";

/**
 * @param {import("../filters.js").Filter} filter
 * @param {URLSearchParams} query
 * @param {{ id: string, label: string }[]} options
 * @param {(query: URLSearchParams) => void} go
 */
export function field(filter, query, options, go) {
  const value = query.get(filter.id) ?? "";
  const change = (/** @type {any} */ event) => go(changed(query, { [filter.id]: event.target.value.trim() }));
  const attributes = { id: `filter-${filter.id}`, name: filter.id, on: { change } };
  const control = filter.kind === "select" ? select(options, value, attributes) : input(filter, value, attributes);
  return h("div", { class: "field" }, h("label", { for: attributes.id }, filter.label), control);
}

/**
 * A value that is no longer offered stays to be seen and removed.
 * @param {{ id: string, label: string }[]} options
 * @param {string} value
 * @param {object} attributes
 */
function select(options, value, attributes) {
  const isKnown = value === "" || options.some(({ id }) => id === value);
  const all = [{ id: "", label: "any" }, ...options, ...(isKnown ? [] : [{ id: value, label: value }])];
  return h(
    "select",
    attributes,
    all.map(({ id, label }) => h("option", { value: id, selected: id === value }, label)),
  );
}

/**
 * @param {import("../filters.js").Filter} filter
 * @param {string} value
 * @param {object} attributes
 */
const input = (filter, value, attributes) =>
  h("input", {
    ...attributes,
    type: "text",
    inputmode: filter.kind === "number" ? "decimal" : null,
    placeholder: filter.hint,
    value,
    autocomplete: "off",
  });

/**
 * @param {import("../filters.js").Filter & { value: string }} filter
 * @param {URLSearchParams} query
 * @param {{ id: string, label: string }[]} options
 * @param {(query: URLSearchParams) => void} go
 */
export function chip(filter, query, options, go) {
  const text = sentence({ ...filter, options });
  const remove = () => go(changed(query, { [filter.id]: null }));
  return h(
    "li",
    { class: "chip" },
    h("span", { class: "cut" }, text),
    h("button", { type: "button", "aria-label": `Remove ${text}`, on: { click: remove } }, icon("close", 12)),
  );
}
