// @ts-check
// Why a request went the way it went: how its model was resolved, what was considered, what decided.

import { h } from "../html.js";
import { duration, moneyExact, words } from "../format.js";
import { grid } from "./grid.js";

const resolutions = /** @type {Record<string, string>} */ ({
  config: "A routing config decided",
  direct: "The request named provider and model",
  auto: "The bare model name was resolved to a provider",
});
const verdicts = /** @type {Record<string, string>} */ ({ tried: "accent", rejected: "warn" });

/** @param {any} record a request in full */
export function trace(record) {
  const { trace: why } = record;
  const steps = [
    ["Asked for", h("code", null, record.requested_model || "–")],
    [
      "Resolved",
      [
        resolutions[why.resolved] ?? words(why.resolved),
        why.config ? [": ", h("code", null, `@${why.config.slug}`), ` version ${why.config.version}`] : null,
      ],
    ],
    why.policy ? ["Policy", words(why.policy)] : null,
    why.variant ? ["Variant", why.variant] : null,
    why.cache ? ["Cache", `${words(why.cache.mode)}: ${words(why.cache.result)}`] : null,
    why.dropped?.length ? ["Left out", why.dropped.join(", ")] : null,
    why.decision ? ["Decision", [h("strong", null, why.decision), why.reason ? `: ${why.reason}` : null]] : null,
  ];
  return [
    h(
      "dl",
      { class: "facts body" },
      steps.map((step) => step && [h("dt", null, step[0]), h("dd", null, step[1])]),
    ),
    ruleTable(why.rules ?? []),
    candidates(why.candidates ?? []),
    budgets(why.budgets ?? []),
  ];
}

/** @param {any[]} list */
export const ruleTable = (list) =>
  list.length > 0 &&
  grid(
    "Rules",
    ["Rule", "Matched"],
    list.map((rule) => [
      h("code", null, rule.if ?? "else"),
      rule.matched ? h("span", { class: "badge accent" }, "yes") : "no",
    ]),
  );

/** @param {any[]} list */
export const candidates = (list) =>
  list.length > 0 &&
  grid(
    "Candidates",
    ["Target", "Verdict", "Why", "Expected", "p50"],
    list.map((candidate) => [
      candidate.target,
      h("span", { class: `badge ${verdicts[candidate.verdict] ?? ""}` }, words(candidate.verdict)),
      h("span", { class: "soft" }, candidate.reason),
      moneyExact(candidate.expected_cost_usd),
      candidate.p50_latency_ms === undefined ? "–" : duration(candidate.p50_latency_ms),
    ]),
  );

/** @param {any[]} list */
const budgets = (list) =>
  list.length > 0 &&
  grid(
    "Budgets",
    ["Budget", "Action", "Spent", "Held", "Cap"],
    list.map((budget) => [
      budget.name,
      words(budget.action),
      moneyExact(budget.spend_usd),
      moneyExact(budget.held_usd),
      moneyExact(budget.cap_usd),
    ]),
  );
