// @ts-check
// Search, the form of filters, and the filters that are set. Every change goes to the address; the page follows it.

import { h, replace } from "../html.js";
import { active, filters, sentence } from "../filters.js";
import { changed } from "../router.js";
import { icon } from "./icon.js";

const typingPause = 250;

/** @typedef {Record<string, { id: string, label: string }[]>} Options choices that only the server knows, by filter id */

/**
 * @param {{ go: (query: URLSearchParams, how?: { replaces?: boolean }) => void }} settings
 * @returns {{ element: HTMLElement, search: HTMLInputElement, set(query: URLSearchParams): void, offer(options: Options): void }}
 */
export function filterBar({ go }) {
  let query = new URLSearchParams();
  /** @type {Options} */
  let offered = {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const type = () => {
    clearTimeout(timer);
    timer = setTimeout(() => go(changed(query, { q: search.value.trim() }), { replaces: true }), typingPause);
  };
  const search = h("input", { type: "search", placeholder: "Search ids, models, errors", "aria-label": "Search requests", "aria-keyshortcuts": "/", on: { input: type } });
  const toggle = h("button", { type: "button", class: "button", "aria-expanded": "false", "aria-controls": "filters", on: { click: () => show(form.hidden) } }, icon("filter", 14), "Filters");
  const form = h("form", { id: "filters", class: "filters card", hidden: true, "aria-label": "Filters", on: { submit: (/** @type {Event} */ event) => event.preventDefault() } });
  const chips = h("ul", { class: "line chips", "aria-label": "Filters that are set" });

  const show = (/** @type {boolean} */ isOpen) => {
    form.hidden = !isOpen;
    toggle.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) /** @type {HTMLElement | null} */ (form.querySelector("input, select"))?.focus();
  };

  const field = (/** @type {import("../filters.js").Filter} */ filter) => {
    const change = (/** @type {any} */ event) => go(changed(query, { [filter.id]: event.target.value.trim() }));
    const attributes = { id: `filter-${filter.id}`, name: filter.id, on: { change } };
    const options = offered[filter.id] ?? filter.options ?? [];
    const value = query.get(filter.id) ?? "";
    const shown = value === "" || options.some(({ id }) => id === value) ? options : [...options, { id: value, label: value }];
    const control =
      filter.kind === "select"
        ? h("select", attributes, h("option", { value: "" }, "any"), shown.map(({ id, label }) => h("option", { value: id, selected: id === value }, label)))
        : h("input", { ...attributes, type: "text", inputmode: filter.kind === "number" ? "decimal" : null, placeholder: filter.hint, value, autocomplete: "off" });
    return h("div", { class: "field" }, h("label", { for: attributes.id }, filter.label), control);
  };

  const chip = (/** @type {ReturnType<typeof active>[number]} */ filter) => {
    const text = sentence({ ...filter, options: offered[filter.id] ?? filter.options });
    const remove = () => go(changed(query, { [filter.id]: null }));
    return h("li", { class: "chip" }, h("span", { class: "cut" }, text), h("button", { type: "button", "aria-label": `Remove ${text}`, on: { click: remove } }, icon("close", 12)));
  };

  const draw = () => {
    const set = active(query);
    const focused = form.contains(document.activeElement) ? document.activeElement?.id : null;
    replace(form, filters.map(field));
    if (focused) document.getElementById(focused)?.focus();
    const clear = () => go(changed(query, { ...Object.fromEntries(set.map(({ id }) => [id, null])), q: null }));
    const all = set.length > 1 ? h("li", null, h("button", { type: "button", class: "button plain tight", on: { click: clear } }, "Clear all")) : null;
    replace(chips, set.map(chip), all);
    chips.hidden = set.length === 0;
    if (document.activeElement !== search) search.value = query.get("q") ?? "";
  };

  return {
    element: h("div", { class: "stack" }, h("div", { class: "line filter-line" }, h("div", { class: "search" }, icon("search", 14), search), toggle), chips, form),
    search,
    set(next) {
      query = next;
      draw();
    },
    offer(options) {
      offered = options;
      draw();
    },
  };
}
