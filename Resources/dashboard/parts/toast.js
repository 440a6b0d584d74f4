// @ts-check
// A short word that something happened; read out, gone after three seconds.

import { h } from "../html.js";

const lifetime = 3000;
/** @type {HTMLElement | undefined} */
let place;

/** @param {string} text */
export function toast(text) {
  if (!place?.isConnected) {
    place = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
    document.body.append(place);
  }
  const element = h("div", { class: "toast" }, text);
  place.replaceChildren(element);
  setTimeout(() => element.remove(), lifetime);
}
