// @ts-check
// Every call, the newest first: filtered by the address, new ones on top as they end, opened by a click.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { count } from "../format.js";
import { Feed } from "../feed.js";
import { asCall } from "../filters.js";
import { onKeys } from "../keys.js";
import { live } from "../live.js";
import { changed, link } from "../router.js";
import { readRange } from "../series.js";
import { state } from "../state.js";
import { orders, top } from "../top.js";
import { choice } from "../parts/choice.js";
import { filterBar } from "../parts/filter-bar.js";
import { noRequests } from "../parts/no-requests.js";
import { requestTable } from "../parts/request-table.js";
import { sameBy } from "../parts/same-by.js";
import { failure, waiting } from "../parts/states.js";
import { timeRange } from "../parts/time-range.js";

export const title = "Requests";

const fallback = "24h";
const rowsWaiting = 12;
/** As many are shown in another order than that of time. */
const mostOrdered = 50;

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, { query, signal, go }) {
  /** Ends with every change of the filters: answers to an older question are thrown away. */
  let question = new AbortController();
  let feed = new Feed(ask);
  let isPaused = false;

  const controls = h("div");
  const content = h("div");
  const more = h("button", { type: "button", class: "button", on: { click: loadMore } }, "Load more");
  const foot = h("footer", { class: "line spread table-foot" });
  const liveButton = h("button", { type: "button", class: "button plain", on: { click: () => pause(!isPaused) } });
  const bar = filterBar({ go });
  const list = requestTable();
  const card = h("section", { class: "card", "aria-label": "Requests" }, list.element, foot);

  /** @param {Record<string, unknown>} extra */
  function ask(extra) {
    const call = { ...asCall(query, readRange(query, new Date(), fallback)), ...extra };
    return api.logs(call, { signal: question.signal });
  }

  function show(marksNew = false) {
    if (!card.isConnected) replace(content, card);
    list.set(feed.rows, { marksNew });
    const order = orders.find(({ id }) => id === query.get("order"));
    const rest = order ? `, the ${order.label.toLowerCase()} first` : feed.cursor ? "" : ", all there are";
    const shown = `${count(feed.rows.length)} shown${rest}`;
    replace(foot, h("span", { class: "faint small" }, shown), feed.cursor ? more : null);
  }

  async function load() {
    question.abort();
    question = new AbortController();
    const { signal: current } = question;
    feed = new Feed(ask);
    list.wait(rowsWaiting);
    replace(content, card, waiting());
    replace(foot);
    try {
      const order = orders.find(({ id }) => id === query.get("order"));
      if (order) feed.rows = await most(order);
      else await feed.load();
      if (current.aborted) return;
      if (!order) watch(current);
      if (feed.rows.length === 0) replace(content, await noRequests(query.toString() !== "", current));
      else (replace(content, card), show());
    } catch (error) {
      if (!current.aborted) replace(content, h("section", { class: "card" }, failure(error, load)));
    }
  }

  async function loadMore() {
    more.disabled = true;
    try {
      list.append(await feed.more());
      show();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (!question.signal.aborted) replace(foot, h("span", { class: "small", role: "alert" }, text), more);
    } finally {
      more.disabled = false;
    }
  }

  /** @param {typeof orders[number]} order */
  async function most({ least, of }) {
    const begin = Number(query.get(least)) || 0;
    const found = await top((bound) => ask({ [least]: bound || null, limit: 200 }), of, mostOrdered, begin);
    return found.rows;
  }

  /** @param {AbortSignal} current */
  function watch(current) {
    const { start: _start, end, ...filters } = asCall(query, readRange(query, new Date(), fallback));
    if (end === undefined) live(filters, { arrived, missed }, current);
  }

  /** @param {any[]} records */
  function arrived(records) {
    if (isPaused) return;
    if (feed.isFlooded(records)) return missed();
    feed.add(records);
    show(true);
  }

  function missed() {
    if (isPaused || query.has("order")) return;
    const caughtUp = () => void (feed.rows.length > 0 && show(true));
    feed.catchUp().then(caughtUp, () => {});
  }

  /** @param {boolean} value */
  function pause(value) {
    isPaused = value;
    replace(liveButton, h("span", { class: `dot ${isPaused ? "" : "live"}` }), isPaused ? "Paused" : "Live");
    liveButton.setAttribute("aria-pressed", String(!isPaused));
    liveButton.title = isPaused ? "Show new requests as they come" : "Stop showing new requests";
    if (!isPaused && feed.rows.length > 0) missed();
  }

  /** @param {URLSearchParams} next */
  function update(next) {
    query = next;
    state.requestsLink = link("/requests", query);
    liveButton.hidden = query.has("end") || query.has("order");
    const order = choice({
      name: "Order",
      options: [{ id: "", label: "Newest" }, ...orders.map(({ id, label }) => ({ id, label }))],
      value: query.get("order") ?? "",
      choose: (id) => go(changed(query, { order: id })),
    });
    replace(controls, h("div", { class: "line" }, liveButton, order.element, timeRange({ query, fallback, go })));
    bar.set(query);
    load();
  }

  const keys = {
    "/": () => bar.search.focus(),
    j: () => list.walk(1),
    k: () => list.walk(-1),
    Escape: () => /** @type {HTMLElement | null} */ (document.activeElement)?.blur(),
  };
  onKeys(keys, signal);
  signal.addEventListener("abort", () => question.abort());
  const same = sameBy({ command: "modelux logs tail", path: "logs?limit=50" });
  const header = h("header", { class: "page-head" }, h("h1", { tabindex: -1 }, title), controls);
  replace(main, header, bar.element, content, same);
  pause(false);
  update(query);
  choices(signal).then(bar.offer, () => {});
  return { update };
}

/**
 * Names for the filters that choose from what exists.
 * @param {AbortSignal} signal
 */
async function choices(signal) {
  const [providers, keys] = await Promise.all([api.providers({ signal }), api.keys({ signal })]);
  return {
    provider: providers.map((/** @type {any} */ provider) => ({ id: provider.name, label: provider.name })),
    key_id: keys.map((/** @type {any} */ key) => ({ id: key.id, label: key.name })),
  };
}
