// @ts-check
// Budgets: caps on spending, how much of each is used, and where it is going.

import * as api from "../api.js";
import { h } from "../html.js";
import { blank, periods, standing, whose, worry } from "../budgets.js";
import { money, momentParts, percent, words } from "../format.js";
import { changed, link } from "../router.js";
import { may } from "../state.js";
import { budgetForm } from "../parts/budget-form.js";
import { budgetSheet } from "../parts/budget-sheet.js";
import { collection } from "../parts/collection.js";
import { meter } from "../parts/meter.js";
import { sameBy } from "../parts/same-by.js";
import { empty } from "../parts/states.js";
import { table } from "../parts/table.js";

export const title = "Budgets";

/**
 * @typedef {object} Data
 * @property {any[]} budgets
 * @property {Map<string, any>} statuses
 * @property {import("../parts/budget-fields.js").Known} known
 */

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, context) {
  return collection(main, context, {
    title,
    add: may("admin") ? "New budget" : null,
    load: () => load(context.signal),
    list,
    one(id, data, tools) {
      const budget = data.budgets.find((candidate) => candidate.id === id || candidate.name === id);
      if (!budget) return null;
      const status = data.statuses.get(budget.id);
      return { title: budget.name, content: budgetSheet(budget, status, data.known, tools) };
    },
    make: (data, tools) => ({ title: "New budget", content: maker(data, tools) }),
    foot: sameBy({
      method: "POST",
      path: "budgets",
      body: {
        name: "team-ml",
        scope: { type: "tag", key: "team", value: "ml" },
        cap_usd: 50,
        period: "monthly",
        action: "downgrade",
        downgrade_to: "@cheapest",
      },
    }),
  });
}

/**
 * @param {AbortSignal} signal
 * @returns {Promise<Data>}
 */
async function load(signal) {
  const [budgets, projects, keys, configs, providers, hasWebhooks] = await Promise.all([
    api.budgets({ signal }),
    api.projects({ signal }),
    api.keys({ signal }),
    api.configs({ signal }),
    api.providers({ signal }),
    api.offers("/webhooks/endpoints"),
  ]);
  const endpoints = hasWebhooks ? await api.webhooks({ signal }) : [];
  const ask = async (/** @type {any} */ { id }) => [id, await api.budgetStatus(id, { signal }).catch(() => null)];
  const statuses = new Map(/** @type {[string, any][]} */ (await Promise.all(budgets.map(ask))));
  return { budgets, statuses, known: { projects, keys, configs, providers, endpoints } };
}

/**
 * The name of what a budget lies on.
 * @param {import("../parts/budget-fields.js").Known} known
 */
const names = (known) => (/** @type {string} */ type, /** @type {string} */ id) => {
  const list = known[/** @type {"projects"} */ (`${type}s`)] ?? [];
  const found = list.find((item) => item.id === id);
  return found?.name ?? (found?.slug ? `@${found.slug}` : id);
};

/**
 * @param {Data} data
 * @param {URLSearchParams} query
 */
function list({ budgets, statuses, known }, query) {
  const nameOf = names(known);
  const at = (/** @type {any} */ budget) => standing(budget, statuses.get(budget.id));
  const rows = table({
    name: "Budgets",
    id: (/** @type {any} */ budget) => budget.id,
    href: (budget) => link("/budgets", changed(query, { open: budget.id })),
    columns: [
      {
        label: "Name",
        cell: (budget) => [budget.name, budget.enabled ? null : [" ", h("span", { class: "badge" }, "off")]],
        title: (budget) => budget.name,
      },
      {
        label: "On",
        cell: (budget) => h("span", { class: "soft" }, whose(budget, nameOf)),
        title: (budget) => whose(budget, nameOf),
        class: "from-m",
        width: "20%",
      },
      {
        label: "Used",
        cell: (budget) => meter(at(budget), budget.name, budget.thresholds),
        class: "from-s",
        width: "24%",
      },
      { label: "Spent", cell: (budget) => spent(at(budget)), class: "number", width: "6.5rem" },
      { label: "Cap", cell: (budget) => money(budget.cap_usd), class: "number", width: "6.5rem" },
      { label: "Each", cell: (budget) => period(budget), class: "from-m", width: "5rem" },
      { label: "At the cap", cell: (budget) => words(budget.action), class: "from-l", width: "7rem" },
      { label: "At this rate", cell: (budget) => forecast(at(budget)), class: "number from-l", width: "7.5rem" },
    ],
  });
  rows.set(budgets);
  const none = empty({
    title: "No budgets yet",
    text: "A budget caps what a project, a key, a team or an end user may spend. A hard cap is never passed.",
    action: may("admin")
      ? h("a", { class: "button primary", href: link("/budgets", { new: "1" }) }, "Make the first")
      : undefined,
  });
  return h("section", { class: "card", "aria-label": "Budgets" }, budgets.length > 0 ? rows.element : none);
}

/** @param {any} budget */
const period = (budget) => periods.find(({ id }) => id === budget.period)?.label ?? budget.period;

/** @param {import("../budgets.js").Standing} at */
const spent = (at) =>
  h("span", { class: worry(at) && `tone ${worry(at)}`, title: percent(at.used) }, money(at.spend));

/** @param {import("../budgets.js").Standing} at */
function forecast(at) {
  if (at.exhausted && at.used < 1) {
    const { day, time } = momentParts(at.exhausted, new Date());
    const title = "When the cap is reached at this rate";
    return h("span", { class: "tone warn", title }, `full ${day || time.slice(0, 5)}`);
  }
  return money(at.forecast);
}

/**
 * A new budget; the address can say on what it lies: `scope=tag&key=team&value=ml`.
 * @param {Data} data
 * @param {import("../parts/collection.js").Tools} tools
 */
function maker({ known }, tools) {
  const { query } = tools;
  const scope = query.has("scope")
    ? { type: query.get("scope"), id: query.get("id"), key: query.get("key"), value: query.get("value") }
    : blank.scope;
  return budgetForm(null, { ...blank, scope }, known, (made) => tools.done(`Budget ${made.name} made`));
}
