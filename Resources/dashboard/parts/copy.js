// @ts-check
// Things to copy: a button that says when it is done, a command on one line, a block of code.

import { h, replace } from "../html.js";
import { icon } from "./icon.js";
import { toast } from "./toast.js";

/**
 * A button that puts a text on the clipboard.
 * @param {() => string} text
 * @param {{ label?: string, name: string, class?: string }} options `name` says what is copied
 */
export function copyButton(text, { label, name, class: extra = "plain tight" }) {
  const show = (/** @type {import("./icon.js").IconName} */ picture) =>
    replace(button, icon(picture, 14), label ?? null);
  const click = async () => {
    if (!(await put(text()))) return toast("The browser did not allow copying. Select the text instead.");
    show("done");
    toast(`Copied ${name}`);
    setTimeout(() => show("copy"), 1500);
  };
  const button = h("button", {
    type: "button",
    class: `button ${extra}`,
    "aria-label": label ? null : `Copy ${name}`,
    title: `Copy ${name}`,
    on: { click },
  });
  show("copy");
  return button;
}

/**
 * A command on one line.
 * @param {string} text
 */
export const command = (text) =>
  h(
    "div",
    { class: "code one" },
    h("pre", { tabindex: 0 }, h("code", null, text)),
    copyButton(() => text, { name: "the command" }),
  );

/**
 * A block of code.
 * @param {string} text
 * @param {{ name: string, content?: import("../html.js").Child }} options
 */
export const codeBlock = (text, { name, content = text }) =>
  h(
    "div",
    { class: "code" },
    h("pre", { tabindex: 0, role: "region", "aria-label": name }, h("code", null, content)),
    copyButton(() => text, { name, class: "tight", label: "Copy" }),
  );

/** @param {string} text */
async function put(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return putByHand(text);
  }
}

/**
 * The clipboard API exists only on HTTPS and loopback; over plain HTTP in a private network this still works.
 * @param {string} text
 */
function putByHand(text) {
  const field = h("textarea", { class: "unseen", "aria-hidden": "true" });
  field.value = text;
  document.body.append(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  return isDone;
}
