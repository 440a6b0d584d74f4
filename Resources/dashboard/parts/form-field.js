// @ts-check
// One field of a form: its label, its control, what to know about it, what is wrong with it.

import { h, replace } from "../html.js";
import { asValue } from "../forms.js";
import { formControl, suggestions } from "./form-control.js";
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
  const control = formControl(field, attributes);
  const isBox = field.kind === "checkbox";
  const isOptional = !field.required && !isBox && field.kind !== "select" && field.kind !== "checks";
  const label =
    field.kind === "checks"
      ? null
      : h("label", { for: id }, field.label, isOptional ? h("span", { class: "faint" }, " optional") : null);
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
    read: () => read(field, control),
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
 * @param {any} control
 */
function read(field, control) {
  if (field.kind === "checkbox") return control.checked;
  if (field.kind !== "checks") return asValue(field, control.value);
  return [...control.querySelectorAll("input:checked")].map(({ value }) => value);
}
