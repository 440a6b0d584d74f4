// @ts-check
// A look-out for the next call.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { moment, money, shortID } from "../format.js";
import { live } from "../live.js";
import { link } from "../router.js";
import { statusBadge } from "./cells.js";

/**
 * Shows the newest call as it comes in.
 * @param {AbortSignal} signal
 */
export function arrival(signal) {
  const text = h(
    "div",
    { class: "line", role: "status" },
    h("span", { class: "dot" }),
    h("span", { class: "soft" }, "Waiting for a call…"),
  );
  const tell = (/** @type {any} */ record) =>
    replace(
      text,
      h("span", { class: "dot live" }),
      statusBadge(record.status),
      h("a", { href: link(`/requests/${record.request_id}`) }, h("code", null, shortID(record.request_id))),
      h("span", { class: "cut" }, record.requested_model),
      h("span", { class: "faint" }, `${money(record.cost?.total_usd)}, ${moment(record.created_at, new Date())}`),
    );
  const look = async () => {
    const { data } = await api.logs({ limit: 1 }, { signal }).catch(() => ({ data: [] }));
    if (data.length > 0) tell(data[0]);
  };
  live({}, { arrived: (records) => tell(records[records.length - 1]), missed: look }, signal);
  return h("section", { class: "card newest" }, h("header", null, h("h2", null, "Newest call"), text));
}
