// @ts-check
// The settings of each policy.

import { h, replace } from "../html.js";
import { policies, policyOf } from "../routing.js";
import { aggregations, milliseconds, settings } from "../policy-settings.js";
import { buildField } from "./build-field.js";
import { buildList } from "./build-list.js";
import { buildRules } from "./build-rules.js";
import { buildTarget } from "./build-target.js";
import { buildJudge, buildTest } from "./build-test.js";

/** @typedef {import("./build-field.js").Desk} Desk */
/** @typedef {import("./build-field.js").Setting} Setting */

/**
 * @param {string} policy
 * @param {(event: any) => void} change
 * @param {import("../html.js").Child} content
 */
export function policyCard(policy, change, content) {
  const options = policies.map(({ id, label }) => h("option", { value: id, selected: id === policy }, label));
  const choose = h("select", { id: "build-policy", on: { change } }, options);
  const label = h("label", { for: "build-policy" }, h("h2", null, "Policy"));
  return h(
    "section",
    { class: "card" },
    h("header", null, h("div", { class: "line" }, label, choose), h("p", { class: "soft" }, policyOf(policy).text)),
    h("div", { class: "body stack-page" }, content),
  );
}

/**
 * @param {Desk} desk
 * @param {{ policy: string, config: any }} draft
 */
export function buildPolicy(desk, draft) {
  const { policy, config } = draft;
  const { list } = policyOf(policy);
  const own = settings[policy] ?? [];
  const rows = own.map((setting) => buildField(desk, config, "config", setting));
  const fields = rows.length > 0 ? h("div", { class: "form" }, h("div", { class: "form-fields" }, rows)) : null;
  if (list === null) return buildTarget(desk, config, "config");
  config[list] ??= [];
  if (policy === "custom_rules") return buildRules(desk, config[list], `config.${list}`);
  if (policy === "ensemble") return [pieces(desk, config[list], policy, list), ensemble(desk, config)];
  return [pieces(desk, config[list], policy, list), fields];
}

/**
 * @param {Desk} desk
 * @param {any[]} items
 * @param {string} policy
 * @param {string} list
 */
function pieces(desk, items, policy, list) {
  const common = { desk, items, path: `config.${list}` };
  if (policy === "cascade") {
    const show = (/** @type {any} */ step, /** @type {string} */ path) => {
      step.target ??= { model: step.model ?? "" };
      delete step.model;
      const test = buildTest(desk, step, "accept", path, "Accept its answer when");
      return [buildTarget(desk, step.target, `${path}.target`), test];
    };
    return buildList({ ...common, noun: "step", blank: () => ({ target: { model: "" } }), show });
  }
  if (policy === "ab_test") {
    const show = (/** @type {any} */ variant, /** @type {string} */ path) => {
      const name = buildField(desk, variant, path, { name: "name", label: "Variant" });
      return buildTarget(desk, variant, path, { isWeighted: true, more: name });
    };
    return buildList({ ...common, noun: "variant", blank: () => ({ name: "", model: "", weight: 50 }), show });
  }
  const isWeighted = policy === "ensemble";
  const show = (/** @type {any} */ target, /** @type {string} */ path) =>
    buildTarget(desk, target, path, { isWeighted });
  return buildList({ ...common, noun: isWeighted ? "member" : "target", blank: () => ({ model: "" }), show });
}

/**
 * @param {Desk} desk
 * @param {any} config
 */
function ensemble(desk, config) {
  const place = h("div", { class: "stack" });
  const draw = () => {
    const how = config.aggregation ?? "first_valid";
    if (how !== "llm_judge") delete config.judge;
    if (how !== "first_valid") delete config.validate;
    if (how === "first_valid") replace(place, buildTest(desk, config, "validate", "config", "An answer is valid when"));
    else replace(place, how === "llm_judge" ? buildJudge(desk, config, "config") : null);
  };
  const field = (/** @type {Setting} */ setting) => buildField(desk, config, "config", setting);
  const rows = [
    field({ name: "aggregation", label: "One answer by", kind: "select", options: aggregations, after: draw }),
    field({ name: "min_members", label: "Answers needed", kind: "number", hint: "1" }),
    field(milliseconds("timeout_ms", "Members within")),
  ];
  draw();
  return [h("div", { class: "form" }, h("div", { class: "form-fields" }, rows)), place];
}
