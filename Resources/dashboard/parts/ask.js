// @ts-check
// A question before something is destroyed. It names the thing, and says what will be gone.

import { h, replace } from "../html.js";
import { icon } from "./icon.js";
import { sheet } from "./sheet.js";

/**
 * @param {object} settings
 * @param {string} settings.title a question with the thing's name
 * @param {string} settings.text what follows from it
 * @param {string} settings.label what the button does
 * @param {() => Promise<unknown>} settings.run
 * @param {(answer: any) => void} settings.done
 */
export function ask({ title, text, label, run, done }) {
  const notice = h("div", { role: "alert" });
  const go = async () => {
    button.disabled = true;
    replace(notice);
    try {
      const answer = await run();
      opened.element.close();
      done(answer);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      replace(notice, h("p", { class: "notice bad" }, icon("warning"), h("span", { class: "wrap" }, message)));
      button.disabled = false;
    }
  };
  const button = h("button", { type: "button", class: "button danger", on: { click: go } }, label);
  const close = () => opened.element.close();
  const cancel = h("button", { type: "button", class: "button", on: { click: close } }, "Cancel");
  const content = h(
    "div",
    { class: "stack" },
    h("p", { class: "soft wrap" }, text),
    notice,
    h("div", { class: "line" }, button, cancel),
  );
  const opened = sheet({ title, content, kind: "small", closed: () => opened.element.remove() });
  (document.querySelector("main") ?? document.body).append(opened.element);
  opened.element.showModal();
  cancel.focus();
}
