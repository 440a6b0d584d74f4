// @ts-check
// Search, the form of filters, and the filters that are set. Every change goes to the address; the page follows it.

import { h, replace } from "../html.js";
import { active, filters } from "../filters.js";
import { changed } from "../router.js";
import { chip, field } from "./filter-field.js";
import { icon } from "./icon.js";

const typingPause = 250;

/**
 * Choices that only the server knows, by filter id.
 * @typedef {Record<string, { id: string, label: string }[]>} Options
 */

/**
 * @typedef {object} FilterBar
 * @property {HTMLElement} element
 * @property {HTMLInputElement} search
 * @property {(query: URLSearchParams) => void} set
 * @property {(options: Options) => void} offer
 */

/**
 * @param {{ go: (query: URLSearchParams, how?: { replaces?: boolean }) => void }} settings
 * @returns {FilterBar}
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
  const search = h("input", {
    type: "search",
    placeholder: "Search ids, models, errors",
    "aria-label": "Search requests",
    "aria-keyshortcuts": "/",
    on: { input: type },
  });
  const toggle = h(
    "button",
    {
      type: "button",
      class: "button",
      "aria-expanded": "false",
      "aria-controls": "filters",
      on: { click: () => show(form.hidden) },
    },
    icon("filter", 14),
    "Filters",
  );
  const form = h("form", {
    id: "filters",
    class: "filters card",
    hidden: true,
    "aria-label": "Filters",
    on: { submit: (/** @type {Event} */ event) => event.preventDefault() },
  });
  const chips = h("ul", { class: "line chips", "aria-label": "Filters that are set" });

  const show = (/** @type {boolean} */ isOpen) => {
    form.hidden = !isOpen;
    toggle.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) /** @type {HTMLElement | null} */ (form.querySelector("input, select"))?.focus();
  };

  const draw = () => {
    const set = active(query);
    const focused = form.contains(document.activeElement) ? document.activeElement?.id : null;
    replace(
      form,
      filters.map((filter) => field(filter, query, offered[filter.id] ?? filter.options ?? [], go)),
    );
    if (focused) document.getElementById(focused)?.focus();
    const clear = () => go(changed(query, { ...Object.fromEntries(set.map(({ id }) => [id, null])), q: null }));
    const all =
      set.length > 1
        ? h("li", null, h("button", { type: "button", class: "button plain tight", on: { click: clear } }, "Clear all"))
        : null;
    replace(
      chips,
      set.map((filter) => chip(filter, query, offered[filter.id] ?? filter.options ?? [], go)),
      all,
    );
    chips.hidden = set.length === 0;
    if (document.activeElement !== search) search.value = query.get("q") ?? "";
  };

  return {
    element: h(
      "div",
      { class: "stack" },
      h(
        "div",
        { class: "line filter-line" },
        h("div", { class: "search" }, icon("search", 14), search, h("kbd", { "aria-hidden": "true" }, "/")),
        toggle,
      ),
      chips,
      form,
    ),
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
