// @ts-check
// What a request cost, bucket by bucket: a bar for the proportions, a table for the figures.

import { h } from "../html.js";
import { count, moneyExact } from "../format.js";
import { shares } from "../series.js";
import { grid } from "./grid.js";

/**
 * @param {any} usage
 * @param {any} cost
 */
export function costSplit(usage, cost) {
  const writes = (usage.cache_write_5m_tokens ?? 0) + (usage.cache_write_1h_tokens ?? 0);
  const all = [
    { name: "Input", tokens: usage.input_tokens, usd: cost.input_usd, class: "one" },
    { name: "Cached input", tokens: usage.cached_input_tokens, usd: cost.cached_input_usd, class: "two" },
    { name: "Cache writes", tokens: writes, usd: cost.cache_write_usd, class: "three" },
    { name: "Output", tokens: usage.output_tokens, usd: cost.output_usd, class: "four" },
    { name: "Other", tokens: null, usd: cost.other_usd, class: "three" },
  ];
  const buckets = all.filter(({ name, tokens, usd }) => name === "Input" || name === "Output" || tokens > 0 || usd > 0);
  const parts = shares(buckets.map(({ usd }) => usd ?? 0));
  const words = buckets.map(({ name }, index) => `${name} ${Math.round(parts[index] * 100)}%`).join(", ");
  const reasoning =
    usage.reasoning_tokens > 0 ? `${count(usage.reasoning_tokens)} of the output tokens were reasoning. ` : "";
  return [
    h(
      "div",
      { class: "body" },
      h(
        "div",
        { class: "split", role: "img", "aria-label": words },
        buckets.map(({ class: kind }, index) =>
          parts[index] > 0 ? h("i", { class: kind, style: { "--part": String(parts[index]) } }) : null,
        ),
      ),
    ),
    grid(
      "Cost by bucket",
      ["Bucket", "Tokens", "Cost"],
      [
        ...buckets.map(({ name, tokens, usd, class: kind }) => [
          h("span", { class: "line bucket" }, h("i", { class: `swatch ${kind}` }), name),
          count(tokens),
          moneyExact(usd),
        ]),
        [
          h("strong", null, "Total"),
          count(buckets.reduce((sum, { tokens }) => sum + (tokens ?? 0), 0)),
          h("strong", null, moneyExact(cost.total_usd)),
        ],
      ],
    ),
    h(
      "p",
      { class: "body small faint wrap" },
      reasoning,
      usage.estimated
        ? "The provider reported no usage, so tokens are estimated. "
        : "Tokens as the provider reported them. ",
      cost.price_id ? ["Price ", h("code", null, cost.price_id), "."] : "No price was known.",
    ),
  ];
}
