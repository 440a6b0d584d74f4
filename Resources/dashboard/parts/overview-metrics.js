// @ts-check
// The four figures that an overview begins with, read from one report and the report of the time before.

import { h } from "../html.js";
import { change, count, duration, durationAxis, money, percent, short, shortAxis } from "../format.js";
import { bucketLabel, bucketTitle, buckets, fill } from "../series.js";
import { metric } from "./metric.js";

const fields = [
  "requests",
  "errors",
  "cost_usd",
  "input_tokens",
  "output_tokens",
  "p50_latency_ms",
  "p95_latency_ms",
  "p99_latency_ms",
];

/** With fewer requests than this in the time before, a percentage would say nothing. */
const fewest = 10;

const lines = {
  answered: { label: "answered", color: "accent-fill" },
  failed: { label: "failed", color: "bad-fill" },
  cost: { label: "cost", color: "accent-fill" },
  in: { label: "in", color: "accent-second" },
  out: { label: "out", color: "accent-fill" },
  p50: { label: "p50", color: "accent-fill", isLine: true },
  p95: { label: "p95", color: "accent-second", isLine: true },
  p99: { label: "p99", color: "text-faint", isLine: true },
};

/** @typedef {{ range: import("../series.js").Range, now: { series: any[], totals: any }, before: any }} Reports */

/**
 * @param {AbortSignal} signal
 * @param {(index: number) => void} open what a click on a bucket does
 */
export function overviewMetrics(signal, open) {
  const { answered, failed, in: input, out, p50, p95, p99 } = lines;
  const common = { signal, open };
  const requests = metric({ ...common, name: "Requests", format: short, axis: shortAxis, legend: [answered, failed] });
  const cost = metric({ ...common, name: "Cost", format: money, legend: [lines.cost] });
  const tokens = metric({ ...common, name: "Tokens", format: short, axis: shortAxis, legend: [input, out] });
  const latency = metric({ ...common, name: "Latency", format: duration, axis: durationAxis, legend: [p50, p95, p99] });

  const set = (/** @type {Reports} */ { range, now, before }) => {
    const { totals } = now;
    const isComparable = before.requests >= fewest;
    const starts = buckets(range);
    const values = fill(now.series, starts, fields);
    const axis = {
      labels: starts.map((start) => bucketLabel(start, range.granularity)),
      titles: starts.map((start) => bucketTitle(start, range.granularity)),
    };
    const head = (
      /** @type {(of: any) => any} */ read,
      /** @type {(value: any) => string} */ format,
      /** @type {string} */ detail,
    ) => ({
      figure: format(read(totals)),
      change: isComparable ? change(read(totals), read(before)) : null,
      changeTitle: "against the same time before",
      detail,
    });
    const each = (/** @type {string} */ text) => (totals.requests > 0 ? text : "");

    requests.set(
      head((of) => of.requests, count, each(`${percent(totals.errors / totals.requests)} failed`)),
      {
        ...axis,
        summary: `${count(totals.requests)} requests, ${count(totals.errors)} failed.`,
        series: [
          { ...answered, values: values.requests.map((value, index) => (value ?? 0) - (values.errors[index] ?? 0)) },
          { ...failed, values: values.errors },
        ],
      },
    );
    cost.set(
      head((of) => of.cost_usd, money, each(`${money(totals.cost_usd / totals.requests)} a request`)),
      { ...axis, summary: `${money(totals.cost_usd)} in total.`, series: [{ ...lines.cost, values: values.cost_usd }] },
    );
    const sum = (/** @type {any} */ of) => (of.input_tokens ?? 0) + (of.output_tokens ?? 0);
    tokens.set(head(sum, short, `${short(totals.input_tokens)} in, ${short(totals.output_tokens)} out`), {
      ...axis,
      summary: `${count(totals.input_tokens)} tokens in, ${count(totals.output_tokens)} out.`,
      series: [
        { ...input, values: values.input_tokens },
        { ...out, values: values.output_tokens },
      ],
    });
    const slow = `median; p95 ${duration(totals.p95_latency_ms)}, p99 ${duration(totals.p99_latency_ms)}`;
    latency.set(
      head((of) => of.p50_latency_ms, duration, each(slow)),
      {
        ...axis,
        summary: `Median ${duration(totals.p50_latency_ms)}, p95 ${duration(totals.p95_latency_ms)}.`,
        series: [p99, p95, p50].map((line) => ({ ...line, values: values[`${line.label}_latency_ms`] })),
      },
    );
  };
  const element = h(
    "div",
    { class: "cards" },
    [requests, cost, tokens, latency].map((panel) => panel.element),
  );
  return { element, set };
}
