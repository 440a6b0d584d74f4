// @ts-check
// Routing configs as the builder sees them: what each policy has, what a new one begins with, how it reads. Pure.

/**
 * @typedef {object} Policy
 * @property {string} id
 * @property {string} label
 * @property {string} text what it does, in a sentence
 * @property {string | null} list the setting that holds its targets, steps, variants or rules
 */

/** @type {readonly Policy[]} */
export const policies = Object.freeze([
  { id: "single", label: "One model", text: "Every request goes to one model.", list: null },
  {
    id: "fallback_chain",
    label: "Fallback chain",
    text: "In order: the next one is tried when one fails.",
    list: "models",
  },
  {
    id: "cost_optimized",
    label: "Cheapest",
    text: "The lowest expected cost among healthy ones; the rest are fallbacks.",
    list: "allowed_models",
  },
  {
    id: "latency_optimized",
    label: "Fastest",
    text: "The lowest live latency among healthy ones; the rest are fallbacks.",
    list: "models",
  },
  { id: "ab_test", label: "A/B test", text: "A stable split of callers over variants.", list: "variants" },
  {
    id: "cascade",
    label: "Cascade",
    text: "Cheap first; the next step is taken when an answer is not accepted.",
    list: "steps",
  },
  { id: "ensemble", label: "Ensemble", text: "Several at once, one answer made of theirs.", list: "members" },
  { id: "custom_rules", label: "Rules", text: "The first rule that holds decides.", list: "rules" },
]);

/** @param {string} id */
export const policyOf = (id) => policies.find((policy) => policy.id === id) ?? policies[0];

/**
 * The name of a target as people write it.
 * @param {any} target
 * @returns {string}
 */
export const targetName = (target) =>
  target?.model ?? (target?.config ? `@${String(target.config).replace(/^@/, "")}` : "");

/**
 * A target as an object: its name alone is one, too.
 * @param {any} target
 */
const asObject = (target) => (typeof target === "string" ? { model: target } : target);

/**
 * A config with every target as an object, which is how the builder edits them.
 * @param {string} policy
 * @param {any} config
 */
export function spelledOut(policy, config) {
  const { list } = policyOf(policy);
  const whole = { ...config };
  if (whole.judge) whole.judge = asObject(whole.judge);
  if (list !== null && Array.isArray(whole[list])) whole[list] = whole[list].map((item) => pieceOf(policy, item));
  return whole;
}

/**
 * @param {string} policy
 * @param {any} item
 */
function pieceOf(policy, item) {
  if (policy === "cascade") {
    const step = typeof item === "string" ? { target: item } : { ...item };
    return step.target === undefined ? step : { ...step, target: asObject(step.target) };
  }
  if (policy !== "custom_rules") return asObject(item);
  const key = "else" in item ? "else" : "then";
  return item[key] === undefined ? item : { ...item, [key]: asObject(item[key]) };
}

/**
 * Every target of a config, in order; the judges are not among them.
 * @param {string} policy
 * @param {any} config
 * @returns {any[]}
 */
export function targetsOf(policy, config) {
  const { list } = policyOf(policy);
  if (list === null) return [config ?? {}];
  const items = spelledOut(policy, config)[list] ?? [];
  if (policy === "cascade") return items.map((/** @type {any} */ step) => step.target ?? step);
  if (policy !== "custom_rules") return items;
  const follows = items.map((/** @type {any} */ rule) => rule.then ?? rule.else);
  return follows.filter((/** @type {any} */ target) => target && target.block === undefined);
}

/** What belongs to every policy; it stays when the policy changes. */
const common = new Set([
  "timeouts",
  "cache",
  "on_disconnect",
  "unpriced",
  "allow_dropped",
  "hold_back_until_content",
  "embedding_dimensions",
]);

/**
 * What a config of another policy begins with: the same targets, the same options.
 * @param {string} policy
 * @param {{ policy: string, config: any }} before
 */
export function changedPolicy(policy, before) {
  const found = targetsOf(before.policy, before.config);
  const own = (/** @type {any} */ { model, config, provider_credential_id: credential, timeout_ms: timeout, params }) =>
    compact({ model: targetName({ model, config }), provider_credential_id: credential, timeout_ms: timeout, params });
  const targets = found.length > 0 ? found.map(own) : [{ model: "" }];
  const kept = Object.fromEntries(Object.entries(before.config ?? {}).filter(([name]) => common.has(name)));
  return { policy, config: { ...begun(policy, targets), ...kept } };
}

/**
 * @param {string} policy
 * @param {any[]} targets one or more
 * @returns {any}
 */
function begun(policy, targets) {
  const [first, ...others] = targets;
  if (policy === "single") return first;
  if (policy === "ab_test") {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const variant = (/** @type {any} */ target, /** @type {number} */ index) => ({
      name: letters[index] ?? `V${index + 1}`,
      weight: 50,
      ...target,
    });
    return { variants: (others.length > 0 ? targets : [first, first]).map(variant), sticky_by: "end_user" };
  }
  if (policy === "cascade") {
    const last = targets.length - 1;
    const step = (/** @type {any} */ target, /** @type {number} */ index) =>
      index === last ? { target } : { target, accept: { finish_reason: ["stop"] } };
    return { steps: targets.map(step) };
  }
  if (policy === "custom_rules") {
    const rule = (/** @type {any} */ target) => ({ if: "request.stream == false", then: target });
    return { rules: [...others.map(rule), { else: first }] };
  }
  return { [policyOf(policy).list ?? "models"]: targets };
}

/**
 * How a config reads in a list.
 * @param {string} policy
 * @param {any} config
 */
export function summary(policy, config) {
  const names = targetsOf(policy, config).map((target) => targetName(target) || "…");
  if (policy === "fallback_chain") return names.join(", then ");
  if (policy === "cascade") return names.join(", else ");
  if (policy === "ab_test") {
    const variants = config?.variants ?? [];
    const total = variants.reduce((/** @type {number} */ sum, /** @type {any} */ { weight = 1 }) => sum + weight, 0);
    const share = (/** @type {number} */ weight) => (total > 0 ? Math.round((weight / total) * 100) : 0);
    return names.map((name, index) => `${share(variants[index]?.weight ?? 1)}% ${name}`).join(", ");
  }
  if (policy === "custom_rules") {
    const count = (config?.rules ?? []).filter((/** @type {any} */ rule) => "if" in rule).length;
    return `${count} ${count === 1 ? "rule" : "rules"}: ${[...new Set(names)].join(", ")}`;
  }
  return names.join(", ");
}

/**
 * A config without what is empty: what the builder left blank is not said.
 * @param {any} value
 * @returns {any} undefined when nothing is left
 */
export function compact(value) {
  if (value === null || value === undefined || value === "") return undefined;
  if (Array.isArray(value)) return value.map(compact).filter((item) => item !== undefined);
  if (typeof value !== "object") return value;
  const entries = Object.entries(value).map(([name, item]) => [name, name === "params" ? item : compact(item)]);
  const kept = entries.filter(([, item]) => item !== undefined && !(typeof item === "object" && isEmpty(item)));
  return Object.fromEntries(kept);
}

/** @param {any} value */
const isEmpty = (value) => value !== null && Object.keys(value).length === 0;
