// @ts-check
// The last calls that were refused or failed, each a way to why.

import { h, replace } from "../html.js";
import { link } from "../router.js";
import { statusBadge, timeCell } from "./cells.js";
import { empty } from "./states.js";
import { table } from "./table.js";

/** @returns {{ element: HTMLElement, set(records: any[], query: URLSearchParams): void }} */
export function latestFailures() {
  const rows = table({
    name: "Latest failures",
    id: (/** @type {any} */ row) => row.request_id,
    href: (row) => link(`/requests/${row.request_id}`),
    columns: [
      { label: "Time", cell: (row) => timeCell(row.created_at), class: "column-time" },
      { label: "Status", cell: (row) => statusBadge(row.status), class: "column-status" },
      { label: "Code", cell: (row) => row.error_code ?? "–", title: (row) => row.error_code },
      {
        label: "Model",
        cell: (row) => row.model ?? row.requested_model ?? "–",
        title: (row) => row.model ?? row.requested_model,
        class: "from-s",
      },
    ],
  });
  const all = h("a", { class: "small soft" }, "All failures");
  const body = h("div", null, rows.element);
  rows.wait(5);
  return {
    element: h("section", { class: "card" }, h("header", null, h("h2", null, "Latest failures"), all), body),
    set(records, query) {
      all.setAttribute("href", link("/requests", { ...Object.fromEntries(query), status: "error" }));
      if (records.length === 0) return replace(body, empty({ title: "Nothing failed in this time", isInline: true }));
      rows.set(records);
      if (!rows.element.isConnected) replace(body, rows.element);
    },
  };
}
