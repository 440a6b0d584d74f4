// @ts-check
// One setting of a routing config: its control writes straight into the draft.

import { h, replace } from "../html.js";
import { cutAt, fault } from "../rules.js";
import { buildControl } from "./build-control.js";
import { freshID } from "./fresh-id.js";

/**
 * What the pieces of the builder share.
 * @typedef {object} Desk
 * @property {() => void} touched tells that the draft has changed
 * @property {Map<string, (message: string | null) => void>} places what can show a complaint, by path
 * @property {{ id: string, label: string }[]} targets what can be named as a target
 * @property {{ id: string, label: string }[]} providers
 */

/**
 * @typedef {object} Setting
 * @property {string} name
 * @property {string} label
 * @property {"text" | "number" | "select" | "flag" | "words" | "json"} [kind]
 * @property {string} [note]
 * @property {string} [hint]
 * @property {readonly { id: string, label: string }[]} [options]
 * @property {string} [list] the id of a list of suggestions
 * @property {boolean} [wide]
 * @property {() => void} [after] hears a change besides
 */

/**
 * @param {Desk} desk
 * @param {any} object the piece of the draft that has the setting
 * @param {string} path of that piece
 * @param {Setting} setting
 */
export function buildField(desk, object, path, setting) {
  const { name, label, kind = "text", note, wide, after } = setting;
  const id = freshID("build");
  const wrong = h("div", { class: "wrong small", id: `${id}-wrong`, hidden: true });
  const write = (/** @type {any} */ value) => {
    if (value === null) delete object[name];
    else object[name] = value;
    desk.touched();
    after?.();
  };
  const control = buildControl(setting, object[name], write, { id, "aria-describedby": wrong.id });
  desk.places.set(`${path}.${name}`, (message) => {
    wrong.hidden = message === null;
    replace(wrong, message && complaint(message, /** @type {any} */ (control).value ?? ""));
    if (message === null) control.removeAttribute("aria-invalid");
    else control.setAttribute("aria-invalid", "true");
  });
  const isBox = kind === "flag";
  const title = h("label", { for: id }, label);
  return h(
    "div",
    { class: `field ${isBox ? "box" : ""} ${wide ? "wide" : ""}` },
    isBox ? [control, title] : [title, control],
    note ? h("p", { class: "small faint" }, note) : null,
    wrong,
  );
}

/**
 * A complaint, with the place in the text that it is about.
 * @param {string} text
 * @param {string} value
 */
function complaint(text, value) {
  const { position, message } = fault(text);
  if (position === null) return h("p", null, message);
  const [before, at, rest] = cutAt(value, position);
  return [h("p", null, message), h("p", { class: "mono place" }, before, h("mark", null, at), rest)];
}
