// @ts-check
// Every call, the newest first: filtered by the address, refreshed while the top is in view, opened by a click.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { count } from "../format.js";
import { asCall } from "../filters.js";
import { onKeys } from "../keys.js";
import { live } from "../live.js";
import { link } from "../router.js";
import { readRange } from "../series.js";
import { state } from "../state.js";
import { filterBar } from "../parts/filter-bar.js";
import { firstCall } from "../parts/first-call.js";
import { icon } from "../parts/icon.js";
import { empty, failure, waiting } from "../parts/states.js";
import { requestTable } from "../parts/request-table.js";
import { timeRange } from "../parts/time-range.js";

export const title = "Requests";

const fallback = "24h";
const pageSize = 50;

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, { query, signal, go }) {
  /** Leaves with the filters: answers to an older question are thrown away. */
  let question = new AbortController();
  /** @type {any[]} */
  let rows = [];
  /** @type {string | null} */
  let cursor = null;
  let isPaused = false;

  const controls = h("div");
  const content = h("div");
  const more = h("button", { type: "button", class: "button", on: { click: () => loadMore() } }, "Load more");
  const foot = h("footer", { class: "line spread table-foot" });
  const liveButton = h("button", { type: "button", class: "button plain", on: { click: () => pause(!isPaused) } });
  const bar = filterBar({ go });
  const list = requestTable();
  const card = h("section", { class: "card", "aria-label": "Requests" }, list.element, foot);

  const pause = (/** @type {boolean} */ value) => {
    isPaused = value;
    replace(liveButton, h("span", { class: `dot ${isPaused ? "" : "live"}` }), isPaused ? "Paused" : "Live");
    liveButton.setAttribute("aria-pressed", String(!isPaused));
    liveButton.title = isPaused ? "Show new requests as they come" : "Stop showing new requests";
    if (!isPaused && rows.length > 0) refresh();
  };

  const ask = (/** @type {Record<string, unknown>} */ extra = {}) =>
    api.logs(
      { ...asCall(query, readRange(query, new Date(), fallback)), limit: pageSize, ...extra },
      { signal: question.signal },
    );

  const show = () => {
    if (!card.isConnected) replace(content, card);
    replace(
      foot,
      h(
        "span",
        { class: "faint small", role: "status" },
        `${count(rows.length)} shown${cursor ? "" : ", all there are"}`,
      ),
      cursor ? more : null,
    );
  };

  const load = async () => {
    question.abort();
    question = new AbortController();
    const { signal: current } = question;
    replace(content, card, waiting());
    if (rows.length === 0) list.wait(12);
    try {
      const answer = await ask();
      rows = answer.data;
      cursor = answer.next_cursor;
      watch(current);
      if (rows.length === 0) return replace(content, await nothing(query, current));
      list.set(rows);
      show();
    } catch (error) {
      if (current.aborted) return;
      replace(content, failure(error, load));
    }
  };

  const watch = (/** @type {AbortSignal} */ current) => {
    const { start: _start, ...filters } = asCall(query, readRange(query, new Date(), fallback));
    live(filters, refresh, current, rows[0]?.request_id ?? null);
  };

  const loadMore = async () => {
    more.disabled = true;
    try {
      const answer = await ask({ cursor });
      rows.push(...answer.data);
      cursor = answer.next_cursor;
      list.append(answer.data);
      show();
    } catch (error) {
      if (!question.signal.aborted)
        replace(foot, h("span", { class: "small", role: "alert" }, String(/** @type {Error} */ (error).message)), more);
    } finally {
      more.disabled = false;
    }
  };

  /** New rows come on top; what was loaded below stays, unless there is a gap between the two. */
  const refresh = async () => {
    if (isPaused || !readRange(query, new Date(), fallback).live) return;
    const answer = await ask();
    const known = new Set(rows.map((row) => row.request_id));
    const fresh = answer.data.filter((row) => !known.has(row.request_id));
    if (fresh.length === 0) return;
    const joins = rows.length > 0 && fresh.length < answer.data.length;
    rows = joins ? [...fresh, ...rows] : answer.data;
    if (!joins) cursor = answer.next_cursor;
    list.set(rows, { marksNew: true });
    show();
  };

  const update = (/** @type {URLSearchParams} */ next) => {
    query = next;
    state.requestsLink = link("/requests", query);
    replace(controls, h("div", { class: "line" }, liveButton, timeRange({ query, fallback, go })));
    bar.set(query);
    rows = [];
    load();
  };

  onKeys(
    {
      "/": () => bar.search.focus(),
      j: () => list.walk(1),
      k: () => list.walk(-1),
      Escape: () => /** @type {HTMLElement | null} */ (document.activeElement)?.blur(),
    },
    signal,
  );
  signal.addEventListener("abort", () => question.abort());
  replace(main, h("header", { class: "page-head" }, h("h1", { tabindex: -1 }, title), controls), bar.element, content);
  pause(false);
  update(query);
  offers(signal).then(bar.offer, () => {});
  return { update };
}

/**
 * Names for the filters that choose from what exists.
 * @param {AbortSignal} signal
 */
async function offers(signal) {
  const [providers, keys] = await Promise.all([api.providers({ signal }), api.keys({ signal })]);
  return {
    provider: providers.map((/** @type {any} */ provider) => ({ id: provider.name, label: provider.name })),
    key_id: keys.map((/** @type {any} */ key) => ({ id: key.id, label: key.name })),
  };
}

/**
 * Nothing at all yet, or nothing that fits.
 * @param {URLSearchParams} query
 * @param {AbortSignal} signal
 */
async function nothing(query, signal) {
  const { data } = await api.logs({ limit: 1 }, { signal });
  if (data.length === 0) return firstCall(signal);
  return h(
    "section",
    { class: "card" },
    empty({
      title: "No request fits",
      text: query.toString()
        ? "Remove a filter or choose a longer time."
        : "There were none in the last 24 hours. Choose a longer time.",
      action: h(
        "a",
        { class: "button", href: "#/requests?range=30d" },
        icon("close", 14),
        "Clear filters, last 30 days",
      ),
    }),
  );
}
