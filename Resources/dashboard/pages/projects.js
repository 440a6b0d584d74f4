// @ts-check
// Projects: teams and applications, with what each may do and what of it is kept.

import * as api from "../api.js";
import { h } from "../html.js";
import { ago, count, money } from "../format.js";
import { changed, link } from "../router.js";
import { groups } from "../series.js";
import { may } from "../state.js";
import { collection } from "../parts/collection.js";
import { projectMaker, projectSheet } from "../parts/project-sheet.js";
import { sameBy } from "../parts/same-by.js";
import { shownStates } from "../parts/shown-states.js";
import { empty } from "../parts/states.js";
import { table } from "../parts/table.js";

export const title = "Projects";

const month = 30 * 86_400_000;

/** @typedef {{ projects: any[], sums: Map<string, any> }} Data */

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, context) {
  return collection(main, context, {
    title,
    add: may("admin") ? "New project" : null,
    load: () => load(context.signal),
    list(data, query) {
      const states = shownStates({
        all: data.projects,
        stateOf: (project) => (project.deleted_at ? "deleted" : "active"),
        first: "active",
        chosen: query.get("state"),
        choose: (state) => context.go(changed(query, { state })),
      });
      return list(states.shown, data, states.element, query);
    },
    one(id, data, tools) {
      const project = data.projects.find((candidate) => candidate.id === id);
      return project ? { title: project.name, content: projectSheet(project, data.sums.get(project.id), tools) } : null;
    },
    make: (_data, tools) => ({ title: "New project", content: projectMaker(tools) }),
    foot: sameBy({ command: "modelux projects create search --name Search", path: "projects" }),
  });
}

/**
 * Projects, and what each asked for in the last 30 days.
 * @param {AbortSignal} signal
 * @returns {Promise<Data>}
 */
async function load(signal) {
  const now = Date.now();
  const period = { start: new Date(now - month).toISOString(), end: new Date(now).toISOString(), granularity: "day" };
  const [projects, report] = await Promise.all([
    api.projects({ include_deleted: true, signal }),
    api.report({ ...period, group_by: "project" }, { signal }).catch(() => ({ series: [] })),
  ]);
  return { projects, sums: new Map(groups(report.series).map((sum) => [sum.group, sum])) };
}

/**
 * @param {any[]} projects
 * @param {Data} data
 * @param {HTMLElement | null} states
 * @param {URLSearchParams} query
 */
function list(projects, { sums }, states, query) {
  const now = new Date();
  const rows = table({
    name: "Projects",
    id: (/** @type {any} */ project) => project.id,
    href: (project) => link("/projects", changed(query, { open: project.id })),
    columns: [
      { label: "Name", cell: (project) => project.name, title: (project) => project.name },
      { label: "Slug", cell: (project) => h("code", null, project.slug), class: "from-s", width: "22%" },
      {
        label: "Bodies",
        cell: (project) => (project.settings.store_bodies ? "stored" : "not stored"),
        class: "from-m",
        width: "7rem",
      },
      {
        label: "Requests, 30 d",
        cell: (project) => count(sums.get(project.id)?.requests ?? 0),
        class: "number from-s",
        width: "8rem",
      },
      {
        label: "Cost, 30 d",
        cell: (project) => money(sums.get(project.id)?.cost_usd ?? 0),
        class: "number",
        width: "7rem",
      },
      { label: "Made", cell: (project) => ago(project.created_at, now), class: "number from-m", width: "7rem" },
    ],
  });
  rows.set(projects);
  return h(
    "section",
    { class: "card", "aria-label": "Projects" },
    states && h("header", null, states),
    projects.length > 0
      ? rows.element
      : empty({ title: "No projects here", command: "modelux projects create search --name Search" }),
  );
}
