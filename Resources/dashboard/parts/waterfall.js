// @ts-check
// The attempts of a request on one time line: when each began, when its first byte came, how and why it ended.

import { h } from "../html.js";
import { duration, durationAxis, moneyExact, words } from "../format.js";
import { ticks } from "../series.js";

/**
 * @typedef {object} Attempt
 * @property {number} number
 * @property {string} provider
 * @property {string} model
 * @property {string} outcome
 * @property {number | null} status
 * @property {number} started_ms
 * @property {number | null} first_byte_ms
 * @property {number} duration_ms
 * @property {number} cost_usd
 * @property {string | null} [reason]
 */

const tones = /** @type {Record<string, string>} */ ({
  success: "good",
  cancelled: "",
  not_accepted: "warn",
  rate_limited: "warn",
});

/** @param {string} outcome */
export const outcomeBadge = (outcome) => h("span", { class: `badge ${tones[outcome] ?? "bad"}` }, words(outcome));

/**
 * @param {Attempt[]} attempts
 * @param {number} total milliseconds of the whole request
 */
export function waterfall(attempts, total) {
  const last = Math.max(total, ...attempts.map(({ started_ms: start, duration_ms: length }) => start + length));
  const scale = ticks(last, 5);
  const full = Math.max(last, 0.001);
  const part = (/** @type {number} */ milliseconds) => `${((Math.max(0, milliseconds) / full) * 100).toFixed(3)}%`;
  return h(
    "figure",
    { class: "waterfall", "aria-label": "Attempts over time" },
    h(
      "div",
      { class: "waterfall-axis faint small", "aria-hidden": "true" },
      scale
        .filter((tick) => tick <= full * 0.86)
        .map((tick) => h("span", { style: { "--at": part(tick) } }, durationAxis(tick))),
    ),
    h(
      "ol",
      null,
      attempts.map((attempt) => line(attempt, part)),
    ),
  );
}

/**
 * @param {Attempt} attempt
 * @param {(milliseconds: number) => string} part
 */
function line(attempt, part) {
  const wait = attempt.first_byte_ms ?? attempt.duration_ms;
  const tone = tones[attempt.outcome] ?? "bad";
  return h(
    "li",
    { class: "attempt" },
    h(
      "div",
      { class: "line" },
      h("span", { class: "attempt-number faint" }, attempt.number),
      h("strong", { class: "cut" }, `${attempt.provider}/${attempt.model}`),
      outcomeBadge(attempt.outcome),
      attempt.status ? h("span", { class: "faint small" }, `HTTP ${attempt.status}`) : null,
      h(
        "span",
        { class: "attempt-figures small soft" },
        duration(attempt.duration_ms),
        " · ",
        moneyExact(attempt.cost_usd),
      ),
    ),
    h(
      "div",
      { class: "attempt-track", role: "img", "aria-label": sentence(attempt) },
      h("i", { class: `wait ${tone}`, style: { "--from": part(attempt.started_ms), "--long": part(wait) } }),
      h("i", {
        class: `flow ${tone}`,
        style: { "--from": part(attempt.started_ms + wait), "--long": part(attempt.duration_ms - wait) },
      }),
    ),
    attempt.reason && attempt.outcome !== "success" ? h("p", { class: "small soft wrap" }, attempt.reason) : null,
  );
}

/** @param {Attempt} attempt */
function sentence({ started_ms: start, first_byte_ms: first, duration_ms: length }) {
  const answer = first === null ? "no byte came" : `first byte after ${duration(first)}`;
  return `Began at ${duration(start)}, ${answer}, took ${duration(length)}`;
}
