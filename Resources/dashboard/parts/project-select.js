// @ts-check
// One project or all of them; the choice is in the address.

import { h } from "../html.js";
import { changed, link, parse } from "../router.js";

/**
 * @param {any[]} projects
 * @param {string | null} chosen
 */
export function projectSelect(projects, chosen) {
  const change = (/** @type {any} */ event) => {
    const { path, query } = parse(location.hash);
    location.hash = link(path, changed(query, { project_id: event.target.value }));
  };
  const options = [{ id: "", name: "All projects" }, ...projects];
  return h(
    "select",
    { "aria-label": "Project", on: { change } },
    options.map(({ id, name }) => h("option", { value: id, selected: id === (chosen ?? "") }, name)),
  );
}
