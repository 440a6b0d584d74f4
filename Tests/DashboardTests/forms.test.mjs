// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { asRaw, asValue, changes, complaintsByField, nested } from "../../Resources/dashboard/forms.js";

const field = (/** @type {any} */ more) => ({ name: "x", label: "X", ...more });

test("what a control holds becomes a value of its kind", () => {
  const rows = /** @type {const} */ ([
    ["text", "  a b ", "a b"],
    ["text", "   ", null],
    ["number", " 0.50 ", 0.5],
    ["number", "", null],
    ["number", "many", "many"],
    ["lines", " a, b\n\n c,", ["a", "b", "c"]],
    ["lines", "", []],
    ["secret", " keeps its blanks ", " keeps its blanks "],
    ["code", "", null],
    ["checkbox", true, true],
    ["checkbox", false, false],
    ["time", "nonsense", "nonsense"],
  ]);
  for (const [kind, raw, value] of rows) assert.deepEqual(asValue(field({ kind }), raw), value, `${kind} ${raw}`);
});

test("a value goes into its control and comes back the same", () => {
  const rows = /** @type {const} */ ([
    ["time", "2026-05-04T14:03:00.000Z"],
    ["number", 600],
    ["number", 0],
    ["lines", ["10.0.0.0/8", "::1"]],
    ["text", "ünï"],
    ["text", null],
  ]);
  for (const [kind, value] of rows)
    assert.deepEqual(asValue(field({ kind }), asRaw(field({ kind, value }))), value, kind);
});

test("dotted names lead into objects", () => {
  assert.deepEqual(nested({ name: "a", "scope.type": "key", "scope.id": null }), {
    name: "a",
    scope: { type: "key", id: null },
  });
});

test("only what was changed is sent", () => {
  const before = { name: "a", limit: 600, models: ["x"], expires_at: null };
  assert.deepEqual(changes({ ...before }, before), {});
  assert.deepEqual(changes({ name: "b", limit: 600, models: ["x", "y"], expires_at: null }, before), {
    name: "b",
    models: ["x", "y"],
  });
  assert.deepEqual(changes({ missing: null }, {}), {});
});

test("a complaint goes to its field, the longest name first; others stay with the form", () => {
  const complaints = [
    { path: "name", message: "must be new" },
    { path: "scope.type", message: "is unknown" },
    { path: "allowed_ips[1]", message: "is no address" },
    { path: "project_id", message: "is gone" },
    { path: "", message: "all wrong" },
  ];
  const { byField, rest } = complaintsByField(complaints, ["name", "scope", "scope.type", "allowed_ips"]);
  assert.deepEqual([...byField], [
    ["name", "must be new"],
    ["scope.type", "is unknown"],
    ["allowed_ips", "[1]: is no address"],
  ]);
  assert.deepEqual(rest, ["project_id: is gone", "all wrong"]);
  const target = complaintsByField([{ path: "models[0]", message: "is unknown" }], ["models", "models[0].model"]);
  assert.deepEqual([...target.byField], [["models[0].model", "is unknown"]]);
});
