// @ts-check
// One of a few, side by side; arrow keys are not needed because every choice is a button of its own.

import { h } from "../html.js";

/**
 * @template {string} Value
 * @param {object} settings
 * @param {string} settings.name
 * @param {readonly { id: Value, label: import("../html.js").Child, title?: string }[]} settings.options
 * @param {Value} settings.value
 * @param {(value: Value) => void} settings.choose
 * @returns {{ element: HTMLElement, set(value: Value): void }}
 */
export function choice({ name, options, value, choose }) {
  const buttons = options.map(({ id, label, title }) =>
    h(
      "button",
      {
        type: "button",
        title,
        "aria-label": typeof label === "string" ? null : title,
        data: { id },
        on: { click: () => (set(id), choose(id)) },
      },
      label,
    ),
  );
  const set = (/** @type {Value | string} */ chosen) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.id === chosen));
  };
  set(value);
  return { element: h("div", { class: "choice", role: "group", "aria-label": name }, buttons), set };
}
