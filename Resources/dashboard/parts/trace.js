// @ts-check
// Why a request went the way it went: how its model was resolved, what was considered, what decided.

import { h } from "../html.js";
import { duration, moneyExact, words } from "../format.js";

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
    ["Resolved", [resolutions[why.resolved] ?? words(why.resolved), why.config ? [": ", h("code", null, `@${why.config.slug}`), ` version ${why.config.version}`] : null]],
    why.policy ? ["Policy", words(why.policy)] : null,
    why.variant ? ["Variant", why.variant] : null,
    why.cache ? ["Cache", `${words(why.cache.mode)}: ${words(why.cache.result)}`] : null,
    why.dropped?.length ? ["Left out", why.dropped.join(", ")] : null,
    why.decision ? ["Decision", [h("strong", null, why.decision), why.reason ? `: ${why.reason}` : null]] : null,
  ];
  return [
    h("dl", { class: "facts body" }, steps.filter((step) => step !== null).map(([name, value]) => [h("dt", null, name), h("dd", null, value)])),
    rules(why.rules ?? []),
    candidates(why.candidates ?? []),
    budgets(why.budgets ?? []),
  ];
}

/** @param {any[]} list */
const rules = (list) =>
  list.length > 0 &&
  grid("Rules", ["Rule", "Matched"], list.map((rule) => [h("code", null, rule.if ?? "else"), rule.matched ? h("span", { class: "badge accent" }, "yes") : "no"]));

/** @param {any[]} list */
const candidates = (list) =>
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
  grid("Budgets", ["Budget", "Action", "Spent", "Held", "Cap"], list.map((budget) => [budget.name, words(budget.action), moneyExact(budget.spend_usd), moneyExact(budget.held_usd), moneyExact(budget.cap_usd)]));

/** @param {string} name @param {string[]} heads @param {import("../html.js").Child[][]} rows */
export const grid = (name, heads, rows) =>
  h(
    "div",
    { class: "grid-box", tabindex: 0, role: "region", "aria-label": name },
    h(
      "table",
      { class: "grid" },
      h("caption", { class: "unseen" }, name),
      h("thead", null, h("tr", null, heads.map((head, index) => h("th", { scope: "col", class: isNumber(head, index) ? "number" : null }, head)))),
      h("tbody", null, rows.map((row) => h("tr", null, row.map((cell, index) => h("td", { class: isNumber(heads[index], index) ? "number" : null }, cell))))),
    ),
  );

const numbers = new Set(["Expected", "p50", "Spent", "Held", "Cap", "Tokens", "Cost", "Per 1M"]);

/** @param {string} head @param {number} index */
const isNumber = (head, index) => index > 0 && numbers.has(head);
