// @ts-check
// A form: fields that appear when they apply, one button, and the server's complaints where they belong.

import { h, replace } from "../html.js";
import { complaintsByField } from "../forms.js";
import { formField } from "./form-field.js";
import { icon } from "./icon.js";

/**
 * @param {object} settings
 * @param {import("../forms.js").Field[]} settings.fields
 * @param {string} settings.label what the button does
 * @param {(values: Record<string, any>) => Promise<unknown>} settings.send sends what the fields that apply hold
 * @param {(values: Record<string, any>) => void} [settings.changed] hears every change
 * @param {import("../html.js").Child} [settings.more] stands beside the button
 */
export function form({ fields, label, send, changed, more = null }) {
  const made = fields.map(formField);
  const notice = h("div", { role: "alert" });
  const button = h("button", { type: "submit", class: "button primary" }, label);

  const applying = () => {
    const all = Object.fromEntries(made.map(({ field, read }) => [field.name, read()]));
    return made.filter(({ field }) => field.when?.(all) ?? true);
  };
  const values = () => Object.fromEntries(applying().map(({ field, read }) => [field.name, read()]));
  const follow = () => {
    const shown = new Set(applying());
    for (const field of made) field.element.hidden = !shown.has(field);
    changed?.(values());
  };
  const complain = (/** @type {any} */ error) => {
    const shown = applying();
    const names = shown.map(({ field }) => field.name);
    const { byField, rest } = complaintsByField(error.fields ?? [], names);
    for (const { field, complain: tell } of shown) tell(byField.get(field.name) ?? null);
    const text = rest.length > 0 ? rest.join("; ") : byField.size > 0 ? null : String(error.message ?? error);
    replace(notice, text && h("p", { class: "notice bad" }, icon("warning"), h("span", { class: "wrap" }, text)));
    focusFirst(shown);
  };
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const shown = applying();
    const missing = shown.filter(({ field, read }) => field.required && isEmpty(read()));
    for (const field of shown) field.complain(missing.includes(field) ? "This is needed" : null);
    replace(notice);
    if (missing.length > 0) return focusFirst(shown);
    button.disabled = true;
    element.setAttribute("aria-busy", "true");
    try {
      await send(values());
    } catch (error) {
      complain(error);
    } finally {
      button.disabled = false;
      element.removeAttribute("aria-busy");
    }
  };
  const element = h(
    "form",
    { class: "form", novalidate: true, on: { submit, input: () => (delete element.dataset.clean, follow()) } },
    h(
      "div",
      { class: "form-fields" },
      made.map((field) => field.element),
    ),
    notice,
    h("footer", { class: "line" }, button, more),
  );
  element.dataset.clean = "";
  follow();
  return { element, values };
}

/** @param {any} value */
const isEmpty = (value) => value === null || value === false || (Array.isArray(value) && value.length === 0);

/** @param {import("./form-field.js").MadeField[]} fields */
const focusFirst = (fields) =>
  fields.find(({ control }) => control.getAttribute("aria-invalid") === "true")?.control.focus();
