// @ts-check
// An empty list of requests: nothing at all yet, or nothing that fits.

import * as api from "../api.js";
import { h } from "../html.js";
import { firstCall } from "./first-call.js";
import { icon } from "./icon.js";
import { empty } from "./states.js";

/**
 * @param {boolean} isFiltered
 * @param {AbortSignal} signal
 */
export async function noRequests(isFiltered, signal) {
  const { data } = await api.logs({ limit: 1 }, { signal });
  if (data.length === 0) return firstCall(signal);
  const state = {
    title: "No request fits",
    text: isFiltered
      ? "Remove a filter or choose a longer time."
      : "There were none in this time. Choose a longer one.",
    action: h("a", { class: "button", href: "#/requests?range=30d" }, icon("close", 14), "No filters, last 30 days"),
  };
  return h("section", { class: "card" }, empty(state));
}
