// @ts-check
// The control of a setting by its kind; what is left blank is not said.

import { h } from "../html.js";

/**
 * @param {import("./build-field.js").Setting} setting
 * @param {any} value
 * @param {(value: any) => void} write
 * @param {Record<string, any>} attributes
 * @returns {HTMLElement}
 */
export function buildControl({ name, kind = "text", hint, options = [], list }, value, write, attributes) {
  const text = (/** @type {any} */ event) => event.target.value.trim();
  if (kind === "flag") {
    const change = (/** @type {any} */ event) => write(event.target.checked || null);
    return h("input", { ...attributes, type: "checkbox", checked: value === true, on: { change } });
  }
  if (kind === "select") {
    const change = (/** @type {any} */ event) => write(meant(text(event)));
    const choice = (/** @type {{ id: string, label: string }} */ { id, label }) =>
      h("option", { value: id, selected: id === String(value ?? "") }, label);
    return h("select", { ...attributes, on: { change } }, options.map(choice));
  }
  const read = (/** @type {string} */ raw) => {
    if (raw === "") return null;
    if (kind === "number") return Number.isFinite(Number(raw)) ? Number(raw) : raw;
    return kind === "words" ? raw.split(/[\s,]+/).filter(Boolean) : raw;
  };
  if (kind === "json") {
    const area = h("textarea", { ...attributes, rows: 3, class: "mono", placeholder: hint, spellcheck: "false" });
    area.value = value === undefined ? "" : JSON.stringify(value, null, 2);
    area.addEventListener("input", () => {
      try {
        write(area.value.trim() ? JSON.parse(area.value) : null);
        area.removeAttribute("aria-invalid");
      } catch {
        area.setAttribute("aria-invalid", "true");
      }
    });
    return area;
  }
  const shown = Array.isArray(value) ? value.join(", ") : (value ?? "");
  const input = (/** @type {any} */ event) => write(read(text(event)));
  const more = { placeholder: hint, list, inputmode: kind === "number" ? "decimal" : null };
  const still = { autocomplete: "off", spellcheck: "false" };
  return h("input", { ...attributes, ...more, ...still, name, type: "text", value: shown, on: { input } });
}

/**
 * What a choice means: nothing, a truth, or a word.
 * @param {string} id
 */
const meant = (id) => (id === "" ? null : id === "true" || id === "false" ? id === "true" : id);
