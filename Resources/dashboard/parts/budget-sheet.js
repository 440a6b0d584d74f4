// @ts-check
// One budget: where it stands, what was told of it, what can be changed, a fresh start, the end.

import * as api from "../api.js";
import { h } from "../html.js";
import { standing, worry } from "../budgets.js";
import { money, moment, momentExact, percent, words } from "../format.js";
import { may } from "../state.js";
import { ask } from "./ask.js";
import { budgetForm } from "./budget-form.js";
import { subjects, told } from "./budget-tables.js";
import { facts } from "./facts.js";
import { later } from "./later.js";
import { meter } from "./meter.js";

/** @typedef {import("./collection.js").Tools} Tools */

/**
 * @param {any} budget
 * @param {any} status
 * @param {import("./budget-fields.js").Known} known
 * @param {Tools} tools
 */
export function budgetSheet(budget, status, known, tools) {
  const at = standing(budget, status);
  const now = new Date();
  const events = later(() => api.budgetEvents(budget.id, { signal: tools.signal }), told, tools.signal);
  return [
    h(
      "section",
      { class: "standing" },
      h(
        "p",
        null,
        h("strong", { class: `metric-figure tone ${worry(at)}` }, money(at.spend)),
        h("span", { class: "soft" }, ` of ${money(at.cap)}, ${percent(at.used)}`),
      ),
      meter(at, budget.name, budget.thresholds),
    ),
    facts([
      ["Held", at.held > 0 && `${money(at.held)} for requests under way`],
      ["At this rate", at.forecast !== null && `${money(at.forecast)} at the end of the period`],
      ["Cap reached", at.exhausted && at.used < 1 && `${moment(at.exhausted, now)} at this rate`],
      ["Begins anew", at.resets && momentExact(at.resets)],
      ["At the cap", budget.downgrade_to ? `${words(budget.action)} to ${budget.downgrade_to}` : words(budget.action)],
      ["Set to zero", budget.reset_at && momentExact(budget.reset_at)],
      ["Id", h("code", null, budget.id)],
    ]),
    subjects(budget, status?.subjects ?? []),
    h("section", null, h("h3", null, "What was told"), events),
    may("admin")
      ? [
          h("hr"),
          budgetForm(budget, budget, known, (saved) => tools.done(`Budget ${saved.name} saved`)),
          h("hr"),
          h("div", { class: "line" }, fresh(budget, tools), end(budget, tools)),
        ]
      : null,
  ];
}

/**
 * @param {any} budget
 * @param {Tools} tools
 */
function fresh(budget, tools) {
  const click = () =>
    ask({
      title: `Set ${budget.name} to zero?`,
      text: "Its period begins anew now and ends when it would have ended. The ledger keeps what was spent.",
      label: "Set to zero",
      run: () => api.resetBudget(budget.id),
      done: () => tools.done(`Budget ${budget.name} begins anew`),
    });
  return h("button", { type: "button", class: "button", on: { click } }, "Set to zero…");
}

/**
 * @param {any} budget
 * @param {Tools} tools
 */
function end(budget, tools) {
  const click = () =>
    ask({
      title: `Remove the budget ${budget.name}?`,
      text: "Nothing caps this spending from then on, unless another budget does.",
      label: "Remove the budget",
      run: () => api.removeBudget(budget.id),
      done: () => tools.done(`Budget ${budget.name} removed`),
    });
  return h("button", { type: "button", class: "button danger", on: { click } }, "Remove…");
}
