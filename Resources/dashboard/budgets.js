// @ts-check
// Budgets as people read them: on whose spending they lie, how much of them is used, where they are going. Pure.

import { nested } from "./forms.js";

/** What a budget can lie on, in the order of the form. */
export const scopes = Object.freeze([
  { id: "organization", label: "Everything" },
  { id: "project", label: "Project" },
  { id: "key", label: "Key" },
  { id: "tag", label: "Tag" },
  { id: "end_user", label: "End user" },
  { id: "config", label: "Routing config" },
  { id: "provider", label: "Provider" },
]);

export const periods = Object.freeze([
  { id: "daily", label: "day" },
  { id: "weekly", label: "week" },
  { id: "monthly", label: "month" },
  { id: "total", label: "in total" },
]);

export const actions = Object.freeze([
  { id: "block", label: "Refuse requests (402)" },
  { id: "downgrade", label: "Use something cheaper" },
  { id: "warn_only", label: "Let them pass, and warn" },
]);

/** @typedef {{ type: string, id?: string | null, key?: string | null, value?: string | null }} Scope */

/**
 * On whose spending a budget lies, in words.
 * @param {{ scope: Scope, per_subject?: boolean }} budget
 * @param {(type: string, id: string) => string} nameOf
 */
export function whose({ scope, per_subject: each }, nameOf) {
  const { type, id, key, value } = scope;
  if (type === "organization") return "everything";
  const kind = (scopes.find((known) => known.id === type)?.label ?? type).toLowerCase();
  if (type === "tag") {
    if (value) return `${key} = ${value}`;
    return each ? `each ${key}` : `all with the tag ${key}`;
  }
  const one = type === "end_user" ? value : id && nameOf(type, id);
  if (one) return `${kind} ${one}`;
  return each ? `each ${kind}` : `all ${kind}s together`;
}

/**
 * @typedef {object} Standing
 * @property {number | null} spend booked, in dollars; of all subjects together
 * @property {number} most what counts against the cap: of the subject that has spent most
 * @property {number} held worst cases of what is under way
 * @property {number} cap
 * @property {number} used of the cap, 1 is all of it
 * @property {number | null} forecast at the end of the period if it goes on like this
 * @property {string | null} resets when the period ends
 * @property {string | null} exhausted when the cap is reached if it goes on like this
 */

/**
 * Where a budget stands, from what the API says of it.
 * @param {any} budget
 * @param {any} [status]
 * @returns {Standing}
 */
export function standing(budget, status) {
  const told = { ...budget, ...budget.status, ...status };
  const spend = told.spend_usd ?? null;
  const cap = told.cap_usd ?? budget.cap_usd;
  const held = told.held_usd ?? 0;
  const { projected_usd: forecast = null, exhausted_at: exhausted = null } = told.forecast ?? {};
  const isShared = !budget.per_subject;
  const most = isShared ? (spend ?? 0) : (told.used_pct ?? 0) * cap;
  const used = spend === null ? 0 : cap > 0 ? (most + (isShared ? held : 0)) / cap : 1;
  // What many subjects spend together says nothing about the cap that each of them has.
  const heading = isShared ? forecast : null;
  return { spend, most, held, cap, used, forecast: heading, resets: told.period_resets_at ?? null, exhausted };
}

/**
 * How worried to be: at the cap, near a threshold or heading past the cap, or not at all.
 * @param {Standing} at
 * @returns {"bad" | "warn" | ""}
 */
export function worry({ spend, cap, used, forecast }) {
  if (spend === null) return "";
  if (used >= 1) return "bad";
  return used >= 0.8 || (forecast !== null && forecast > cap) ? "warn" : "";
}

/**
 * Shares of the cap as people type them: `50, 80, 100` is `[0.5, 0.8, 1]`.
 * @param {string[]} lines
 */
export const asShares = (lines) => lines.map((line) => Number((Number(line.replace(/%$/, "")) / 100).toFixed(6)));

/** @param {number[]} shares */
export const asPercents = (shares) => shares.map((share) => String(Number((share * 100).toFixed(4))));

/** What a new budget is unless somebody says otherwise. */
export const blank = {
  scope: { type: "organization" },
  period: "monthly",
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  reset_day: 1,
  action: "block",
  thresholds: [0.5, 0.8, 1],
  alerts: { emails: [], webhooks: [] },
  per_subject: false,
  enabled: true,
};

/**
 * What the form holds, as the API has it.
 * @param {Record<string, any>} values
 */
export function asBudget(values) {
  const body = nested(values);
  body.scope = Object.fromEntries(Object.entries(body.scope).filter(([, value]) => value !== null && value !== ""));
  const lines = String(values.thresholds ?? "").split(/[\s,;]+/);
  body.thresholds = asShares(lines.filter(Boolean));
  for (const name of ["timezone", "reset_day"]) if (body[name] === null) delete body[name];
  return body;
}
