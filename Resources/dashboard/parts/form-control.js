// @ts-check
// The control of a field by its kind.

import { h } from "../html.js";
import { asRaw } from "../forms.js";

/** @typedef {import("../forms.js").Field} Field */

/**
 * @param {Field} field
 * @param {Record<string, any>} attributes
 * @returns {HTMLElement}
 */
export function formControl(field, attributes) {
  const { kind = "text", options = [], hint } = field;
  const raw = asRaw(field);
  if (kind === "checkbox") return h("input", { ...attributes, type: "checkbox", checked: field.value === true });
  if (kind === "select") {
    const isKnown = raw === "" || options.some((option) => option.id === raw);
    const all = isKnown ? options : [...options, { id: raw, label: raw }];
    return h(
      "select",
      attributes,
      all.map(({ id, label }) => h("option", { value: id, selected: id === raw }, label)),
    );
  }
  if (kind === "checks") return checks(field, attributes);
  if (kind === "lines" || kind === "code") {
    const looks = kind === "code" ? { class: "mono", rows: 10 } : { rows: 3 };
    const area = h("textarea", { ...attributes, ...looks, placeholder: hint, spellcheck: "false" });
    area.value = raw;
    return area;
  }
  return h("input", {
    ...attributes,
    type: kind === "secret" ? "password" : kind === "time" ? "datetime-local" : "text",
    inputmode: kind === "number" ? "decimal" : null,
    placeholder: hint,
    value: raw,
    autocomplete: kind === "secret" ? "new-password" : "off",
    spellcheck: "false",
  });
}

/**
 * Several of what is offered.
 * @param {Field} field
 * @param {Record<string, any>} attributes
 */
function checks({ label, options = [], value = [] }, { id, name, ...attributes }) {
  const box = (/** @type {{ id: string, label: string }} */ option, /** @type {number} */ index) => {
    const own = `${id}-${index}`;
    const input = h("input", { id: own, type: "checkbox", value: option.id, checked: value.includes(option.id) });
    return h("div", { class: "line check" }, input, h("label", { for: own }, option.label));
  };
  return h("fieldset", { id, ...attributes, tabindex: -1 }, h("legend", null, label), options.map(box));
}

/**
 * What a text field suggests while someone types.
 * @param {readonly { id: string, label: string }[]} options
 * @param {HTMLInputElement} control
 * @param {string} id
 */
export function suggestions(options, control, id) {
  control.setAttribute("list", `${id}-list`);
  return h(
    "datalist",
    { id: `${id}-list` },
    options.map((option) => h("option", { value: option.id }, option.label)),
  );
}
