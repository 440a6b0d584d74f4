// @ts-check
// How well a provider answers: a word for the whole, a row for each model.

import { h } from "../html.js";
import { count, duration, percent, words } from "../format.js";
import { grid } from "./grid.js";

const tones = /** @type {Record<string, string>} */ ({ closed: "good", half_open: "warn", open: "bad" });
const names = /** @type {Record<string, string>} */ ({ closed: "healthy", half_open: "recovering", open: "failing" });
const order = ["open", "half_open"];

/**
 * The worst state among a provider's models.
 * @param {any} health
 * @returns {string | null} null when nothing is known yet
 */
export function healthState(health) {
  const states = (health?.models ?? []).map((/** @type {any} */ model) => model.state);
  if (states.length === 0) return null;
  return health.state ?? order.find((state) => states.includes(state)) ?? states[0];
}

/** @param {string | null} state */
export const healthBadge = (state) =>
  state === null
    ? h("span", { class: "faint" }, "no calls yet")
    : h("span", { class: `badge ${tones[state] ?? ""}` }, names[state] ?? words(state));

/** @param {any} health */
export function healthTable(health) {
  const models = health?.models ?? [];
  if (models.length === 0) return h("p", { class: "soft" }, "No calls yet, so nothing is known.");
  const rows = models.map((/** @type {any} */ model) => [
    model.model ?? "all",
    healthBadge(model.state),
    percent(model.success_rate),
    count(model.attempts),
    duration(model.p50_latency_ms),
    duration(model.p95_latency_ms),
  ]);
  return h(
    "div",
    { class: "framed" },
    grid("Health by model", ["Model", "State", "Answered", "Attempts", "p50", "p95"], rows),
  );
}
