// @ts-check
// Requests that belong together: those of one conversation, or of one agent run. Pure.

/** @typedef {"conversation" | "trace"} Kind */

/**
 * @typedef {object} Session
 * @property {string} id
 * @property {number} requests
 * @property {number} errors
 * @property {number} cost_usd
 * @property {number} tokens
 * @property {string} start
 * @property {string} end when its last request began
 * @property {number} length milliseconds from the first request to the end of the last
 * @property {string[]} models
 * @property {string | null} endUser
 */

/** @param {Kind} kind */
export const fieldOf = (kind) => /** @type {const} */ (`${kind}_id`);

/**
 * What requests name more of; conversations when neither.
 * @param {any[]} records
 * @returns {Kind}
 */
export function kindOf(records) {
  const has = (/** @type {Kind} */ kind) => records.some((record) => record[fieldOf(kind)]);
  return !has("conversation") && has("trace") ? "trace" : "conversation";
}

/**
 * @param {any[]} records
 * @param {Kind} kind
 * @returns {Session[]} the one with the newest request first
 */
export function sessions(records, kind) {
  /** @type {Map<string, any[]>} */
  const found = new Map();
  for (const record of records) {
    const id = record[fieldOf(kind)];
    if (id) found.set(id, [...(found.get(id) ?? []), record]);
  }
  return [...found].map(([id, own]) => summary(id, own)).sort((a, b) => (a.end < b.end ? 1 : -1));
}

/**
 * @param {string} id
 * @param {any[]} records one or more
 * @returns {Session}
 */
export function summary(id, records) {
  const sorted = [...records].sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
  const [first, last] = [sorted[0], sorted[sorted.length - 1]];
  const ends = sorted.map((record) => new Date(record.created_at).getTime() + (record.latency?.total_ms ?? 0));
  const sum = (/** @type {(record: any) => number} */ of) => sorted.reduce((total, record) => total + of(record), 0);
  return {
    id,
    requests: sorted.length,
    errors: sum(({ status }) => (status >= 400 ? 1 : 0)),
    cost_usd: sum(({ cost }) => cost?.total_usd ?? 0),
    tokens: sum(({ usage }) => tokens(usage)),
    start: first.created_at,
    end: last.created_at,
    length: Math.max(...ends) - new Date(first.created_at).getTime(),
    models: [...new Set(sorted.map(({ model, requested_model: asked }) => model ?? asked))],
    endUser: sorted.find(({ end_user: user }) => user)?.end_user ?? null,
  };
}

/** @param {any} usage */
function tokens(usage) {
  if (!usage) return 0;
  const { input_tokens: input, cached_input_tokens: cached, output_tokens: output } = usage;
  return input + cached + usage.cache_write_5m_tokens + usage.cache_write_1h_tokens + output;
}
