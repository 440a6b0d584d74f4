// @ts-check
// What a routing config would do with a request, and what that costs: for a size of request that can be chosen.

import { h, replace } from "../html.js";
import { count, money, moneyExact } from "../format.js";
import { candidates, ruleTable } from "./trace.js";
import { empty } from "./states.js";

/** @param {() => void} again asks anew, with other sizes */
export function planCard(again) {
  const sizes = { input_tokens: 1000, output_tokens: 300, requests: 10_000 };
  const result = h("div", null, empty({ title: "Not estimated yet", isInline: true }));
  const field = (/** @type {keyof typeof sizes} */ name, /** @type {string} */ label) => {
    const id = `plan-${name}`;
    const change = (/** @type {any} */ event) => {
      const number = Math.round(Number(event.target.value));
      if (Number.isFinite(number) && number >= 0) sizes[name] = name === "requests" ? Math.max(1, number) : number;
      again();
    };
    const input = h("input", { id, type: "text", inputmode: "numeric", value: sizes[name], on: { change } });
    return h("div", { class: "field" }, h("label", { for: id }, label), input);
  };
  const element = h(
    "section",
    { class: "card plan", hidden: true },
    h("header", null, h("h2", null, "What it would do")),
    h(
      "div",
      { class: "body" },
      h(
        "div",
        { class: "plan-sizes" },
        field("input_tokens", "Tokens in"),
        field("output_tokens", "Tokens out"),
        field("requests", "Requests"),
      ),
    ),
    result,
  );
  return {
    element,
    asked: () => ({ ...sizes }),
    /** @param {any} found */
    set: (found) => replace(result, planResult(found)),
    /** @param {any} error */
    fail: (error) => replace(result, h("p", { class: "plan-text soft wrap" }, String(error?.message ?? error))),
  };
}

/** @param {any} found */
export const planResult = (found) => [
  found.refusal
    ? h("p", { class: "plan-text soft wrap" }, "The request would be refused: ", h("strong", null, found.refusal))
    : h(
        "p",
        { class: "plan-text" },
        h("strong", { class: "metric-figure" }, money(found.expected_total_usd)),
        h(
          "span",
          { class: "soft" },
          `for ${count(found.requests)} ${found.requests === 1 ? "request" : "requests"}, `,
          `${moneyExact(found.expected_cost_usd)} each, when nothing fails`,
        ),
      ),
  ruleTable(found.rules ?? []),
  candidates(found.candidates ?? []),
];
