// @ts-check
// Numbers, money and time as people read them. Pure: the same input gives the same text everywhere.

const NONE = "–";
const locale = "en-US";
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });

/**
 * @param {unknown} value
 * @returns {value is number}
 */
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/**
 * @param {number} value
 * @param {number} least
 * @param {number} [most]
 */
const decimals = (value, least, most = least) =>
  value.toLocaleString(locale, { minimumFractionDigits: least, maximumFractionDigits: most });

/**
 * A count with separators: `12,345`.
 * @param {unknown} value
 */
export const count = (value) => (isNumber(value) ? whole.format(value) : NONE);

/**
 * A count in little room: `12.3K`. Below 10,000 it stays exact.
 * @param {unknown} value
 */
export const short = (value) =>
  !isNumber(value) ? NONE : Math.abs(value) < 10_000 ? whole.format(value) : compact.format(value);

/**
 * A count for an axis, where all steps are written alike.
 * @param {number} value
 */
export const shortAxis = (value) => compact.format(value);

/**
 * An amount as a person would say it: cents from a dollar up, three significant digits below.
 * @param {unknown} usd
 */
export function money(usd) {
  if (!isNumber(usd)) return NONE;
  if (usd === 0) return "$0.00";
  const sign = usd < 0 ? "−" : "";
  const size = Math.abs(usd);
  if (size >= 100_000) return `${sign}$${compact.format(size)}`;
  if (size >= 1) return `${sign}$${decimals(size, 2)}`;
  if (size < 1e-9) return `${sign}<$0.000000001`;
  const digits = Math.min(9, Math.max(2, 2 - Math.floor(Math.log10(size))));
  return `${sign}$${trimmed(decimals(size, digits))}`;
}

/**
 * An amount for a column: always six decimals, so that the points stand under each other.
 * @param {unknown} usd
 */
export function moneyColumn(usd) {
  if (!isNumber(usd)) return NONE;
  return usd > 0 && usd < 0.000001 ? "<$0.000001" : `$${decimals(usd, 6)}`;
}

/**
 * An amount to the last nano-dollar that the ledger holds.
 * @param {unknown} usd
 */
export const moneyExact = (usd) => (isNumber(usd) ? `$${decimals(usd, 2, 9)}` : NONE);

/**
 * Removes zeros after the second decimal.
 * @param {string} text
 */
const trimmed = (text) => text.replace(/(\.\d\d\d*?)0+$/, "$1");

/**
 * A duration: `0.31 ms`, `640 ms`, `2.40 s`, `3 min 20 s`.
 * @param {unknown} milliseconds
 */
export function duration(milliseconds) {
  if (!isNumber(milliseconds)) return NONE;
  if (milliseconds === 0) return "0 ms";
  if (milliseconds < 9.995) return `${decimals(milliseconds, 2)} ms`;
  if (milliseconds < 999.5) return `${whole.format(milliseconds)} ms`;
  if (milliseconds < 59_995) return `${decimals(milliseconds / 1000, 2)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

/**
 * A duration for an axis: no more decimals than it needs.
 * @param {number} milliseconds
 */
export const durationAxis = (milliseconds) =>
  milliseconds === 0
    ? "0"
    : duration(milliseconds).replace(/\.00 | min 0 s$| h 0 min$/, (end) =>
        end.startsWith(".") ? " " : end.slice(0, end.lastIndexOf(" 0")),
      );

/**
 * A part of one as a percentage: `12.5%`.
 * @param {unknown} part
 */
export const percent = (part) =>
  isNumber(part) ? `${decimals(part * 100, 0, Math.abs(part) < 0.1 && part !== 0 ? 1 : 0)}%` : NONE;

/**
 * How a figure stands against an earlier one: `+12%`, `−3%`, or null when there is nothing to compare with.
 * @param {unknown} now
 * @param {unknown} before
 */
export function change(now, before) {
  if (!isNumber(now) || !isNumber(before) || before === 0) return null;
  const ratio = now / before - 1;
  if (Math.abs(ratio) < 0.005) return "±0%";
  if (ratio >= 9.995) return `×${whole.format(now / before)}`;
  return `${ratio > 0 ? "+" : "−"}${whole.format(Math.abs(ratio * 100))}%`;
}

/**
 * Bytes: `512 B`, `4.2 KiB`.
 * @param {unknown} size
 */
export function bytes(size) {
  if (!isNumber(size)) return NONE;
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = size < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(size) / 10));
  return `${decimals(size / 1024 ** step, 0, step === 0 ? 0 : 1)} ${units[step]}`;
}

/**
 * @param {number} value
 * @param {number} [width]
 */
const pad = (value, width = 2) => String(value).padStart(width, "0");

/**
 * The time of day where the reader is, with seconds: `14:03:22`.
 * @param {Date} date
 */
export const clock = (date) => `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * The day where the reader is: `4 May`.
 * @param {Date} date
 */
export const day = (date) => `${date.getDate()} ${months[date.getMonth()]}`;

/**
 * A moment in a list: the day unless it is today, and the time.
 * @param {string | Date} text
 * @param {Date} now
 * @returns {{ day: string, time: string }}
 */
export function momentParts(text, now) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return { day: "", time: NONE };
  return { day: date.toDateString() === now.toDateString() ? "" : day(date), time: clock(date) };
}

/**
 * A moment in a sentence: `14:03:22` today, `4 May 14:03:22` before.
 * @param {string | Date} text
 * @param {Date} now
 */
export function moment(text, now) {
  const parts = momentParts(text, now);
  return parts.day ? `${parts.day} ${parts.time}` : parts.time;
}

/**
 * A moment in full, to the millisecond: `4 May 2026, 14:03:22.123`.
 * @param {string} text
 */
export function momentExact(text) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return NONE;
  return `${day(date)} ${date.getFullYear()}, ${clock(date)}.${pad(date.getMilliseconds(), 3)}`;
}

/**
 * How long ago: `now`, `12 s ago`, `3 min ago`.
 * @param {string} text
 * @param {Date} now
 */
export function ago(text, now) {
  const seconds = Math.floor((now.getTime() - new Date(text).getTime()) / 1000);
  if (Number.isNaN(seconds)) return NONE;
  if (seconds < 2) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/**
 * A word of the API for people: `connection_error` → `connection error`.
 * @param {unknown} word
 */
export const words = (word) => (typeof word === "string" ? word.replaceAll("_", " ") : NONE);

/**
 * An identifier in little room: its first eight characters.
 * @param {unknown} id
 */
export const shortID = (id) => (typeof id === "string" ? id.slice(0, 8) : NONE);
