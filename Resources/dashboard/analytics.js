// @ts-check
// Reports by group as values: what is measured, which groups are drawn, how each stands against the time before. Pure.

import { duration, durationAxis, money, short, shortAxis } from "./format.js";
import { buckets } from "./series.js";

/** @typedef {import("./series.js").Point} Point */

/**
 * @typedef {object} Measure
 * @property {string} id
 * @property {string} label
 * @property {(point: any) => number | null} of
 * @property {(value: number) => string} format
 * @property {(value: number) => string} [axis]
 * @property {boolean} [isLine] cannot be added up over groups or buckets
 */

/** @type {readonly Measure[]} */
export const measures = Object.freeze([
  { id: "cost", label: "Cost", of: (point) => point.cost_usd, format: money },
  { id: "requests", label: "Requests", of: (point) => point.requests, format: short, axis: shortAxis },
  {
    id: "tokens",
    label: "Tokens",
    of: (point) => point.input_tokens + point.output_tokens,
    format: short,
    axis: shortAxis,
  },
  { id: "errors", label: "Failed", of: (point) => point.errors, format: short, axis: shortAxis },
  {
    id: "latency",
    label: "p95 latency",
    of: (point) => point.p95_latency_ms,
    format: duration,
    axis: durationAxis,
    isLine: true,
  },
]);

/** What a report can be split by; a tag also has a key. */
export const groupings = Object.freeze([
  { id: "", label: "Nothing" },
  { id: "model", label: "Model" },
  { id: "provider", label: "Provider" },
  { id: "project", label: "Project" },
  { id: "key", label: "Key" },
  { id: "config", label: "Routing config" },
  { id: "end_user", label: "End user" },
  { id: "tag", label: "Tag" },
]);

/** As many groups are drawn by themselves as there are colours to tell them apart. */
export const mostDrawn = 5;

/**
 * @typedef {object} Sum
 * @property {string} group
 * @property {number} requests
 * @property {number} errors
 * @property {number} cost_usd
 * @property {number} input_tokens
 * @property {number} output_tokens
 */

const summed = /** @type {const} */ (["requests", "errors", "cost_usd", "input_tokens", "output_tokens"]);

/**
 * A report added up over time, the group with most of a measure first.
 * @param {Point[]} points
 * @param {Measure} measure
 * @returns {Sum[]}
 */
export function sums(points, measure) {
  /** @type {Map<string, Sum>} */
  const found = new Map();
  for (const point of points) {
    const group = point.group ?? "";
    const sum = found.get(group) ?? { group, requests: 0, errors: 0, cost_usd: 0, input_tokens: 0, output_tokens: 0 };
    for (const field of summed) sum[field] += point[field] ?? 0;
    found.set(group, sum);
  }
  const weight = (/** @type {Sum} */ sum) => (measure.isLine ? sum.requests : (measure.of(sum) ?? 0));
  return [...found.values()].sort((a, b) => weight(b) - weight(a) || (a.group < b.group ? -1 : 1));
}

/**
 * The measure bucket by bucket: for each of the drawn groups, and for all others together when they can be added up.
 * @param {Point[]} points
 * @param {import("./series.js").Range} range
 * @param {Measure} measure
 * @param {string[]} drawn
 * @returns {{ group: string | null, values: (number | null)[] }[]} a null group are the others
 */
export function courses(points, range, measure, drawn) {
  const starts = buckets(range);
  const course = (/** @type {Point[]} */ some) => {
    const measured = new Map();
    for (const point of some) {
      const start = new Date(point.bucket).getTime();
      const value = measure.of(point);
      const before = measured.get(start) ?? null;
      measured.set(start, value === null || value === undefined ? before : (before ?? 0) + value);
    }
    return starts.map((start) => measured.get(start) ?? (measure.isLine ? null : 0));
  };
  const lines = drawn.map((group) => ({
    group: /** @type {string | null} */ (group),
    values: course(points.filter((point) => (point.group ?? "") === group)),
  }));
  const others = points.filter((point) => !drawn.includes(point.group ?? ""));
  if (others.length > 0 && !measure.isLine) lines.push({ group: null, values: course(others) });
  return lines;
}

/**
 * The measure of a whole earlier report, as many buckets as the range of now has.
 * @param {Point[]} points of the report without groups
 * @param {import("./series.js").Range} before
 * @param {Measure} measure
 * @param {number} length
 */
export function earlier(points, before, measure, length) {
  const [line] = courses(points, before, measure, [""]);
  return Array.from({ length }, (_, index) => line?.values[index] ?? (measure.isLine ? null : 0));
}

/**
 * A series as rows for a file.
 * @param {Point[]} points
 * @param {(group: string) => string} nameOf
 */
export function exported(points, nameOf) {
  const fields = [...summed, "p50_latency_ms", "p95_latency_ms", "p99_latency_ms"];
  const isGrouped = points.some((point) => point.group !== undefined);
  return {
    heads: ["bucket", ...(isGrouped ? ["group"] : []), ...fields],
    rows: points.map((point) => [
      point.bucket,
      ...(isGrouped ? [nameOf(point.group ?? "")] : []),
      ...fields.map((field) => point[field]),
    ]),
  };
}

/**
 * What leads from a group to its requests.
 * @param {string} by as in the address: `model`, `tag`
 * @param {string} group
 * @param {string} tag
 * @returns {Record<string, string> | null} null when there is no filter for it
 */
export function filterFor(by, group, tag) {
  if (group === "") return null;
  if (by === "model" || by === "provider" || by === "end_user") return { [by]: group };
  if (by === "project" || by === "key") return { [`${by}_id`]: group };
  return by === "tag" ? { tags: `${tag}=${group}` } : null;
}
