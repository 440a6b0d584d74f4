// @ts-check
// The list of calls; columns of less weight leave first when room is short.

import { h } from "../html.js";
import { count, duration, moneyColumn } from "../format.js";
import { link } from "../router.js";
import { statusBadge, timeCell } from "./cells.js";
import { table } from "./table.js";

/** The list of calls: what each asked for, what answered, what it took. */
export function requestTable() {
  const tokens = (/** @type {any} */ usage) =>
    usage
      ? usage.input_tokens + usage.cached_input_tokens + usage.cache_write_5m_tokens + usage.cache_write_1h_tokens
      : null;
  return table({
    name: "Requests, the newest first",
    id: (/** @type {any} */ row) => row.request_id,
    href: (row) => link(`/requests/${row.request_id}`),
    columns: [
      { label: "Time", cell: (row) => timeCell(row.created_at), class: "column-time" },
      {
        label: "Status",
        cell: (row) => statusBadge(row.status),
        title: (row) => row.error_code,
        class: "column-status",
      },
      {
        label: "Model",
        cell: modelCell,
        title: (row) => (row.model ? `${row.requested_model} → ${row.provider}/${row.model}` : row.requested_model),
      },
      {
        label: "End user",
        cell: (row) => row.end_user ?? h("span", { class: "faint" }, "–"),
        class: "from-l",
        width: "11rem",
        title: (row) => row.end_user,
      },
      {
        label: "Endpoint",
        cell: (row) => h("span", { class: "soft" }, row.endpoint, row.stream ? " · stream" : ""),
        class: "from-xl",
        width: "13rem",
      },
      { label: "In", cell: (row) => count(tokens(row.usage)), class: "number from-m", width: "5rem" },
      { label: "Out", cell: (row) => count(row.usage?.output_tokens), class: "number from-m", width: "5rem" },
      { label: "Cost", cell: (row) => moneyColumn(row.cost?.total_usd), class: "number column-money" },
      {
        label: "First byte",
        cell: (row) => duration(row.latency?.first_byte_ms),
        class: "number from-l",
        width: "6rem",
      },
      { label: "Total", cell: (row) => duration(row.latency?.total_ms), class: "number from-s", width: "6rem" },
    ],
  });
}

/**
 * What was asked for and, if it is another name, what answered.
 * @param {any} row
 */
function modelCell(row) {
  const used = row.model ? `${row.provider}/${row.model}` : null;
  const asked = row.requested_model || "–";
  if (row.error_code && !used) return [asked, h("span", { class: "faint" }, ` ${row.error_code}`)];
  if (!used || used === asked) return asked;
  return [asked, h("span", { class: "faint from-s" }, ` → ${used}`)];
}
