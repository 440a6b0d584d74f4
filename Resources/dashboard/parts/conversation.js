// @ts-check
// Bodies as people read them: the conversation, or the JSON itself with a button to copy it.

import { h, replace } from "../html.js";
import { asText, conversation } from "../bodies.js";
import { state } from "../state.js";
import { choice } from "./choice.js";
import { codeBlock } from "./copy.js";
import { colored, drawn, raw } from "./json.js";
import { empty } from "./states.js";

/** @param {{ request_body: any, response_body: any, bodies?: string }} record as the API gives it */
export function bodies(record) {
  const [request, response] = [asText(record.request_body), asText(record.response_body)];
  const place = h("div", { class: "body" });
  const views = {
    conversation: () => conversation(request, response).map(turn),
    request: () => raw(request, "Request body"),
    response: () => raw(response, "Response body"),
  };
  const show = (/** @type {keyof typeof views} */ view) => replace(place, views[view]());
  const tabs = choice({
    name: "View of the bodies",
    options: [
      { id: "conversation", label: "Conversation" },
      { id: "request", label: "Request" },
      { id: "response", label: "Response" },
    ],
    value: "conversation",
    choose: (view) => show(/** @type {keyof typeof views} */ (view)),
  });
  if (request === null && response === null) replace(place, empty({ ...absent(record.bodies), isInline: true }));
  else show("conversation");
  return h(
    "section",
    { class: "card" },
    h("header", null, h("h2", null, "Bodies"), request === null && response === null ? null : tabs.element),
    place,
  );
}

/** @param {string} [why] */
function absent(why) {
  if (why === "stored" && state.session?.role === "viewer") {
    return { title: "Bodies are not for viewers", text: "Ask for the role of a member to read what was said." };
  }
  if (why === "shed")
    return { title: "Bodies were left out", text: "The record queue was full, and metering goes before bodies." };
  return {
    title: "Bodies are not stored",
    text: "The project's retention or the request itself said so, or their time is over. Metering is not affected.",
  };
}

/** @param {import("../bodies.js").Turn} turn */
function turn({ role, blocks, finish }) {
  const tone = role === "assistant" || role === "answer" ? "accent" : role === "error" ? "bad" : "";
  return h(
    "article",
    { class: "turn", "aria-label": role },
    h(
      "header",
      { class: "line" },
      h("span", { class: `badge ${tone}` }, role),
      finish ? h("span", { class: "faint small" }, `finished: ${finish}`) : null,
    ),
    blocks.length === 0 ? h("p", { class: "faint" }, "No content") : blocks.map(block),
  );
}

/** @param {import("../bodies.js").Block} block */
function block({ kind, text, name }) {
  const shown = drawn(text);
  if (kind === "text") return h("p", { class: "said" }, shown);
  if (kind === "note")
    return h("p", { class: "soft small wrap" }, name ? [h("strong", null, name), ": "] : null, shown);
  if (kind === "thinking")
    return h(
      "details",
      { class: "fold" },
      h("summary", { class: "small soft" }, "Thinking"),
      h("p", { class: "said soft" }, shown),
    );
  const label = kind === "call" ? `calls ${name ?? "a tool"}` : kind === "result" ? "tool result" : "data";
  return h(
    "div",
    { class: "stack tool" },
    h("span", { class: "small soft" }, label),
    codeBlock(text, { name: label, content: colored(shown) }),
  );
}
