// @ts-check
// One project: its facts, its settings, the end; and the form for a new one.

import * as api from "../api.js";
import { h } from "../html.js";
import { count, money, momentExact } from "../format.js";
import { changes, nested } from "../forms.js";
import { link } from "../router.js";
import { may } from "../state.js";
import { ask } from "./ask.js";
import { facts } from "./facts.js";
import { form } from "./form.js";
import { settingFields } from "./project-fields.js";

/**
 * @param {any} project
 * @param {any} sum what it asked for in the last 30 days
 * @param {import("./collection.js").Tools} tools
 */
export function projectSheet(project, sum, tools) {
  const before = { name: project.name, ...flat(project.settings) };
  const made = form({
    label: "Save",
    fields: settingFields(project),
    send: async (values) => {
      await api.updateProject(project.id, nested(changes(values, before)));
      tools.done(`Project ${values.name} saved`);
    },
  });
  const remove = () =>
    ask({
      title: `Delete the project ${project.name}?`,
      text: "Its keys are revoked at once. Its records and its ledger remain, so that figures stay right.",
      label: "Delete the project",
      run: () => api.deleteProject(project.id),
      done: () => tools.done(`Project ${project.name} deleted`),
    });
  const scope = { project_id: project.id };
  return [
    facts([
      ["Slug", h("code", null, project.slug)],
      ["Id", h("code", null, project.id)],
      ["Made", momentExact(project.created_at)],
      ["Deleted", project.deleted_at && momentExact(project.deleted_at)],
      ["Last 30 days", `${count(sum?.requests ?? 0)} requests, ${money(sum?.cost_usd ?? 0)}`],
      [
        "Go to",
        [
          h("a", { href: link("/", { ...scope, range: "30d" }) }, "Overview"),
          ", ",
          h("a", { href: link("/keys", scope) }, "Keys"),
        ],
      ],
    ]),
    project.deleted_at || !may("admin")
      ? null
      : [
          h("hr"),
          made.element,
          h("hr"),
          h("div", null, h("button", { type: "button", class: "button danger", on: { click: remove } }, "Delete…")),
        ],
  ];
}

/** @param {import("./collection.js").Tools} tools */
export function projectMaker(tools) {
  const made = form({
    label: "Make the project",
    fields: [
      ...settingFields({ settings: { auto_resolve_bare_model: true, store_bodies: true } }),
      { name: "slug", label: "Slug", hint: "search", note: "Its name in addresses and commands. Made from the name." },
    ],
    send: async (values) => {
      const project = await api.createProject(nested(withoutNull(values)));
      tools.done(`Project ${project.name} made`);
    },
  });
  return made.element;
}

/** @param {Record<string, any>} values */
const withoutNull = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));

/** @param {any} settings */
const flat = (settings) =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [`settings.${name}`, value]));
