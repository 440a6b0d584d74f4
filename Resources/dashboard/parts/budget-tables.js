// @ts-check
// Tables of a budget: what each subject spent of its own cap, and what was told.

import { h } from "../html.js";
import { standing } from "../budgets.js";
import { money, moment, percent, words } from "../format.js";
import { grid } from "./grid.js";
import { meter } from "./meter.js";

/**
 * @param {any} budget
 * @param {any[]} list the accounts of a budget that each subject has for itself
 */
export function subjects(budget, list) {
  if (list.length === 0) return null;
  const rows = list.map((subject) => [
    subject.subject,
    meter(standing({ cap_usd: budget.cap_usd }, subject), subject.subject),
    money(subject.spend_usd),
  ]);
  return h("div", { class: "framed" }, grid("By subject", ["Subject", "Used", "Spent"], rows));
}

/** @param {any[]} events */
export function told(events) {
  if (events.length === 0) return h("p", { class: "soft" }, "Nothing yet.");
  const now = new Date();
  const rows = events.map((event) => [
    moment(event.created_at, now),
    `${words(event.type).replace("budget.", "")}${threshold(event)}`,
    event.data?.subject ?? "",
  ]);
  return h("div", { class: "framed" }, grid("What was told", ["Time", "What", "Whom it is about"], rows));
}

/** @param {any} event */
const threshold = ({ data }) => (typeof data?.threshold === "number" ? `, ${percent(data.threshold)}` : "");
