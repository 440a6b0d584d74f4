// @ts-check
// What is going on: requests, cost, tokens and latency over time, what they went to, what failed.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { bucketEnd, buckets, groups, previous, readRange } from "../series.js";
import { link } from "../router.js";
import { live, throttled } from "../live.js";
import { may, state } from "../state.js";
import { firstCall } from "../parts/first-call.js";
import { latestFailures } from "../parts/latest-failures.js";
import { overviewMetrics } from "../parts/overview-metrics.js";
import { overviewStanding } from "../parts/overview-standing.js";
import { sameBy } from "../parts/same-by.js";
import { failure, waiting } from "../parts/states.js";
import { timeRange } from "../parts/time-range.js";
import { topModels } from "../parts/top-models.js";

export const title = "Overview";

const fallback = "1h";
const failuresShown = 8;
const interval = 800;
const minute = 60_000;

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, { query, signal, go }) {
  let range = readRange(query, new Date(), fallback);
  const controls = h("div");
  const content = h("div", { class: "stack-page" });
  const metrics = overviewMetrics(signal, (index) => {
    const start = buckets(range)[index];
    const end = bucketEnd(start, range.granularity);
    location.hash = link("/requests", {
      ...project(query),
      start: new Date(start).toISOString(),
      end: new Date(end).toISOString(),
    });
  });
  const models = topModels();
  const failures = latestFailures();
  const columns = h(
    "div",
    { class: "columns halves" },
    h("div", null, models.element),
    h("div", null, failures.element),
  );
  const standing = overviewStanding(signal);
  const view = h("div", { class: "stack-page" }, standing.spent, metrics.element, columns, standing.cards);
  const stand = () => standing.refresh(query.get("project_id"));
  const standAgain = throttled(stand, minute / 4, signal);

  const load = async () => {
    const asked = query;
    range = readRange(query, new Date(), fallback);
    const [now, before, byModel, failed] = await Promise.all([
      api.report(period(range, query), { signal }),
      api.report(period(previous(range), query), { signal }),
      api.report({ ...period(range, query), group_by: "model" }, { signal }),
      api.logs({ ...since(range, query), status: "error", limit: failuresShown }, { signal }),
    ]);
    if (asked !== query) return;
    if (now.totals.requests === 0 && (await api.logs({ limit: 1 }, { signal })).data.length === 0) {
      if (await isNew(signal)) return void (location.hash = "#/welcome");
      return replace(content, await firstCall(signal));
    }
    if (!view.isConnected || content.childElementCount > 1) replace(content, view);
    metrics.set({ range, now, before: before.totals });
    models.set(groups(byModel.series), query);
    failures.set(failed.data, query);
    standAgain();
  };
  const start = () =>
    load().catch((error) => signal.aborted || replace(content, h("section", { class: "card" }, failure(error, start))));

  const update = (/** @type {URLSearchParams} */ next) => {
    const isOther = next.get("project_id") !== query.get("project_id");
    query = next;
    if (isOther) stand();
    replace(controls, timeRange({ query, fallback, go }));
    start();
  };
  replace(content, view, waiting());
  const foot = sameBy({ command: "modelux status", path: "analytics/report?granularity=hour" });
  replace(main, h("header", { class: "page-head" }, h("h1", { tabindex: -1 }, title), controls), content, foot);
  const refresh = throttled(() => range.live && load().catch(() => {}), interval, signal);
  update(query);
  live({}, { arrived: refresh, missed: refresh }, signal);
  // Time passes without calls, too.
  const timer = setInterval(() => document.hidden || refresh(), minute);
  signal.addEventListener("abort", () => clearInterval(timer));
  return { update };
}

/**
 * Whether nobody has set up anything yet. Asked once: who skips the first steps is left alone.
 * @param {AbortSignal} signal
 */
async function isNew(signal) {
  if (state.isWelcomed || !may("owner")) return false;
  state.isWelcomed = true;
  const [keys, providers] = await Promise.all([api.keys({ signal }), api.providers({ signal })]);
  return keys.length === 0 && providers.every(({ source }) => source === "built_in");
}

/**
 * The part of an address that goes from page to page.
 * @param {URLSearchParams} query
 */
const project = (query) => ({ project_id: query.get("project_id") });

/**
 * @param {import("../series.js").Range} range
 * @param {URLSearchParams} query
 */
const since = (range, query) => ({
  ...project(query),
  start: range.start.toISOString(),
  end: range.live ? null : range.end.toISOString(),
});

/**
 * @param {import("../series.js").Range} range
 * @param {URLSearchParams} query
 */
const period = (range, query) => ({
  ...project(query),
  start: range.start.toISOString(),
  end: range.end.toISOString(),
  granularity: range.granularity,
});
