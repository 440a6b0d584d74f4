// @ts-check
// What stands in the fields of a form as values to send, and the server's complaints as words beside a field. Pure.

/** @typedef {"text" | "number" | "select" | "checkbox" | "lines" | "code" | "secret" | "time" | "checks"} Kind */
/**
 * @typedef {object} Field
 * @property {string} name the API's name of it; dots lead into objects
 * @property {string} label
 * @property {Kind} [kind] text when it is left out
 * @property {string} [note] what people should know about it
 * @property {string} [hint] an example
 * @property {readonly { id: string, label: string }[]} [options] what a select offers, or a text suggests
 * @property {any} [value]
 * @property {boolean} [required]
 * @property {boolean} [wide] takes the whole row
 * @property {(values: Record<string, any>) => boolean} [when] whether it applies, given what the others hold
 */

/**
 * What a field holds, as JSON: an empty one is null, lines are a list.
 * @param {Field} field
 * @param {string | boolean} raw as the control has it
 * @returns {any}
 */
export function asValue({ kind = "text" }, raw) {
  if (typeof raw === "boolean") return raw;
  const text = kind === "code" || kind === "secret" ? raw : raw.trim();
  if (kind === "lines") return lines(text);
  if (text === "") return null;
  if (kind === "number") return Number.isFinite(Number(text)) ? Number(text) : text;
  if (kind === "time") return Number.isNaN(Date.parse(text)) ? text : new Date(text).toISOString();
  return text;
}

/**
 * The words between line ends and commas.
 * @param {string} text
 */
const lines = (text) =>
  text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter(Boolean);

/**
 * A value as its control shows it.
 * @param {Field} field
 * @returns {string}
 */
export function asRaw({ kind = "text", value }) {
  if (value === null || value === undefined) return "";
  if (kind === "lines") return /** @type {string[]} */ (value).join("\n");
  if (kind === "time") return localTime(new Date(value));
  return String(value);
}

/**
 * A moment as a control for local time wants it: `2026-05-04T14:03`.
 * @param {Date} date
 */
function localTime(date) {
  if (Number.isNaN(date.getTime())) return "";
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/**
 * Values by dotted names as one object: `{"scope.type": "key"}` is `{scope: {type: "key"}}`.
 * @param {Record<string, any>} values
 */
export function nested(values) {
  /** @type {any} */
  const whole = {};
  for (const [name, value] of Object.entries(values)) {
    const path = name.split(".");
    const last = path.pop() ?? name;
    let place = whole;
    for (const piece of path) place = place[piece] ??= {};
    place[last] = value;
  }
  return whole;
}

/**
 * Only what differs from what was there; the two are compared as JSON.
 * @param {Record<string, any>} values
 * @param {Record<string, any>} before
 */
export function changes(values, before) {
  const differs = (/** @type {string} */ name) => JSON.stringify(values[name]) !== JSON.stringify(before[name] ?? null);
  return Object.fromEntries(Object.entries(values).filter(([name]) => differs(name)));
}

/**
 * The field that a path means: itself, else the first inside it, else the nearest around it.
 * @param {string} path
 * @param {readonly string[]} names
 * @returns {string | undefined}
 */
function nearest(path, names) {
  if (names.includes(path)) return path;
  const inside = path && names.find((name) => name.startsWith(`${path}.`));
  if (inside) return inside;
  const around = names.filter((name) => path.startsWith(`${name}.`) || path.startsWith(`${name}[`));
  return around.sort((a, b) => b.length - a.length)[0];
}

/**
 * Gives each complaint to the field that it is about; the rest belong to the form as a whole.
 * @param {readonly { path: string, message: string }[]} complaints
 * @param {readonly string[]} names
 * @returns {{ byField: Map<string, string>, rest: string[] }}
 */
export function complaintsByField(complaints, names) {
  const byField = new Map();
  const rest = [];
  for (const { path, message } of complaints) {
    const name = nearest(path, names);
    if (name === undefined) rest.push(path ? `${path}: ${message}` : message);
    else if (!byField.has(name)) byField.set(name, `${within(path, name)}${message}`);
  }
  return { byField, rest };
}

/**
 * What a path has beyond the field that its complaint is shown at.
 * @param {string} path
 * @param {string} name
 */
const within = (path, name) => (path.length > name.length ? `${path.slice(name.length)}: ` : "");
