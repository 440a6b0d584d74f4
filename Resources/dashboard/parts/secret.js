// @ts-check
// A secret, this once: nobody can read it again, so it stays until whoever made it has put it away.

import { h } from "../html.js";
import { command } from "./copy.js";

/**
 * @param {object} settings
 * @param {string} settings.secret
 * @param {string} settings.text what it is for, and what to do when it is lost
 * @param {() => void} settings.done
 * @param {import("../html.js").Child} [settings.more]
 */
export const secretOnce = ({ secret, text, done, more = null }) => [
  h(
    "div",
    { class: "secret" },
    h("p", null, h("strong", null, "Copy the secret now: it is not shown again. "), text),
    command(secret),
  ),
  more,
  h(
    "div",
    { class: "line" },
    h("button", { type: "button", class: "button primary", on: { click: done } }, "I have copied it"),
  ),
];
