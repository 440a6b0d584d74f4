// @ts-check
// Bodies as people read them: the conversation, or the JSON itself with a button to copy it.

import { h, replace } from "../html.js";
import { conversation, parsed, pretty } from "../bodies.js";
import { bytes } from "../format.js";
import { choice } from "./choice.js";
import { codeBlock } from "./copy.js";
import { empty } from "./states.js";

/** Above this many characters JSON is shown in one colour: tens of thousands of little elements make a page slow. */
const colorLimit = 60_000;
/** Above this many characters only the beginning of a turn or body is drawn; copying takes all of it. */
const drawLimit = 400_000;

/** @param {{ request_body: string | null, response_body: string | null, bodies?: string }} record */
export function bodies(record) {
  const { request_body: request, response_body: response } = record;
  const place = h("div", { class: "body" });
  const views = {
    conversation: () => conversation(request, response).map(turn),
    request: () => raw(request, "Request body"),
    response: () => raw(response, "Response body"),
  };
  const show = (/** @type {keyof typeof views} */ view) => replace(place, views[view]());
  const tabs = choice({
    name: "View of the bodies",
    options: [{ id: "conversation", label: "Conversation" }, { id: "request", label: "Request" }, { id: "response", label: "Response" }],
    value: "conversation",
    choose: (view) => show(/** @type {keyof typeof views} */ (view)),
  });
  if (request === null && response === null) replace(place, empty({ ...absent(record.bodies), isInline: true }));
  else show("conversation");
  return h("section", { class: "card" }, h("header", null, h("h2", null, "Bodies"), request === null && response === null ? null : tabs.element), place);
}

/** @param {string} [why] */
function absent(why) {
  if (why === "shed") return { title: "Bodies were left out", text: "The record queue was full, and metering goes before bodies." };
  return { title: "Bodies are not stored", text: "The project's retention or the request itself said so, or their time is over. Metering is not affected." };
}

/** @param {import("../bodies.js").Turn} turn */
function turn({ role, blocks, finish }) {
  const tone = role === "assistant" || role === "answer" ? "accent" : role === "error" ? "bad" : "";
  return h(
    "article",
    { class: "turn", "aria-label": role },
    h("header", { class: "line" }, h("span", { class: `badge ${tone}` }, role), finish ? h("span", { class: "faint small" }, `finished: ${finish}`) : null),
    blocks.length === 0 ? h("p", { class: "faint" }, "No content") : blocks.map(block),
  );
}

/** @param {import("../bodies.js").Block} block */
function block({ kind, text, name }) {
  const shown = text.length > drawLimit ? `${text.slice(0, drawLimit)}\n…` : text;
  if (kind === "text") return h("p", { class: "said" }, shown);
  if (kind === "note") return h("p", { class: "soft small wrap" }, name ? [h("strong", null, name), ": "] : null, shown);
  if (kind === "thinking") return h("details", { class: "fold" }, h("summary", { class: "small soft" }, "Thinking"), h("p", { class: "said soft" }, shown));
  const label = kind === "call" ? `calls ${name ?? "a tool"}` : kind === "result" ? "tool result" : "data";
  return h("div", { class: "stack tool" }, h("span", { class: "small soft" }, label), codeBlock(text, { name: label, content: colored(shown) }));
}

/** @param {string | null} text @param {string} name */
function raw(text, name) {
  if (!text) return empty({ title: "Nothing is stored here", isInline: true });
  const value = parsed(text);
  const shown = value === undefined ? text : pretty(value);
  const cut = shown.length > drawLimit ? `${shown.slice(0, drawLimit)}\n…` : shown;
  return [
    h("p", { class: "faint small" }, `${bytes(new Blob([text]).size)}${value === undefined ? ", as it came over the wire" : ""}`),
    codeBlock(value === undefined ? text : shown, { name, content: value === undefined ? cut : colored(cut) }),
  ];
}

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON with its keys, texts and words told apart. @param {string} text @returns {import("../html.js").Child} */
function colored(text) {
  if (text.length > colorLimit || !/^\s*[[{]/.test(text)) return text;
  /** @type {import("../html.js").Child[]} */
  const pieces = [];
  let end = 0;
  for (const found of text.matchAll(token)) {
    if (found.index > end) pieces.push(text.slice(end, found.index));
    const kind = found[2] ? "json-key" : found[1] ? "json-text" : "json-word";
    pieces.push(h("span", { class: kind }, found[1] ?? found[0]), found[2] ?? null);
    end = found.index + found[0].length;
  }
  return [pieces, text.slice(end)];
}
