// @ts-check
// The fields of a budget: on whose spending, how much, how often, what happens at the cap, who is told.

import { actions, asPercents, periods, scopes } from "../budgets.js";

/** @typedef {{ projects: any[], keys: any[], configs: any[], providers: any[], endpoints: any[] }} Known */

const named = /** @type {const} */ (["project", "key", "config", "provider"]);

/**
 * @param {any} budget
 * @param {Known} known
 * @returns {import("../forms.js").Field[]}
 */
export function budgetFields(budget, known) {
  const type = (/** @type {any} */ values) => values["scope.type"];
  const choose = (/** @type {typeof named[number]} */ kind) => ({
    name: "scope.id",
    label: scopes.find(({ id }) => id === kind)?.label ?? kind,
    kind: /** @type {const} */ ("select"),
    options: [{ id: "", label: "every one of them" }, ...options(known[`${kind}s`])],
    value: budget.scope.type === kind ? budget.scope.id : "",
    when: (/** @type {any} */ values) => type(values) === kind,
  });
  const targets = known.configs.map(({ slug }) => ({ id: `@${slug}`, label: "" }));
  return [
    { name: "name", label: "Name", required: true, value: budget.name, hint: "team-ml" },
    { name: "scope.type", label: "On", kind: "select", options: scopes, value: budget.scope.type },
    ...named.map(choose),
    {
      name: "scope.key",
      label: "Tag",
      required: true,
      value: budget.scope.key,
      hint: "team",
      when: (values) => type(values) === "tag",
    },
    {
      name: "scope.value",
      label: "Value",
      value: budget.scope.value,
      note: "Empty covers all of them.",
      when: (values) => ["tag", "end_user"].includes(type(values)),
    },
    {
      name: "per_subject",
      label: "Each has the whole cap for itself",
      kind: "checkbox",
      value: budget.per_subject,
      wide: true,
      when: (values) => type(values) !== "organization",
    },
    { name: "cap_usd", label: "Cap, USD", kind: "number", required: true, value: budget.cap_usd, hint: "50" },
    { name: "period", label: "Each", kind: "select", options: periods, value: budget.period },
    { name: "timezone", label: "Time zone of its midnights", value: budget.timezone, options: zones() },
    {
      name: "reset_day",
      label: "Begins on day",
      kind: "number",
      value: budget.reset_day,
      note: "Of the week 1 (Monday) to 7, of the month 1 to 31.",
      when: (values) => ["weekly", "monthly"].includes(values.period),
    },
    { name: "action", label: "At the cap", kind: "select", options: actions, value: budget.action },
    {
      name: "downgrade_to",
      label: "Use instead",
      required: true,
      value: budget.downgrade_to,
      options: targets,
      hint: "@cheapest",
      when: (values) => values.action === "downgrade",
    },
    {
      name: "thresholds",
      label: "Tell at, % of the cap",
      value: asPercents(budget.thresholds).join(", "),
      hint: "50, 80, 100",
    },
    {
      name: "alerts.emails",
      label: "Mail to",
      kind: "lines",
      value: budget.alerts.emails,
      hint: "finance@example.com",
    },
    ...(known.endpoints.length === 0
      ? []
      : [
          {
            name: "alerts.webhooks",
            label: "Webhook endpoints",
            kind: /** @type {const} */ ("checks"),
            options: options(known.endpoints),
            value: budget.alerts.webhooks,
            wide: true,
          },
        ]),
    { name: "enabled", label: "In force", kind: "checkbox", value: budget.enabled, wide: true },
  ];
}

/** @param {any[]} list */
const options = (list) => list.map(({ id, name, slug }) => ({ id, label: name ?? `@${slug}` }));

const zones = () => ["UTC", ...Intl.supportedValuesOf("timeZone")].map((id) => ({ id, label: "" }));
