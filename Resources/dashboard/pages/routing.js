// @ts-check
// Routing configs: the names that applications ask for, and what each leads to.

import * as api from "../api.js";
import { h } from "../html.js";
import { moment } from "../format.js";
import { link } from "../router.js";
import { changedPolicy, policies, policyOf, summary } from "../routing.js";
import { may } from "../state.js";
import { collection } from "../parts/collection.js";
import { form } from "../parts/form.js";
import { knownTargets } from "../parts/known-targets.js";
import { sameBy } from "../parts/same-by.js";
import { empty } from "../parts/states.js";
import { table } from "../parts/table.js";

export const title = "Routing";

/** @typedef {{ configs: any[], projects: any[] }} Data */

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, context) {
  const { signal } = context;
  return collection(main, context, {
    title,
    add: may("member") ? "New config" : null,
    load: async (query) => {
      const [configs, projects] = await Promise.all([
        api.configs({ project_id: query.get("project_id"), signal }),
        api.projects({ signal }),
      ]);
      // Those of a deleted project answer nobody any more.
      const known = new Set(projects.map(({ id }) => id));
      return { configs: configs.filter((config) => known.has(config.project_id)), projects };
    },
    list,
    one: () => null,
    make: (data, tools) => ({ title: "New routing config", content: maker(data, tools) }),
    foot: sameBy({
      method: "POST",
      path: "routing-configs",
      body: {
        slug: "production",
        project_id: "default",
        policy: "fallback_chain",
        config: { models: [{ model: "openai/gpt-4o-mini" }, { model: "anthropic/claude-haiku-4-5" }] },
      },
    }),
  });
}

/**
 * @param {Data} data
 * @param {URLSearchParams} query
 */
function list({ configs, projects }, query) {
  const now = new Date();
  const project = (/** @type {any} */ config) =>
    projects.find(({ id }) => id === config.project_id)?.name ?? config.project_id;
  const what = (/** @type {any} */ config) => summary(config.policy, config.config);
  const rows = table({
    name: "Routing configs",
    id: (/** @type {any} */ config) => config.id,
    href: (config) => link(`/routing/${config.id}`, { project_id: query.get("project_id") }),
    columns: [
      { label: "Name", cell: (config) => `@${config.slug}`, title: (config) => config.slug, width: "9.5rem" },
      { label: "Project", cell: project, title: project, class: "from-m", width: "14%" },
      { label: "Policy", cell: (config) => policyOf(config.policy).label, class: "from-s", width: "9rem" },
      { label: "Goes to", cell: (config) => h("span", { class: "soft" }, what(config)), title: what },
      { label: "Version", cell: (config) => config.version, class: "number", width: "5rem" },
      { label: "Changed", cell: (config) => changedCell(config, now), class: "number from-l", width: "13rem" },
    ],
  });
  rows.set(configs);
  const none = empty({ title: "No routing configs here", text: "A config is what applications ask for as @name." });
  return h("section", { class: "card", "aria-label": "Routing configs" }, configs.length > 0 ? rows.element : none);
}

/**
 * @param {any} config
 * @param {Date} now
 */
const changedCell = (config, now) =>
  h("span", { class: "soft" }, `${moment(config.updated_at, now).slice(0, -3)} by ${config.author}`);

/**
 * @param {Data} data
 * @param {import("../parts/collection.js").Tools} tools
 */
function maker({ configs, projects }, tools) {
  const place = h("div");
  const draw = (/** @type {{ id: string, label: string }[]} */ targets) => {
    const made = form({
      label: "Make the config",
      fields: [
        { name: "slug", label: "Name", required: true, hint: "production", note: "Applications ask for it as @name." },
        {
          name: "project_id",
          label: "Project",
          kind: "select",
          value: tools.query.get("project_id") ?? projects[0]?.id,
          options: projects.map(({ id, name }) => ({ id, label: name })),
        },
        { name: "policy", label: "Policy", kind: "select", options: policies, value: "fallback_chain", wide: true },
        {
          name: "models",
          label: "Targets",
          kind: "lines",
          required: true,
          hint: targets.length > 0 ? hinted(targets) : "sandbox/lorem",
          note: "provider/model or @config, one on a line, in order. The builder has all the rest.",
        },
      ],
      send: async ({ slug, project_id, policy, models }) => {
        const config = { models: models.map((/** @type {string} */ model) => ({ model })) };
        const draft = changedPolicy(policy, { policy: "fallback_chain", config });
        const saved = await api.createConfig({ slug: slug.replace(/^@/, ""), project_id, ...draft });
        location.hash = link(`/routing/${saved.id}`);
      },
    });
    place.replaceChildren(made.element);
  };
  draw([]);
  knownTargets(configs, tools.signal).then(({ targets }) => place.querySelector("form[data-clean]") && draw(targets));
  return place;
}

/** @param {{ id: string }[]} targets */
const hinted = (targets) =>
  targets
    .slice(0, 2)
    .map(({ id }) => id)
    .join("\n");
