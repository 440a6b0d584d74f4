// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { differences, leaves } from "../../Resources/dashboard/diff.js";

test("two states differ where their members do", () => {
  const before = { policy: "single", config: { model: "a/b", timeouts: { total_ms: 1 } }, tags: ["x"] };
  const after = { policy: "single", config: { model: "a/c", timeouts: {} }, tags: ["x", "y"] };
  assert.deepEqual(differences(before, after), [
    { path: "config.model", before: "a/b", after: "a/c" },
    { path: "config.timeouts.total_ms", before: "1", after: null },
    { path: "config.timeouts", before: null, after: "{}" },
    { path: "tags[1]", before: null, after: "y" },
  ]);
});

test("what was made or removed differs in whole; what is the same not at all", () => {
  assert.deepEqual(differences(null, { name: "a", role: null }), [
    { path: "name", before: null, after: "a" },
    { path: "role", before: null, after: "null" },
  ]);
  assert.deepEqual(differences({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }), []);
  assert.deepEqual(differences(undefined, null), []);
});

test("values are told apart from texts that look like them only by what they are", () => {
  assert.deepEqual([...leaves({ a: 1.5, b: true, c: "", d: [] })], [
    ["a", "1.5"],
    ["b", "true"],
    ["c", ""],
    ["d", "[]"],
  ]);
});
