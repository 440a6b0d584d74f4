// @ts-check
// Project keys as a table.

import { h } from "../html.js";
import { ago, count, moment } from "../format.js";
import { changed, link } from "../router.js";
import { empty } from "./states.js";
import { table } from "./table.js";

/** @param {any} key */
export function keyState(key) {
  if (key.revoked_at) return "revoked";
  return key.expires_at && Date.parse(key.expires_at) < Date.now() ? "expired" : "active";
}

/**
 * @param {any[]} keys
 * @param {any[]} projects
 * @param {HTMLElement | null} states
 * @param {URLSearchParams} query
 */
export function keyList(keys, projects, states, query) {
  const project = (/** @type {any} */ key) => projects.find(({ id }) => id === key.project_id)?.name ?? key.project_id;
  const now = new Date();
  const rows = table({
    name: "Keys",
    id: (/** @type {any} */ key) => key.id,
    href: (key) => link("/keys", changed(query, { open: key.id })),
    columns: [
      { label: "Name", cell: (key) => key.name, title: (key) => key.name },
      { label: "Secret", cell: (key) => h("code", null, key.display), width: "9.5rem", class: "from-s" },
      { label: "Project", cell: project, title: project, class: "from-m", width: "18%" },
      { label: "Models", cell: models, title: (key) => key.allowed_models.join(", "), class: "from-l", width: "18%" },
      {
        label: "Per minute",
        cell: (key) => (key.rate_limit === 0 ? "no limit" : count(key.rate_limit)),
        class: "number from-s",
        width: "6.5rem",
      },
      { label: "Ends", cell: (key) => end(key, now), class: "number", width: "8.5rem" },
      { label: "Made", cell: (key) => ago(key.created_at, now), class: "number from-l", width: "7rem" },
    ],
  });
  rows.set(keys);
  return h(
    "section",
    { class: "card", "aria-label": "Keys" },
    states && h("header", null, states),
    keys.length > 0
      ? rows.element
      : empty({
          title: "No keys here",
          text: "Every application gets a key of its own, so that it can be limited and revoked alone.",
          command: "modelux keys create --project default --name my-app",
        }),
  );
}

/** @param {any} key */
const models = (key) => (key.allowed_models.length > 0 ? key.allowed_models.join(", ") : "every model");

/**
 * @param {any} key
 * @param {Date} now
 */
function end(key, now) {
  if (key.revoked_at) return h("span", { class: "badge" }, "revoked");
  if (!key.expires_at) return h("span", { class: "faint" }, "never");
  return h("time", { datetime: key.expires_at }, moment(key.expires_at, now).slice(0, -3));
}
