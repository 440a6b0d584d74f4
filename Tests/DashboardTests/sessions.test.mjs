// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { kindOf, sessions, summary } from "../../Resources/dashboard/sessions.js";

const record = (/** @type {string} */ time, /** @type {any} */ more) => ({
  created_at: `2026-05-04T${time}.000Z`,
  status: 200,
  model: "m",
  requested_model: "@default",
  end_user: null,
  trace_id: null,
  conversation_id: null,
  cost: { total_usd: 0.5 },
  latency: { total_ms: 1500 },
  usage: {
    input_tokens: 1,
    cached_input_tokens: 2,
    cache_write_5m_tokens: 3,
    cache_write_1h_tokens: 4,
    output_tokens: 5,
  },
  ...more,
});

test("requests with the same id are one session, the one with the newest request first", () => {
  const records = [
    record("10:00:09", { trace_id: "a", status: 502, model: null }),
    record("10:00:05", { trace_id: "b", end_user: "ada" }),
    record("10:00:00", { trace_id: "a", end_user: "eve" }),
    record("09:00:00", {}),
  ];
  const [a, b, ...others] = sessions(records, "trace");
  assert.deepEqual(others, []);
  assert.deepEqual([a.id, b.id], ["a", "b"]);
  assert.deepEqual(
    [a.requests, a.errors, a.cost_usd, a.tokens, a.length, a.endUser, a.models],
    [2, 1, 1, 30, 10_500, "eve", ["m", "@default"]],
  );
  assert.deepEqual(sessions(records, "conversation"), []);
});

test("a session lasts to the end of whichever request ends last", () => {
  const long = record("10:00:00", { latency: { total_ms: 60_000 } });
  assert.equal(summary("x", [record("10:00:10", {}), long]).length, 60_000);
});

test("what requests name is shown first", () => {
  assert.equal(kindOf([]), "conversation");
  assert.equal(kindOf([record("10:00:00", { trace_id: "a" })]), "trace");
  assert.equal(kindOf([record("10:00:00", { trace_id: "a", conversation_id: "c" })]), "conversation");
});
