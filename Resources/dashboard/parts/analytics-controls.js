// @ts-check
// What a report is split by, what is measured, against what; every choice is in the address.

import { h } from "../html.js";
import { groupings, measures } from "../analytics.js";
import { changed } from "../router.js";
import { choice } from "./choice.js";
import { icon } from "./icon.js";

/**
 * @param {object} settings
 * @param {URLSearchParams} settings.query
 * @param {{ by: string, tag: string, measure: string, compares: boolean }} settings.chosen
 * @param {string[] | null} settings.known what this server can split by; null when it does not say
 * @param {import("../routes.js").Context["go"]} settings.go
 * @param {() => void} settings.save makes a file of what is shown
 */
export function analyticsControls({ query, chosen, known, go, save }) {
  const set = (/** @type {Record<string, string | null>} */ changes) => go(changed(query, changes));
  const value = (/** @type {any} */ event) => event.target.value.trim();
  const split = (/** @type {string} */ id) => set({ by: id === "model" ? null : id || "none" });
  const by = h(
    "select",
    { id: "analytics-by", on: { change: (/** @type {any} */ event) => split(value(event)) } },
    groupings
      .filter(({ id }) => known === null || id === "" || id === chosen.by || known.includes(id))
      .map(({ id, label }) => h("option", { value: id, selected: id === chosen.by }, label)),
  );
  const tag = h("input", {
    id: "analytics-tag",
    type: "text",
    value: chosen.tag,
    placeholder: "team",
    autocomplete: "off",
    on: { change: (/** @type {any} */ event) => set({ tag: value(event) }) },
  });
  const compare = h("input", {
    id: "analytics-compare",
    type: "checkbox",
    checked: chosen.compares,
    on: { change: (/** @type {any} */ event) => set({ compare: event.target.checked ? "1" : null }) },
  });
  const what = choice({
    name: "Measure",
    options: measures.map(({ id, label }) => ({ id, label })),
    value: chosen.measure,
    choose: (id) => set({ measure: id === measures[0].id ? null : id }),
  });
  return h(
    "div",
    { class: "line controls" },
    h("div", { class: "line" }, h("label", { class: "small soft", for: "analytics-by" }, "By"), by),
    chosen.by === "tag"
      ? h("div", { class: "line" }, h("label", { class: "small soft", for: "analytics-tag" }, "Tag"), tag)
      : null,
    h("div", { class: "scroll" }, what.element),
    h("div", { class: "line" }, compare, h("label", { for: "analytics-compare" }, "Compare with before")),
    h(
      "button",
      { type: "button", class: "button end", on: { click: save }, title: "What is shown, as comma-separated values" },
      icon("download", 14),
      "CSV",
    ),
  );
}
