// @ts-check
// The filters of the request list: what they are called here and in the API. Pure.

/**
 * @typedef {object} Filter
 * @property {string} id the API's name of it
 * @property {string} label
 * @property {"text" | "number" | "select"} kind
 * @property {string} [hint] an example
 * @property {{ id: string, label: string }[]} [options] what a select offers; the server may know more
 */

const statuses = [
  { id: "2xx", label: "2xx answered" },
  { id: "4xx", label: "4xx refused" },
  { id: "5xx", label: "5xx failed" },
  { id: "error", label: "4xx and 5xx" },
];

/**
 * The API's own names, so that an address can be turned into a call and back.
 * @type {readonly Filter[]}
 */
export const filters = Object.freeze([
  { id: "status", label: "Status", kind: "select", options: statuses },
  { id: "error_code", label: "Error code", kind: "text", hint: "provider_error" },
  { id: "model", label: "Model", kind: "text", hint: "gpt-4o-mini" },
  { id: "provider", label: "Provider", kind: "select", options: [] },
  { id: "key_id", label: "Key", kind: "select", options: [] },
  { id: "end_user", label: "End user", kind: "text", hint: "user-42" },
  { id: "tags", label: "Tags", kind: "text", hint: "team=support,env=prod" },
  { id: "trace_id", label: "Trace", kind: "text" },
  { id: "conversation_id", label: "Conversation", kind: "text" },
  { id: "min_cost_usd", label: "Cost from, USD", kind: "number", hint: "0.01" },
  { id: "min_latency_ms", label: "Latency from, ms", kind: "number", hint: "1000" },
]);

const names = new Set(["project_id", "q", ...filters.map(({ id }) => id)]);

/**
 * The call that an address stands for; fields that are no filters are left out.
 * @param {URLSearchParams} query
 * @param {{ start: Date, end: Date, live: boolean }} range
 * @returns {Record<string, string>}
 */
export function asCall(query, range) {
  /** @type {Record<string, string>} */
  const call = { start: range.start.toISOString() };
  if (!range.live) call.end = range.end.toISOString();
  for (const [name, value] of query) if (names.has(name) && value !== "") call[name] = value;
  return call;
}

/**
 * The filters that are set, in the order of the form.
 * @param {URLSearchParams} query
 */
export const active = (query) =>
  filters
    .filter(({ id }) => (query.get(id) ?? "") !== "")
    .map((filter) => ({ ...filter, value: query.get(filter.id) ?? "" }));

/**
 * How a set filter reads.
 * @param {{ label: string, value: string, options?: { id: string, label: string }[] }} filter
 */
export const sentence = ({ label, value, options }) =>
  `${label}: ${options?.find((option) => option.id === value)?.label ?? value}`;
