// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { asBudget, asPercents, asShares, blank, standing, whose, worry } from "../../Resources/dashboard/budgets.js";

test("a budget says on whose spending it lies", () => {
  const nameOf = (/** @type {string} */ type, /** @type {string} */ id) => `${type}:${id}`;
  const rows = /** @type {[any, boolean, string][]} */ ([
    [{ type: "organization" }, false, "everything"],
    [{ type: "project", id: "p" }, false, "project project:p"],
    [{ type: "project" }, true, "each project"],
    [{ type: "key" }, false, "all keys together"],
    [{ type: "end_user", value: "ada" }, false, "end user ada"],
    [{ type: "end_user" }, true, "each end user"],
    [{ type: "tag", key: "team", value: "ml" }, false, "team = ml"],
    [{ type: "tag", key: "team" }, true, "each team"],
    [{ type: "tag", key: "team" }, false, "all with the tag team"],
  ]);
  for (const [scope, each, text] of rows) assert.equal(whose({ scope, per_subject: each }, nameOf), text);
});

test("where a budget stands comes from its status, held money counts as used", () => {
  const budget = { cap_usd: 100 };
  const forecast = { projected_usd: 61, exhausted_at: null };
  const status = { spend_usd: 41.2, held_usd: 0.8, cap_usd: 100, forecast, period_resets_at: "2026-05-01" };
  const at = standing(budget, status);
  assert.deepEqual([at.spend, at.held, at.cap, at.forecast, at.resets], [41.2, 0.8, 100, 61, "2026-05-01"]);
  assert.equal(at.used, 0.42);
  assert.deepEqual(standing(budget, null).spend, null);
  assert.equal(standing({ cap_usd: 0 }, { spend_usd: 0 }).used, 1);
});

test("where each subject has the cap for itself, the fullest one counts", () => {
  const status = { spend_usd: 300, held_usd: 1, used_pct: 0.4, forecast: { projected_usd: 900, exhausted_at: null } };
  const at = standing({ cap_usd: 100, per_subject: true }, status);
  assert.deepEqual([at.spend, at.most, at.used, at.forecast], [300, 40, 0.4, null]);
  assert.equal(worry(at), "");
});

test("worry grows with what is used and where it goes", () => {
  const at = (/** @type {any} */ status) => worry(standing({ cap_usd: 100 }, status));
  assert.equal(at(null), "");
  assert.equal(at({ spend_usd: 10, forecast: { projected_usd: 90 } }), "");
  assert.equal(at({ spend_usd: 10, forecast: { projected_usd: 101 } }), "warn");
  assert.equal(at({ spend_usd: 79, held_usd: 1 }), "warn");
  assert.equal(at({ spend_usd: 99, held_usd: 1 }), "bad");
});

test("thresholds are typed in percent", () => {
  assert.deepEqual(asShares(["50", "80%", "100", "33.3"]), [0.5, 0.8, 1, 0.333]);
  assert.deepEqual(asPercents([0.5, 0.333, 1.1]), ["50", "33.3", "110"]);
});

test("what the form holds becomes a budget as the API has it", () => {
  const values = {
    name: "team-ml",
    "scope.type": "tag",
    "scope.key": "team",
    "scope.value": null,
    per_subject: true,
    cap_usd: 50,
    period: "monthly",
    timezone: null,
    action: "block",
    thresholds: "50; 80, 100",
    "alerts.emails": [],
    enabled: true,
  };
  assert.deepEqual(asBudget(values), {
    name: "team-ml",
    scope: { type: "tag", key: "team" },
    per_subject: true,
    cap_usd: 50,
    period: "monthly",
    action: "block",
    thresholds: [0.5, 0.8, 1],
    alerts: { emails: [] },
    enabled: true,
  });
  assert.equal(asBudget({ ...values, "scope.type": "key", "scope.id": "" }).scope.id, undefined);
  assert.deepEqual(asPercents(blank.thresholds), ["50", "80", "100"]);
});
