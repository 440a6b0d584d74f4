// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import * as series from "../../Resources/dashboard/series.js";

const now = new Date("2026-05-04T12:00:30.000Z");
const query = (/** @type {string} */ text) => new URLSearchParams(text);

test("a range is read from its name, from start and end, or falls back", () => {
  const hour = series.readRange(query("range=1h"), now);
  assert.equal(hour.start.toISOString(), "2026-05-04T11:00:30.000Z");
  assert.equal(hour.granularity, "minute");
  assert.equal(hour.live, true);

  const span = series.readRange(query("start=2026-05-01T00:00:00Z&end=2026-05-02T00:00:00Z&range=1h"), now);
  assert.equal(span.end.toISOString(), "2026-05-02T00:00:00.000Z");
  assert.equal(span.granularity, "hour");
  assert.equal(span.live, false);

  assert.equal(series.readRange(query("start=2026-05-04T11:50:00Z"), now).live, true);
  assert.equal(series.readRange(query("range=forever"), now, "7d").granularity, "hour");
  assert.equal(series.readRange(query("start=nonsense"), now, "30d").granularity, "day");
  assert.equal(series.readRange(query("start=2026-06-01T00:00:00Z"), now, "1h").granularity, "minute");
});

test("minutes up to two hours, hours up to a week, days beyond", () => {
  const hour = 3_600_000;
  const said = [hour, 2 * hour, 2 * hour + 1, 168 * hour, 169 * hour].map(series.granularity);
  assert.deepEqual(said, ["minute", "minute", "hour", "hour", "day"]);
});

test("the range before has the same length and ends where this one starts", () => {
  const before = series.previous(series.readRange(query("range=24h"), now));
  assert.equal(before.start.toISOString(), "2026-05-02T12:00:30.000Z");
  assert.equal(before.end.toISOString(), "2026-05-03T12:00:30.000Z");
});

test("buckets cover the range without a gap, the first one whole", () => {
  const starts = series.buckets(series.readRange(query("range=15m"), now));
  assert.equal(starts.length, 16);
  assert.equal(new Date(starts[0]).toISOString(), "2026-05-04T11:45:00.000Z");
  assert.equal(new Date(/** @type {number} */ (starts.at(-1))).toISOString(), "2026-05-04T12:00:00.000Z");
});

test("a bucket without calls counts nothing and has no latency", () => {
  const starts = series.buckets({
    start: new Date("2026-05-04T11:58:00Z"),
    end: now,
    granularity: "minute",
    live: true,
  });
  const points = [{ bucket: "2026-05-04T11:59:00Z", requests: 3, p50_latency_ms: 12 }];
  assert.deepEqual(series.fill(points, starts, ["requests", "p50_latency_ms"]), {
    requests: [0, 3, 0],
    p50_latency_ms: [null, 12, null],
  });
});

test("groups are summed over time, the dearest first, ties by name", () => {
  const points = [
    { bucket: "a", group: "small", requests: 1, cost_usd: 0.1, input_tokens: 5, output_tokens: 1, errors: 0 },
    { bucket: "b", group: "small", requests: 2, cost_usd: 0.1, input_tokens: 5, output_tokens: 1, errors: 1 },
    { bucket: "b", group: "large", requests: 1, cost_usd: 3, input_tokens: 2, output_tokens: 2, errors: 0 },
    { bucket: "b", group: null, requests: 1, cost_usd: 0 },
  ];
  assert.deepEqual(
    series.groups(points).map(({ group, requests, tokens, errors }) => [group, requests, tokens, errors]),
    [
      ["large", 1, 4, 0],
      ["small", 3, 12, 1],
      ["", 1, 0, 0],
    ],
  );
});

test("shares sum to one, or are all nothing", () => {
  assert.deepEqual(series.shares([1, 3]), [0.25, 0.75]);
  assert.deepEqual(series.shares([0, 0]), [0, 0]);
  assert.deepEqual(series.shares([]), []);
});

test("axis steps are round and reach the largest value", () => {
  assert.deepEqual(series.ticks(730), [0, 200, 400, 600, 800]);
  assert.deepEqual(series.ticks(4), [0, 1, 2, 3, 4]);
  assert.deepEqual(series.ticks(0.0031), [0, 0.001, 0.002, 0.003, 0.004]);
  assert.deepEqual(series.ticks(0), [0, 1]);
  assert.deepEqual(series.ticks(Infinity), [0, 1]);
  for (let value = 1e-9; value < 1e9; value *= 1.7) {
    const steps = series.ticks(value);
    assert.ok(/** @type {number} */ (steps.at(-1)) >= value * 0.999999, String(value));
    assert.ok(steps.length <= 7, String(value));
  }
});
