// @ts-check
// A report's groups as a table: each with its colour in the chart, its figures, its share, its change.

import { h } from "../html.js";
import { change, count, money, percent, short } from "../format.js";
import { shares } from "../series.js";
import { table } from "./table.js";

/** @typedef {import("../analytics.js").Sum} Sum */

/**
 * @param {object} settings
 * @param {Sum[]} settings.sums
 * @param {Map<string, Sum> | null} settings.before null when there is no comparison
 * @param {import("../analytics.js").Measure} settings.measure
 * @param {(group: string) => string} settings.nameOf
 * @param {(group: string) => string} settings.colorOf
 * @param {(group: string) => string} settings.hrefOf
 * @param {string} settings.by what the groups are
 */
export function groupTable({ sums, before, measure, nameOf, colorOf, hrefOf, by }) {
  const weight = (/** @type {Sum} */ sum) => (measure.isLine ? sum.requests : (measure.of(sum) ?? 0));
  const parts = new Map(shares(sums.map(weight)).map((part, index) => [sums[index].group, part]));
  const part = (/** @type {Sum} */ sum) => parts.get(sum.group) ?? 0;
  const swatch = (/** @type {Sum} */ sum) =>
    h("i", { class: "swatch", style: { background: `var(--${colorOf(sum.group)})` } });
  const rows = table({
    name: by,
    id: (/** @type {Sum} */ sum) => sum.group,
    href: (sum) => hrefOf(sum.group),
    columns: [
      {
        label: by,
        cell: (sum) => h("span", { class: "line bucket" }, swatch(sum), h("span", { class: "cut" }, nameOf(sum.group))),
        title: (sum) => nameOf(sum.group),
      },
      { label: "Requests", cell: (sum) => count(sum.requests), class: "number from-s", width: "6.5rem" },
      {
        label: "Failed",
        cell: (sum) => (sum.errors > 0 ? percent(sum.errors / sum.requests) : "–"),
        class: "number from-m",
        width: "5rem",
      },
      { label: "Tokens in", cell: (sum) => short(sum.input_tokens), class: "number from-m", width: "6rem" },
      { label: "Tokens out", cell: (sum) => short(sum.output_tokens), class: "number from-m", width: "6rem" },
      { label: "Cost", cell: (sum) => money(sum.cost_usd), class: "number column-money" },
      ...(before ? [{ label: "Change", cell: changeCell, class: "number", width: "5.5rem" }] : []),
      { label: "Share", cell: (sum) => percent(part(sum)), class: "number from-s", width: "4.5rem" },
      {
        label: "",
        cell: (sum) => h("span", { class: "share", style: { "--part": `${part(sum) * 100}%` } }, h("i")),
        class: "from-l",
        width: "14%",
      },
    ],
  });
  /** @param {Sum} sum */
  function changeCell(sum) {
    const old = before?.get(sum.group);
    return (old && change(weight(sum), weight(old))) ?? (old ? "–" : h("span", { class: "faint" }, "new"));
  }
  rows.set(sums);
  return rows.element;
}
