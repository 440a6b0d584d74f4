// @ts-check
// JSON and other stored texts as they are, in colour where that costs little.

import { h } from "../html.js";
import { parsed, pretty } from "../bodies.js";
import { bytes } from "../format.js";
import { codeBlock } from "./copy.js";
import { empty } from "./states.js";

/** Above this many characters JSON is shown in one colour: tens of thousands of little elements make a page slow. */
const colorLimit = 60_000;
/** Above this many characters only the beginning is drawn; copying takes all of it. */
const drawLimit = 400_000;

/**
 * As much of a text as a page draws.
 * @param {string} text
 */
export const drawn = (text) => (text.length > drawLimit ? `${text.slice(0, drawLimit)}\n…` : text);

/**
 * A body by itself: its size, its text, a button to copy it.
 * @param {string | null} text
 * @param {string} name
 */
export function raw(text, name) {
  if (!text) return empty({ title: "Nothing is stored here", isInline: true });
  const value = parsed(text);
  const shown = value === undefined ? text : pretty(value);
  const cut = drawn(shown);
  return h(
    "div",
    { class: "stack" },
    h(
      "p",
      { class: "faint small" },
      `${bytes(new Blob([text]).size)}${value === undefined ? ", as it came over the wire" : ""}`,
    ),
    codeBlock(value === undefined ? text : shown, { name, content: value === undefined ? cut : colored(cut) }),
  );
}

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * JSON with its keys, texts and words told apart.
 * @param {string} text
 * @returns {import("../html.js").Child}
 */
export function colored(text) {
  if (text.length > colorLimit || !/^\s*[[{]/.test(text)) return text;
  /** @type {import("../html.js").Child[]} */
  const pieces = [];
  let end = 0;
  for (const found of text.matchAll(token)) {
    const at = found.index ?? 0;
    if (at > end) pieces.push(text.slice(end, at));
    const kind = found[2] ? "json-key" : found[1] ? "json-text" : "json-word";
    pieces.push(h("span", { class: kind }, found[1] ?? found[0]), found[2] ?? null);
    end = at + found[0].length;
  }
  return [pieces, text.slice(end)];
}
