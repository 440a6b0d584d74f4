// @ts-check
// A sheet over the page for one thing; Escape, the cross and a click beside it close it. What was typed is not lost to
// a click beside it.

import { h, replace } from "../html.js";
import { freshID } from "./fresh-id.js";
import { icon } from "./icon.js";

/**
 * @param {object} settings
 * @param {string} settings.title
 * @param {import("../html.js").Child} settings.content
 * @param {() => void} settings.closed
 * @param {"side" | "small"} [settings.kind]
 */
export function sheet({ title, content, closed, kind = "side" }) {
  const id = freshID("sheet");
  const heading = h("h2", { id, class: "cut", tabindex: -1 }, title);
  const body = h("div", { class: "sheet-body" }, content);
  const close = h(
    "button",
    { type: "button", class: "button plain tight", "aria-label": "Close", title: "Close (Esc)" },
    icon("close", 14),
  );
  const beside = (/** @type {MouseEvent} */ event) => {
    const isTyped = element.querySelector("form:not([data-clean])");
    if (event.target === element && !isTyped) element.close();
  };
  const element = h(
    "dialog",
    { class: `sheet ${kind}`, "aria-labelledby": id, on: { close: closed, mousedown: beside } },
    h("div", { class: "sheet-frame" }, h("header", { class: "line spread" }, heading, close), body),
  );
  close.addEventListener("click", () => element.close());
  return {
    element,
    /**
     * Another content for the same sheet.
     * @param {string} name
     * @param {import("../html.js").Child} child
     */
    set(name, child) {
      replace(heading, name);
      replace(body, child);
      heading.focus();
    },
  };
}
