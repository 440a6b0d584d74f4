// @ts-check
// Figures as a file for spreadsheets. Pure.

/**
 * Comma-separated values as RFC 4180 has them.
 * @param {readonly string[]} heads
 * @param {readonly (readonly unknown[])[]} rows
 */
export const csv = (heads, rows) => [heads, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");

/**
 * Names come from callers: one that a spreadsheet would read as a formula is marked as a text.
 * @param {unknown} value
 */
function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(String(value)) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
