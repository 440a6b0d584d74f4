// @ts-check
// The plain settings of each routing policy, for the builder. Pure.

/** @typedef {import("./parts/build-field.js").Setting} Setting */

const tiers = ["", "economy", "standard", "premium"].map((id) => ({ id, label: id || "any" }));
/** How an ensemble makes one answer of several. */
export const aggregations = [
  { id: "first_valid", label: "The first valid answer" },
  { id: "weighted_vote", label: "A weighted vote" },
  { id: "weighted_average", label: "A weighted average" },
  { id: "llm_judge", label: "A model judges" },
];
const stickiness = [
  { id: "end_user", label: "End user" },
  { id: "conversation", label: "Conversation" },
  { id: "none", label: "Nobody: every request anew" },
];

/**
 * @param {string} name
 * @param {string} label
 */
export const milliseconds = (name, label) =>
  /** @type {Setting} */ ({ name, label: `${label}, ms`, kind: "number" });

/**
 * What each policy has besides its list.
 * @type {Record<string, Setting[]>}
 */
export const settings = {
  fallback_chain: [
    { name: "retry_on", label: "Go on after", kind: "words", hint: "429, 5xx, timeout, connection", wide: true },
    milliseconds("total_budget_ms", "All tries within"),
    { name: "retries_per_target", label: "Retries of one target", kind: "number", hint: "0" },
    milliseconds("backoff_ms", "Pause before a retry"),
  ],
  cost_optimized: [
    { name: "quality_tier", label: "Quality at least", kind: "select", options: tiers },
    milliseconds("max_latency_ms", "Median latency at most"),
  ],
  latency_optimized: [
    { name: "percentile", label: "Percentile", kind: "number", hint: "50" },
    { name: "window_s", label: "Measured over, seconds", kind: "number", hint: "300" },
    { name: "explore_pct", label: "Explore with, %", kind: "number", hint: "5", note: "Keeps measurements fresh." },
  ],
  ab_test: [{ name: "sticky_by", label: "Stays with one variant", kind: "select", options: stickiness }],
};
