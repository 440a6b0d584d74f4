// @ts-check
// The frame: mark, ways to every page, projects, theme, the way out.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { parse } from "../router.js";
import { routes } from "../routes.js";
import { banner } from "./banner.js";
import { icon, mark } from "./icon.js";
import { ways } from "./nav.js";
import { projectSelect } from "./project-select.js";
import { railFoot } from "./rail-foot.js";

/**
 * @typedef {object} Shell
 * @property {HTMLElement} element
 * @property {(main: HTMLElement) => void} show
 * @property {(path: string, query: URLSearchParams) => void} set
 */

/** @returns {Shell} */
export function shell() {
  const nav = h("nav", { class: "nav", "aria-label": "Pages" });
  const switcher = h("div", { class: "switcher", hidden: true });
  /** @type {HTMLButtonElement} */
  const menu = h(
    "button",
    {
      type: "button",
      class: "menu",
      "aria-expanded": "false",
      "aria-label": "Menu",
      on: { click: () => open(!rail.hasAttribute("data-open")) },
    },
    icon("menu"),
  );
  /** @type {HTMLElement} */
  const rail = h(
    "header",
    { class: "rail", on: { keydown: (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && open(false) } },
    h("a", { class: "brand", href: "#/" }, mark(), "modelux"),
    menu,
    switcher,
    nav,
    railFoot(),
  );
  const wrong = banner();
  const column = h("div", { class: "column" }, wrong.element);
  const element = h(
    "div",
    { class: "shell" },
    h("a", { class: "skip", href: "#main", on: { click: skip } }, "Skip to the page"),
    rail,
    column,
  );
  const open = (/** @type {boolean} */ isOpen) => {
    rail.toggleAttribute("data-open", isOpen);
    menu.setAttribute("aria-expanded", String(isOpen));
  };

  /** @type {any[]} */
  let projects = [];
  const set = (/** @type {string} */ path, /** @type {URLSearchParams} */ query) => {
    open(false);
    const project = query.get("project_id");
    const isScoped = routes.some((route) => route.isScoped && route.path === path);
    replace(nav, ways(path, project));
    switcher.hidden = projects.length < 2 || !isScoped;
    if (!switcher.hidden) replace(switcher, projectSelect(projects, project));
  };
  api.projects().then(
    (list) => {
      projects = list;
      const { path, query } = parse(location.hash);
      if (element.isConnected) set(path, query);
    },
    () => {},
  );

  return {
    element,
    show(main) {
      element.querySelector("main")?.remove();
      column.append(main);
      wrong.refresh();
    },
    set,
  };
}

/**
 * The address belongs to the router, so a plain link to `#main` would leave the page.
 * @param {Event} event
 */
function skip(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
