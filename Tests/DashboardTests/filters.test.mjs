// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { active, asCall, filters, sentence } from "../../Resources/dashboard/filters.js";

const range = { start: new Date("2026-05-04T00:00:00Z"), end: new Date("2026-05-05T00:00:00Z") };

test("an address becomes a call: known filters only, an end only when the range has one", () => {
  const query = new URLSearchParams("status=5xx&q=x&range=1h&evil=1&model=&tags=team%3Dml");
  const filtered = { status: "5xx", q: "x", tags: "team=ml" };
  assert.deepEqual(asCall(query, { ...range, live: true }), { start: "2026-05-04T00:00:00.000Z", ...filtered });
  assert.equal(asCall(query, { ...range, live: false }).end, "2026-05-05T00:00:00.000Z");
});

test("filters that are set read as sentences, in the order of the form", () => {
  const query = new URLSearchParams("end_user=ada&status=5xx&min_cost_usd=0.01");
  assert.deepEqual(active(query).map(sentence), ["Status: 5xx failed", "End user: ada", "Cost from, USD: 0.01"]);
});

test("every filter of the form reaches the call", () => {
  const query = new URLSearchParams(filters.map(({ id }) => [id, "1"]));
  const call = asCall(query, { ...range, live: true });
  for (const { id } of filters) assert.equal(call[id], "1", id);
});
