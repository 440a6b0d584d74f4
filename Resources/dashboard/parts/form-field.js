// @ts-check
// One field of a form: its label, its control, what to know about it, what is wrong with it.

import { h, replace } from "../html.js";
import { asRaw, asValue } from "../forms.js";
import { freshID } from "./fresh-id.js";

/** @typedef {import("../forms.js").Field} Field */

/**
 * @typedef {object} MadeField
 * @property {Field} field
 * @property {HTMLElement} element
 * @property {HTMLElement} control
 * @property {() => any} read
 * @property {(message: string | null) => void} complain
 */

/**
 * @param {Field} field
 * @returns {MadeField}
 */
export function formField(field) {
  const id = freshID("field");
  const wrong = h("p", { class: "wrong small", id: `${id}-wrong`, hidden: true });
  const note = field.note ? h("p", { class: "small faint", id: `${id}-note` }, field.note) : null;
  const described = [wrong.id, note?.id].filter(Boolean).join(" ");
  const attributes = { id, name: field.name, "aria-describedby": described, "aria-required": field.required || null };
  const control = make(field, attributes);
  const isBox = field.kind === "checkbox";
  const label = h(
    "label",
    { for: id },
    field.label,
    field.required || isBox || field.kind === "select" ? null : h("span", { class: "faint" }, " optional"),
  );
  const list = field.options && control instanceof HTMLInputElement ? suggestions(field.options, control, id) : null;
  const element = h(
    "div",
    { class: `field ${isBox ? "box" : ""} ${field.wide ? "wide" : ""}` },
    isBox ? [control, label] : [label, control],
    list,
    note,
    wrong,
  );
  return {
    field,
    element,
    control,
    read: () => asValue(field, isBox ? /** @type {any} */ (control).checked : /** @type {any} */ (control).value),
    complain(message) {
      wrong.hidden = message === null;
      replace(wrong, message);
      if (message === null) control.removeAttribute("aria-invalid");
      else control.setAttribute("aria-invalid", "true");
    },
  };
}

/**
 * @param {Field} field
 * @param {Record<string, any>} attributes
 * @returns {HTMLElement}
 */
function make(field, attributes) {
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
 * What a text field suggests while someone types.
 * @param {readonly { id: string, label: string }[]} options
 * @param {HTMLInputElement} control
 * @param {string} id
 */
function suggestions(options, control, id) {
  control.setAttribute("list", `${id}-list`);
  return h(
    "datalist",
    { id: `${id}-list` },
    options.map((option) => h("option", { value: option.id }, option.label)),
  );
}
