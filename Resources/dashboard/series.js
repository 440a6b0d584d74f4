// @ts-check
// Time ranges and time series as values: buckets without gaps, groups side by side, shares of a whole. Pure.

import { clock, day } from "./format.js";

/** @typedef {{ start: Date, end: Date, granularity: "minute" | "hour" | "day", live: boolean }} Range */
/** @typedef {{ bucket: string, group?: string | null, [field: string]: any }} Point */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const steps = { minute: MINUTE, hour: HOUR, day: DAY };

/** The ranges to choose from, in the order shown. */
export const presets = Object.freeze([
  { id: "15m", label: "15 min", title: "Last 15 minutes", length: 15 * MINUTE },
  { id: "1h", label: "1 h", title: "Last hour", length: HOUR },
  { id: "24h", label: "24 h", title: "Last 24 hours", length: DAY },
  { id: "7d", label: "7 d", title: "Last 7 days", length: 7 * DAY },
  { id: "30d", label: "30 d", title: "Last 30 days", length: 30 * DAY },
]);

/**
 * Minutes up to two hours, hours up to a week, days beyond.
 * @param {number} length milliseconds
 * @returns {Range["granularity"]}
 */
export const granularity = (length) => (length <= 2 * HOUR ? "minute" : length <= 7 * DAY ? "hour" : "day");

/**
 * The range that a page's address names: `range=1h`, or `start` and `end`; the fallback when it names none.
 * @param {URLSearchParams} query
 * @param {Date} now
 * @param {string} [fallback]
 * @returns {Range}
 */
export function readRange(query, now, fallback = "1h") {
  const start = new Date(query.get("start") ?? "");
  const end = query.has("end") ? new Date(query.get("end") ?? "") : now;
  if (start.getTime() < end.getTime()) {
    const length = end.getTime() - start.getTime();
    return { start, end, granularity: granularity(length), live: !query.has("end") };
  }
  const named = presets.find((preset) => preset.id === query.get("range"));
  const preset = named ?? presets.find((candidate) => candidate.id === fallback) ?? presets[1];
  return {
    start: new Date(now.getTime() - preset.length),
    end: now,
    granularity: granularity(preset.length),
    live: true,
  };
}

/**
 * The range of the same length that ends where this one starts.
 * @param {Range} range
 * @returns {Range}
 */
export function previous(range) {
  const length = range.end.getTime() - range.start.getTime();
  return { ...range, start: new Date(range.start.getTime() - length), end: range.start, live: false };
}

/**
 * The starts of all buckets that a range touches, oldest first, in UTC steps as the API makes them.
 * @param {Range} range
 * @returns {number[]} milliseconds
 */
export function buckets(range) {
  const step = steps[range.granularity];
  const first = Math.floor(range.start.getTime() / step) * step;
  const starts = [];
  for (let start = first; start < range.end.getTime() && starts.length < 10_000; start += step) starts.push(start);
  return starts;
}

/**
 * One value per bucket for each field. A bucket without calls counts 0; its latency is unknown, so null.
 * @param {Point[]} points
 * @param {number[]} starts
 * @param {string[]} fields
 * @returns {Record<string, (number | null)[]>}
 */
export function fill(points, starts, fields) {
  const found = new Map(points.map((point) => [new Date(point.bucket).getTime(), point]));
  const values = (/** @type {string} */ field) =>
    starts.map((start) => found.get(start)?.[field] ?? (field.endsWith("_ms") ? null : 0));
  return Object.fromEntries(fields.map((field) => [field, values(field)]));
}

/**
 * What is written under a bucket.
 * @param {number} start
 * @param {Range["granularity"]} granularity
 */
export function bucketLabel(start, granularity) {
  const date = new Date(start);
  if (granularity === "day") return day(date);
  const time = clock(date).slice(0, 5);
  return granularity === "hour" && time === "00:00" ? day(date) : time;
}

/**
 * A bucket in full, for a tooltip.
 * @param {number} start
 * @param {Range["granularity"]} granularity
 */
export function bucketTitle(start, granularity) {
  const from = new Date(start);
  if (granularity === "day") return `${day(from)} ${from.getFullYear()}`;
  return `${day(from)}, ${clock(from).slice(0, 5)} – ${clock(new Date(start + steps[granularity])).slice(0, 5)}`;
}

/**
 * Where a bucket ends.
 * @param {number} start
 * @param {Range["granularity"]} granularity
 */
export const bucketEnd = (start, granularity) => start + steps[granularity];

/**
 * Sums a grouped report over time: one entry per group, the largest first.
 * @param {Point[]} points
 * @param {string} [by] the field that orders them
 */
export function groups(points, by = "cost_usd") {
  /** @type {Map<string, { group: string, requests: number, cost_usd: number, tokens: number, errors: number }>} */
  const sums = new Map();
  for (const point of points) {
    const group = point.group ?? "";
    const sum = sums.get(group) ?? { group, requests: 0, cost_usd: 0, tokens: 0, errors: 0 };
    sum.requests += point.requests ?? 0;
    sum.cost_usd += point.cost_usd ?? 0;
    sum.tokens += (point.input_tokens ?? 0) + (point.output_tokens ?? 0);
    sum.errors += point.errors ?? 0;
    sums.set(group, sum);
  }
  const field = /** @type {"cost_usd"} */ (by);
  return [...sums.values()].sort(
    (a, b) => b[field] - a[field] || b.requests - a.requests || (a.group < b.group ? -1 : 1),
  );
}

/**
 * Each value's part of the whole; all 0 when the whole is 0.
 * @param {number[]} values
 */
export function shares(values) {
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  return values.map((value) => (total > 0 ? Math.max(0, value) / total : 0));
}

/**
 * Round steps for an axis from 0 that reach the largest value: for 730 and 4 it is 0, 200, 400, 600, 800.
 * @param {number} largest
 * @param {number} [wanted]
 */
export function ticks(largest, wanted = 4) {
  if (!(largest > 0) || !Number.isFinite(largest)) return [0, 1];
  const rough = largest / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const steps = Math.ceil((largest / step) * 0.999999);
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}
