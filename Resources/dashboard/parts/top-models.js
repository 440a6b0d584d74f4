// @ts-check
// What the money went to: the dearest models of a time, each a way to its requests.

import { h, replace } from "../html.js";
import { money, percent, short } from "../format.js";
import { link } from "../router.js";
import { empty } from "./states.js";
import { table } from "./table.js";

const most = 8;
/** What leads to the calls that no model answered. */
const refused = { status: "error" };

/** @typedef {{ group: string, requests: number, cost_usd: number, tokens: number, errors: number }} Sum */

/** @returns {{ element: HTMLElement, set(sums: Sum[], query: URLSearchParams): void }} */
export function topModels() {
  let query = new URLSearchParams();
  let dearest = 0;
  const share = (/** @type {Sum} */ row) => `${dearest > 0 ? (row.cost_usd / dearest) * 100 : 0}%`;
  const rows = table({
    name: "Models by cost",
    id: (/** @type {Sum} */ row) => `${JSON.stringify(row)} ${dearest} ${query}`,
    href: (row) => link("/requests", { ...Object.fromEntries(query), ...(row.group ? { model: row.group } : refused) }),
    columns: [
      {
        label: "Model",
        cell: (row) => row.group || h("span", { class: "faint" }, "no model chosen"),
        title: (row) => row.group,
      },
      { label: "Requests", cell: (row) => short(row.requests), class: "number", width: "5.5rem" },
      {
        label: "Failed",
        cell: (row) => (row.errors > 0 ? percent(row.errors / row.requests) : "–"),
        class: "number from-s",
        width: "4.5rem",
      },
      { label: "Tokens", cell: (row) => short(row.tokens), class: "number from-m", width: "5rem" },
      { label: "Cost", cell: (row) => money(row.cost_usd), class: "number column-money" },
      {
        label: "Share",
        cell: (row) => h("span", { class: "share", style: { "--part": share(row) } }, h("i")),
        class: "from-m",
        width: "18%",
      },
    ],
  });
  const body = h("div", null, rows.element);
  rows.wait(5);
  return {
    element: h("section", { class: "card" }, h("header", null, h("h2", null, "Models by cost")), body),
    set(sums, address) {
      query = address;
      dearest = sums[0]?.cost_usd ?? 0;
      if (sums.length === 0) return replace(body, empty({ title: "No calls in this time", isInline: true }));
      rows.set(sums.slice(0, most));
      if (!rows.element.isConnected) replace(body, rows.element);
    },
  };
}
