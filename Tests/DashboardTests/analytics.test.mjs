// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { courses, earlier, exported, filterFor, measures, sums } from "../../Resources/dashboard/analytics.js";
import { csv } from "../../Resources/dashboard/csv.js";

const measure = (/** @type {string} */ id) => measures.find((candidate) => candidate.id === id) ?? measures[0];
const point = (/** @type {string} */ hour, /** @type {string} */ group, /** @type {number} */ cost) => ({
  bucket: `2026-05-04T${hour}:00:00.000Z`,
  group,
  requests: 2,
  errors: 1,
  cost_usd: cost,
  input_tokens: 10,
  output_tokens: 5,
  p50_latency_ms: 1,
  p95_latency_ms: cost * 100,
  p99_latency_ms: 3,
});
const points = [point("00", "a", 1), point("01", "a", 2), point("00", "b", 5), point("01", "", 0.5)];
const range = {
  start: new Date("2026-05-04T00:00:00Z"),
  end: new Date("2026-05-04T03:00:00Z"),
  granularity: /** @type {const} */ ("hour"),
  live: false,
};

test("groups are added up over time, the one with most of the measure first", () => {
  assert.deepEqual(
    sums(points, measure("cost")).map(({ group, cost_usd: cost, requests }) => [group, cost, requests]),
    [
      ["b", 5, 2],
      ["a", 3, 4],
      ["", 0.5, 2],
    ],
  );
  assert.deepEqual(sums(points, measure("requests"))[0].group, "a");
  assert.deepEqual(sums(points, measure("latency"))[0].group, "a");
});

test("every bucket of the range has a value; what is not drawn is added up, latency never", () => {
  assert.deepEqual(courses(points, range, measure("cost"), ["b"]), [
    { group: "b", values: [5, 0, 0] },
    { group: null, values: [1, 2.5, 0] },
  ]);
  assert.deepEqual(courses(points, range, measure("latency"), ["a"]), [{ group: "a", values: [100, 200, null] }]);
  assert.deepEqual(courses(points, range, measure("tokens"), ["a", "b", ""]).length, 3);
});

test("all drawn values of a sum are the report's", () => {
  for (const id of ["cost", "requests", "tokens", "errors"]) {
    const of = measure(id);
    const drawn = courses(points, range, of, ["a"]).flatMap(({ values }) => values);
    const total = points.reduce((sum, each) => sum + (of.of(each) ?? 0), 0);
    assert.equal(drawn.reduce((sum, value) => /** @type {number} */ (sum) + (value ?? 0), 0), total, id);
  }
});

test("the time before has as many buckets as now", () => {
  const whole = [{ ...point("01", "", 4), group: undefined }];
  assert.deepEqual(earlier(whole, range, measure("cost"), 4), [0, 4, 0, 0]);
  assert.deepEqual(earlier([], range, measure("latency"), 2), [null, null]);
});

test("a file has what is shown, and names cannot be formulas", () => {
  const { heads, rows } = exported([point("00", "=1+1", 1)], (group) => group);
  assert.deepEqual(heads.slice(0, 3), ["bucket", "group", "requests"]);
  assert.match(csv(heads, rows), /^bucket,group,.*\r\n2026-05-04T00:00:00\.000Z,'=1\+1,2,1,1,10,5,1,100,3\r\n$/);
  const single = exported([{ ...point("00", "", 1), group: undefined }], (group) => group);
  assert.equal(single.heads.includes("group"), false);
  assert.equal(csv(["a", "b"], [['say "x", y', null], ["-1", -1]]), 'a,b\r\n"say ""x"", y",\r\n\'-1,-1\r\n');
});

test("a group leads to its requests where there is a filter for it", () => {
  assert.deepEqual(filterFor("model", "gpt", "team"), { model: "gpt" });
  assert.deepEqual(filterFor("key", "key_1", "team"), { key_id: "key_1" });
  assert.deepEqual(filterFor("tag", "ml", "team"), { tags: "team=ml" });
  assert.equal(filterFor("config", "default", "team"), null);
  assert.equal(filterFor("model", "", "team"), null);
});
