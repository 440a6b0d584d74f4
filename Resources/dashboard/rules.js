// @ts-check
// The language of rules, as far as an editor helps with it: what fits at the caret, and where a fault lies. Pure.

/** @typedef {{ text: string, note: string }} Completion */

/** @type {readonly Completion[]} */
export const names = Object.freeze([
  { text: "tags.", note: "a tag of the caller; null when it is missing" },
  { text: "user.id", note: "the end user" },
  { text: "key.name", note: "the project key" },
  { text: "project.slug", note: "the project" },
  { text: "request.model", note: "what was asked for" },
  { text: "request.stream", note: "whether it streams" },
  { text: "request.has_tools", note: "whether tools are offered" },
  { text: "request.has_images", note: "whether there are images" },
  { text: "request.max_tokens", note: "the longest answer" },
  { text: "estimate.input_tokens", note: "tokens of the request" },
  { text: "estimate.cost_usd", note: "what it will probably cost" },
  { text: "budget.used_pct", note: "of the tightest budget, 1 is all" },
  { text: "budget.remaining_usd", note: "of the tightest budget" },
  { text: "latency.p50_ms('", note: "a model's median latency" },
  { text: "health('", note: "a provider's health" },
  { text: "time.hour", note: "0 to 23" },
  { text: "time.weekday", note: "1 to 7" },
]);

const operators = ["==", "!=", "<", "<=", ">", ">=", "in", "not in", "contains", "starts_with", "matches"];
const joints = ["and", "or"];
const token = /'[^']*'?|[\w.]+|==|!=|<=|>=|[<>()[\],]/g;

/**
 * What fits where the caret stands, the best first.
 * @param {string} text
 * @param {number} caret
 * @returns {{ start: number, list: Completion[] }} `start` is where what is typed of it begins
 */
export function completions(text, caret) {
  const before = text.slice(0, caret);
  if ((before.match(/'/g) ?? []).length % 2 === 1) return { start: caret, list: [] };
  const typed = /[A-Za-z_][\w.]*$/.exec(before)?.[0] ?? "";
  const start = caret - typed.length;
  const previous = before.slice(0, start).match(token)?.pop() ?? "";
  const plain = (/** @type {string[]} */ words) => words.map((word) => ({ text: word, note: "" }));
  const fits = isValue(previous) ? plain(isCompared(before.slice(0, start)) ? joints : operators) : [...names];
  const list = fits.filter((candidate) => candidate.text.startsWith(typed) && candidate.text !== typed);
  return { start, list };
}

/**
 * A text with a completion in the place of what was typed of it.
 * @param {string} text
 * @param {number} caret
 * @param {number} start
 * @param {string} completion
 */
export function completed(text, caret, start, completion) {
  const spaced = /[.'(]$/.test(completion) ? completion : `${completion} `;
  return { text: text.slice(0, start) + spaced + text.slice(caret).replace(/^ /, ""), caret: start + spaced.length };
}

/** @param {string} word */
const isValue = (word) => word !== "" && !/^(and|or|not|in|contains|starts_with|matches|[(,[]|[=!<>]=?)$/.test(word);

/**
 * Whether the last condition already has its operator.
 * @param {string} text
 */
function isCompared(text) {
  const last = text.split(/\b(?:and|or)\b(?=(?:[^']*'[^']*')*[^']*$)/).pop() ?? "";
  return /==|!=|[<>]|\b(in|contains|starts_with|matches)\b/.test(last.replace(/'[^']*'/g, ""));
}

/**
 * Where the server found a fault: `at character 14: …`.
 * @param {string} message
 * @returns {{ position: number | null, message: string }}
 */
export function fault(message) {
  const found = /^at character (\d+): (.*)$/s.exec(message);
  return found ? { position: Number(found[1]), message: found[2] } : { position: null, message };
}

/**
 * A text cut at a place that is counted in characters from 1.
 * @param {string} text
 * @param {number} position
 * @returns {[string, string, string]} before it, the character, after it
 */
export function cutAt(text, position) {
  const characters = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  const index = Math.min(Math.max(0, position - 1), characters.length);
  return [characters.slice(0, index).join(""), characters[index] ?? " ", characters.slice(index + 1).join("")];
}
