// @ts-check
// The frame: mark, ways to every page, projects, theme, the way out.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { changed, link, parse } from "../router.js";
import { routes } from "../routes.js";
import { setTheme, state, theme } from "../state.js";
import { choice } from "./choice.js";
import { icon, mark } from "./icon.js";
import { toast } from "./toast.js";

/** Pages that show one project or all of them. */
const scoped = new Set(["/", "/requests"]);

/** @returns {{ element: HTMLElement, show(main: HTMLElement): void, set(path: string, query: URLSearchParams): void }} */
export function shell() {
  const nav = h("nav", { class: "nav", "aria-label": "Pages" });
  const switcher = h("div", { class: "switcher", hidden: true });
  const menu = h("button", { type: "button", class: "menu", "aria-expanded": "false", "aria-label": "Menu", on: { click: () => open(!rail.hasAttribute("data-open")) } }, icon("menu"));
  const rail = h("header", { class: "rail", on: { keydown: (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && open(false) } }, h("a", { class: "brand", href: "#/" }, mark(), "modelux"), menu, switcher, nav, foot());
  const element = h("div", { class: "shell" }, h("a", { class: "skip", href: "#main", on: { click: skip } }, "Skip to the page"), rail);
  const open = (/** @type {boolean} */ isOpen) => {
    rail.toggleAttribute("data-open", isOpen);
    menu.setAttribute("aria-expanded", String(isOpen));
  };

  /** @type {any[]} */
  let projects = [];
  const set = (/** @type {string} */ path, /** @type {URLSearchParams} */ query) => {
    open(false);
    const project = query.get("project_id");
    const entries = routes.filter((route) => route.nav && route.icon);
    replace(
      nav,
      entries.map((route) => {
        const isHere = route.path === "/" ? path === "/" : path === route.path || path.startsWith(`${route.path}/`);
        const href = link(route.path, scoped.has(route.path) ? { project_id: project } : {});
        return h("a", { href, "aria-current": isHere ? "page" : null }, route.icon ? icon(route.icon) : null, route.nav);
      }),
    );
    switcher.hidden = projects.length < 2 || !scoped.has(path);
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
      element.append(main);
    },
    set,
  };
}

/** The address belongs to the router, so a plain link to `#main` would leave the page. @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** @param {any[]} projects @param {string | null} chosen */
function projectSelect(projects, chosen) {
  const change = (/** @type {any} */ event) => {
    const { path, query } = parse(location.hash);
    location.hash = link(path, changed(query, { project_id: event.target.value }));
  };
  const options = [{ id: "", name: "All projects" }, ...projects];
  return h("select", { "aria-label": "Project", on: { change } }, options.map(({ id, name }) => h("option", { value: id, selected: id === (chosen ?? "") }, name)));
}

function foot() {
  const themes = choice({
    name: "Theme",
    options: [{ id: "auto", label: icon("auto"), title: "As the system" }, { id: "light", label: icon("light"), title: "Light" }, { id: "dark", label: icon("dark"), title: "Dark" }],
    value: theme(),
    choose: setTheme,
  });
  const leave = () => api.signOut().then(() => document.dispatchEvent(new CustomEvent("signedout")), (error) => toast(error.message));
  const who = state.session?.user?.email ?? state.session?.user?.name ?? state.session?.role ?? "";
  return h("div", { class: "rail-foot" }, h("div", null, themes.element), h("button", { type: "button", on: { click: leave } }, icon("leave"), "Sign out"), who ? h("p", { class: "who cut", title: "Signed in as" }, who) : null);
}
