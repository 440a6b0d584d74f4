// @ts-check
// How much of a cap is used: booked, held for what is under way, and where thresholds and the forecast lie.

import { h } from "../html.js";
import { money, percent } from "../format.js";
import { worry } from "../budgets.js";

/**
 * @param {import("../budgets.js").Standing} at
 * @param {string} name
 * @param {number[]} [thresholds]
 */
export function meter(at, name, thresholds = []) {
  const { spend, most, held, cap, used, forecast } = at;
  const whole = Math.max(cap, 1e-9);
  const part = (/** @type {number} */ usd) => `${(Math.min(1, Math.max(0, usd / whole)) * 100).toFixed(2)}%`;
  const text = spend === null ? "not known" : `${money(most)} of ${money(cap)}, ${percent(used)}`;
  const marks = thresholds.filter((share) => share > 0 && share < 1);
  return h(
    "div",
    {
      class: `meter ${worry(at)}`,
      role: "meter",
      "aria-label": name,
      "aria-valuemin": 0,
      "aria-valuemax": cap,
      "aria-valuenow": Math.min(cap, most),
      "aria-valuetext": text,
      title: forecast === null ? text : `${text}; ${money(forecast)} at this rate`,
    },
    h("i", { style: { "--part": part(most) } }),
    held > 0 ? h("i", { class: "held", style: { "--from": part(most), "--part": part(held) } }) : null,
    marks.map((share) => h("b", { style: { "--from": `${share * 100}%` } })),
    forecast !== null && forecast > most && forecast < cap
      ? h("b", { class: "forecast", style: { "--from": part(forecast) } })
      : null,
  );
}
