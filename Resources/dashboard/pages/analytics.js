// @ts-check
// Figures over time by any group, against the time before, as a chart, a table and a file.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { courses, earlier, exported, filterFor, groupings, measures, mostDrawn, sums } from "../analytics.js";
import { csv } from "../csv.js";
import { count } from "../format.js";
import { link } from "../router.js";
import { bucketEnd, bucketLabel, bucketTitle, buckets, previous, readRange } from "../series.js";
import { analyticsControls } from "../parts/analytics-controls.js";
import { chart } from "../parts/chart.js";
import { download } from "../parts/download.js";
import { groupTable } from "../parts/group-table.js";
import { sameBy } from "../parts/same-by.js";
import { bone, empty, failure, waiting } from "../parts/states.js";
import { timeRange } from "../parts/time-range.js";

export const title = "Analytics";

const fallback = "7d";
const colors = ["series-1", "series-2", "series-3", "series-4", "series-5"];
const otherColor = "line-strong";

/**
 * What an address asks for.
 * @param {URLSearchParams} query
 */
function read(query) {
  const by = query.get("by") === "none" ? "" : (query.get("by") ?? "model");
  const measure = measures.find(({ id }) => id === query.get("measure")) ?? measures[0];
  return { by, tag: query.get("tag") ?? "team", measure, compares: query.has("compare") };
}

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, { query, signal, go }) {
  let asked = new AbortController();
  let save = () => {};
  const times = h("div");
  const controls = h("div");
  const foot = h("div");
  const content = h("div", { class: "stack-page" });
  const skeleton = () => h("section", { class: "card" }, h("div", { class: "body" }, bone("", "plot tall"), bone()));

  const load = async () => {
    asked.abort();
    asked = new AbortController();
    const current = asked.signal;
    const { by, tag, measure, compares } = read(query);
    const range = readRange(query, new Date(), fallback);
    const group = by === "tag" ? `tag:${tag}` : by;
    const ask = (/** @type {import("../series.js").Range} */ { start, end, granularity }, /** @type {string} */ of) =>
      api.report(
        {
          project_id: query.get("project_id"),
          start: start.toISOString(),
          end: end.toISOString(),
          granularity,
          group_by: of,
        },
        { signal: current },
      );
    replace(content, skeleton(), waiting());
    const grouped = group ? `&group_by=${encodeURIComponent(group)}` : "";
    replace(foot, sameBy({ path: `analytics/report?granularity=${range.granularity}${grouped}` }));
    try {
      const before = previous(range);
      const [now, old, oldWhole, names] = await Promise.all([
        ask(range, group),
        compares ? ask(before, group) : null,
        compares ? ask(before, "") : null,
        namesFor(by, current),
      ]);
      show({ range, before, now, old, oldWhole, names, by, tag, measure });
    } catch (error) {
      if (!current.aborted) replace(content, h("section", { class: "card" }, failure(error, load)));
    }
  };

  /** @param {any} all */
  function show({ range, before, now, old, oldWhole, names, by, tag, measure }) {
    const nameOf = (/** @type {string} */ group) => names.get(group) ?? (group || (by ? "none" : "All requests"));
    save = () => {
      const { heads, rows } = exported(now.series, nameOf);
      const day = (/** @type {Date} */ date) => date.toISOString().slice(0, 10);
      const name = `modelux-by-${by || "time"}-${day(range.start)}-${day(range.end)}.csv`;
      download(name, csv(heads, rows), "text/csv");
    };
    const list = sums(now.series, measure);
    if (list.length === 0) {
      const text = "Choose a longer one, or another project.";
      return replace(content, h("section", { class: "card" }, empty({ title: "No calls in this time", text })));
    }
    const drawn = list.slice(0, mostDrawn).map(({ group }) => group);
    const colorOf = (/** @type {string | null} */ group) =>
      group !== null && drawn.includes(group) ? colors[drawn.indexOf(group)] : otherColor;
    const starts = buckets(range);
    const scope = { project_id: query.get("project_id") };
    const span = { start: range.start.toISOString(), end: range.live ? null : range.end.toISOString() };
    const drawing = chart({
      name: `${measure.label} over time`,
      format: measure.format,
      axis: measure.axis,
      signal: asked.signal,
      open(index) {
        const end = new Date(bucketEnd(starts[index], range.granularity)).toISOString();
        location.hash = link("/requests", { ...scope, start: new Date(starts[index]).toISOString(), end });
      },
    });
    const lines = courses(now.series, range, measure, drawn).map(({ group, values }) => ({
      label: group === null ? "others" : nameOf(group),
      color: colorOf(group),
      isLine: measure.isLine,
      values,
    }));
    const past = { label: "before", color: "text-faint", isLine: true };
    if (oldWhole) lines.push({ ...past, values: earlier(oldWhole.series, before, measure, starts.length) });
    const hrefOf = (/** @type {string} */ group) =>
      link("/requests", { ...scope, ...span, ...(filterFor(by, group, tag) ?? {}) });
    const label = groupings.find(({ id }) => id === by)?.label ?? by;
    const oldSums = old && new Map(sums(old.series, measure).map((sum) => [sum.group, sum]));
    replace(
      content,
      h(
        "section",
        { class: "card", "aria-label": measure.label },
        h("div", { class: "body tall" }, drawing.element),
        groupTable({ sums: list, before: oldSums, measure, nameOf, colorOf, hrefOf, by: by ? label : "Requests" }),
        h(
          "footer",
          { class: "table-foot line" },
          h("span", { class: "faint small" }, `${count(list.length)} in all${oldWhole ? "; grey is before" : ""}`),
        ),
      ),
    );
    drawing.set({
      labels: starts.map((start) => bucketLabel(start, range.granularity)),
      titles: starts.map((start) => bucketTitle(start, range.granularity)),
      series: lines,
      summary: lines.map((line) => line.label).join(", "),
    });
  }

  const update = (/** @type {URLSearchParams} */ next) => {
    query = next;
    const chosen = read(query);
    replace(times, timeRange({ query, fallback, go }));
    const now = { ...chosen, measure: chosen.measure.id };
    api.reportGroupings().then((known) => {
      if (next === query) replace(controls, analyticsControls({ query, chosen: now, known, go, save: () => save() }));
    });
    load();
  };
  signal.addEventListener("abort", () => asked.abort());
  replace(main, h("header", { class: "page-head" }, h("h1", { tabindex: -1 }, title), times), controls, content, foot);
  update(query);
  return { update };
}

/**
 * Names of groups that are identifiers.
 * @param {string} by
 * @param {AbortSignal} signal
 * @returns {Promise<Map<string, string>>}
 */
async function namesFor(by, signal) {
  const named = (/** @type {any[]} */ list) => new Map(list.map(({ id, name }) => [id, name]));
  if (by === "project") return named(await api.projects({ include_deleted: true, signal }));
  return by === "key" ? named(await api.keys({ signal })) : new Map();
}
