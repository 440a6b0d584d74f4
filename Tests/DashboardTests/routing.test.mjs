// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import {
  changedPolicy,
  compact,
  policies,
  spelledOut,
  summary,
  targetName,
  targetsOf,
} from "../../Resources/dashboard/routing.js";

const samples = /** @type {Record<string, any>} */ ({
  single: { model: "a/1" },
  fallback_chain: { models: [{ model: "a/1" }, { config: "slow" }] },
  cost_optimized: { allowed_models: [{ model: "a/1" }, { model: "@slow" }] },
  latency_optimized: { models: [{ model: "a/1" }, { model: "@slow" }] },
  ab_test: {
    variants: [
      { name: "A", weight: 75, model: "a/1" },
      { name: "B", weight: 25, model: "@slow" },
    ],
  },
  cascade: { steps: [{ target: { model: "a/1" }, accept: { min_chars: 1 } }, { model: "@slow" }] },
  ensemble: { members: [{ model: "a/1" }, { model: "@slow" }] },
  custom_rules: {
    rules: [
      { if: "request.stream", then: { model: "a/1" } },
      { if: "true", then: { block: "no" } },
      { else: { model: "@slow" } },
    ],
  },
});

test("every policy has its targets, in order", () => {
  assert.deepEqual(Object.keys(samples).sort(), policies.map(({ id }) => id).sort());
  for (const { id } of policies) {
    const expected = id === "single" ? ["a/1"] : ["a/1", "@slow"];
    assert.deepEqual(targetsOf(id, samples[id]).map(targetName), expected, id);
  }
});

test("a name alone is a target, and is spelled out for the builder", () => {
  assert.deepEqual(spelledOut("fallback_chain", { models: ["a/1", { model: "b" }], total_budget_ms: 9 }), {
    models: [{ model: "a/1" }, { model: "b" }],
    total_budget_ms: 9,
  });
  assert.deepEqual(spelledOut("custom_rules", { rules: [{ if: "x", then: "a/1" }, { else: "@slow" }] }).rules, [
    { if: "x", then: { model: "a/1" } },
    { else: { model: "@slow" } },
  ]);
  assert.deepEqual(spelledOut("cascade", { steps: ["a/1", { target: "b", accept: { min_chars: 1 } }] }).steps, [
    { target: { model: "a/1" } },
    { target: { model: "b" }, accept: { min_chars: 1 } },
  ]);
  const ensemble = spelledOut("ensemble", { members: ["a/1"], judge: "b" });
  assert.deepEqual(ensemble, { members: [{ model: "a/1" }], judge: { model: "b" } });
  assert.equal(summary("fallback_chain", { models: ["a/1", "@slow"] }), "a/1, then @slow");
  assert.deepEqual(targetsOf("custom_rules", { rules: [{ if: "x", then: { block: "no" } }] }), []);
});

test("a config reads as what it does", () => {
  const rows = /** @type {const} */ ([
    ["single", "a/1"],
    ["fallback_chain", "a/1, then @slow"],
    ["ab_test", "75% a/1, 25% @slow"],
    ["cascade", "a/1, else @slow"],
    ["custom_rules", "2 rules: a/1, @slow"],
    ["cost_optimized", "a/1, @slow"],
  ]);
  for (const [policy, text] of rows) assert.equal(summary(policy, samples[policy]), text);
  assert.equal(summary("fallback_chain", {}), "");
  assert.equal(summary("single", { model: "" }), "…");
});

test("another policy keeps the targets and what belongs to every policy", () => {
  for (const from of policies) {
    for (const to of policies) {
      const config = { ...samples[from.id], timeouts: { total_ms: 9 }, cache: { mode: "exact" }, retry_on: ["429"] };
      const next = changedPolicy(to.id, { policy: from.id, config });
      const names = [...new Set(targetsOf(to.id, next.config).map(targetName))].sort();
      const expected = from.id === "single" || to.id === "single" ? ["a/1"] : ["@slow", "a/1"];
      assert.deepEqual(names, expected, `${from.id} to ${to.id}`);
      assert.deepEqual(next.config.timeouts, { total_ms: 9 });
      assert.deepEqual(next.config.cache, { mode: "exact" });
      assert.equal("retry_on" in next.config, false);
    }
  }
  const { config } = changedPolicy("fallback_chain", { policy: "single", config: {} });
  assert.deepEqual(config, { models: [{}] });
});

test("what was left blank is not said; what was meant to be empty stays", () => {
  const blank = { a: "", b: null, c: {}, d: { e: {} }, h: [] };
  const said = { f: 0, g: false, i: [{}], params: { k: null } };
  assert.deepEqual(compact({ ...blank, ...said, i: [{ j: "" }] }), said);
});
