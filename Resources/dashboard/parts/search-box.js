// @ts-check
// A search whose words are in the address; `/` leads into it.

import { h } from "../html.js";
import { onKeys } from "../keys.js";
import { changed } from "../router.js";
import { icon } from "./icon.js";

const typingPause = 250;

/**
 * @param {object} settings
 * @param {string} settings.name
 * @param {string} settings.hint
 * @param {() => URLSearchParams} settings.query
 * @param {import("../routes.js").Context["go"]} settings.go
 * @param {AbortSignal} settings.signal
 */
export function searchBox({ name, hint, query, go, signal }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const type = () => {
    clearTimeout(timer);
    timer = setTimeout(() => go(changed(query(), { q: input.value.trim() }), { replaces: true }), typingPause);
  };
  const input = h("input", {
    type: "search",
    placeholder: hint,
    value: query().get("q") ?? "",
    "aria-label": name,
    "aria-keyshortcuts": "/",
    on: { input: type },
  });
  onKeys({ "/": () => input.focus(), Escape: () => input.blur() }, signal);
  signal.addEventListener("abort", () => clearTimeout(timer));
  return h("div", { class: "search" }, icon("search", 14), input, h("kbd", { "aria-hidden": "true" }, "/"));
}
