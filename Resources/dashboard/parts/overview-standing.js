// @ts-check
// Where money and providers stand: spent today and this month, the fullest budgets, how each provider answers.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { standing, worry } from "../budgets.js";
import { count, money, percent } from "../format.js";
import { link } from "../router.js";
import { figures } from "./figures.js";
import { healthBadge, healthState } from "./health.js";
import { meter } from "./meter.js";
import { bone, empty } from "./states.js";

const mostBudgets = 5;

/** @param {AbortSignal} signal */
export function overviewStanding(signal) {
  const names = ["Spent today", "Spent this month", "This month at this rate", "Failed today"];
  const waiting = names.map((name) => /** @type {[string, any, any]} */ ([name, bone("", "figure"), bone("5rem")]));
  const spent = h("div", null, figures(waiting));
  const cards = h("div", { class: "columns halves", hidden: true });
  return {
    spent,
    cards,
    /** @param {string | null} project */
    async refresh(project) {
      const parts = [spending(project, signal), fullest(signal), answering(signal)];
      const [row, budgets, providers] = await Promise.all(parts.map((part) => part.catch(() => null)));
      if (signal.aborted) return;
      replace(spent, row);
      const shown = [budgets, providers].filter(Boolean);
      replace(
        cards,
        shown.map((card) => h("div", null, card)),
      );
      cards.classList.toggle("halves", shown.length > 1);
      cards.hidden = shown.length === 0;
    },
  };
}

/**
 * @param {string | null} project
 * @param {AbortSignal} signal
 */
async function spending(project, signal) {
  const now = new Date();
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  const [today, begin, end] = [new Date(year, month, day), new Date(year, month, 1), new Date(year, month + 1, 1)];
  const ask = async (/** @type {Date} */ start) => {
    const query = { project_id: project, start: start.toISOString(), end: now.toISOString(), granularity: "day" };
    return (await api.report(query, { signal })).totals;
  };
  const [ofToday, ofMonth] = await Promise.all([ask(today), ask(begin)]);
  const gone = (now.getTime() - begin.getTime()) / (end.getTime() - begin.getTime());
  const failed = ofToday.requests > 0 ? percent(ofToday.errors / ofToday.requests) : "–";
  return figures([
    ["Spent today", money(ofToday.cost_usd), `${count(ofToday.requests)} requests`],
    ["Spent this month", money(ofMonth.cost_usd), `${count(ofMonth.requests)} requests`],
    ["This month at this rate", money(ofMonth.cost_usd / gone), `${percent(gone)} of the month is over`],
    ["Failed today", failed, `${count(ofToday.errors)} requests`],
  ]);
}

/** @param {AbortSignal} signal */
async function fullest(signal) {
  if (!(await api.offers("/budgets/{id}/status"))) return null;
  const list = (await api.budgets({ signal })).filter(({ enabled }) => enabled !== false);
  const ask = async (/** @type {any} */ budget) => ({
    budget,
    at: standing(budget, await api.budgetStatus(budget.id, { signal }).catch(() => null)),
  });
  const known = (await Promise.all(list.map(ask))).sort((a, b) => b.at.used - a.at.used).slice(0, mostBudgets);
  const row = (/** @type {typeof known[number]} */ { budget, at }) =>
    h(
      "li",
      null,
      h("a", { class: "cut", href: link("/budgets", { open: budget.id }) }, budget.name),
      h("span", { class: `small tone ${worry(at)}` }, `${money(at.spend)} of ${money(at.cap)}`),
      meter(at, budget.name, budget.thresholds),
    );
  const none = empty({
    title: "No budgets yet",
    text: "A cap on what a project, a key or a team may spend.",
    action: h("a", { class: "button", href: link("/budgets", { new: "1" }) }, "Make one"),
    isInline: true,
  });
  const all = h("a", { class: "small soft", href: "#/budgets" }, "All budgets");
  return card("Budgets", all, known.length > 0 ? h("ul", { class: "body standings" }, known.map(row)) : none);
}

/** @param {AbortSignal} signal */
async function answering(signal) {
  if (!(await api.offers("/providers/{id}/health"))) return null;
  const list = await api.providers({ signal });
  const ask = async (/** @type {any} */ provider) => ({
    provider,
    health: await api.providerHealth(provider.id, { signal }).catch(() => null),
  });
  const row = (/** @type {{ provider: any, health: any }} */ { provider, health }) =>
    h(
      "li",
      null,
      h("a", { class: "cut", href: link("/providers", { open: provider.id }) }, provider.name),
      healthBadge(healthState(health)),
    );
  const all = h("a", { class: "small soft", href: "#/providers" }, "All providers");
  return card("Providers", all, h("ul", { class: "body standings" }, (await Promise.all(list.map(ask))).map(row)));
}

/**
 * @param {string} name
 * @param {import("../html.js").Child} way
 * @param {import("../html.js").Child} content
 */
const card = (name, way, content) =>
  h("section", { class: "card", "aria-label": name }, h("header", null, h("h2", null, name), way), content);
