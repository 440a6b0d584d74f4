// @ts-check
// The ways to every page, in groups.

import { h } from "../html.js";
import { link } from "../router.js";
import { groups, routes } from "../routes.js";
import { may } from "../state.js";
import { icon } from "./icon.js";

/**
 * @param {string} path where the reader is
 * @param {string | null} project the one that was chosen
 */
export const ways = (path, project) => groups.map((group) => section(group, path, project));

/**
 * @param {import("../routes.js").Route} route
 * @param {string} path
 */
const isAt = (route, path) => path === route.path || (route.path !== "/" && path.startsWith(`${route.path}/`));

/**
 * The ways to the pages of one group; the project that was chosen goes along where it means something.
 * @param {import("../routes.js").Group} group
 * @param {string} path
 * @param {string | null} project
 */
function section(group, path, project) {
  const isOpen = (/** @type {import("../routes.js").Route} */ { least }) => !least || may(least);
  const entries = routes.filter((route) => route.nav && route.group === group && isOpen(route));
  const ways = entries.map((route) => {
    const href = link(route.path, route.isScoped ? { project_id: project } : {});
    const here = isAt(route, path) ? "page" : null;
    return h("li", null, h("a", { href, "aria-current": here }, route.icon && icon(route.icon), route.nav));
  });
  if (ways.length === 0) return null;
  return [group && h("h2", { class: "small faint" }, group), h("ul", null, ways)];
}
