// @ts-check
// Every page there is: one line each. `nav` puts it into the rail; a page's file is loaded when it is first opened.

/**
 * @typedef {object} Page
 * @property {string} title
 * @property {(main: HTMLElement, context: Context) => void | { update(query: URLSearchParams): void }} render
 *   Fills `main`. When it returns `update`, a change of the address's query calls that instead of a fresh `render`.
 */

/**
 * @typedef {object} Context
 * @property {Record<string, string>} params what the path's `:names` stand for
 * @property {URLSearchParams} query
 * @property {AbortSignal} signal aborts when the page is left: pass it to every call, timer and listener
 * @property {(query: URLSearchParams, how?: { replaces?: boolean }) => void} go changes the query of the address
 * @property {(title: string) => void} setTitle for pages that know their title only once data is there
 */

/**
 * @typedef {object} Route
 * @property {string} path
 * @property {() => Promise<Page>} page
 * @property {string} [nav]
 * @property {import("./parts/icon.js").IconName} [icon]
 * @property {Group} [group] where in the rail; the first group has no heading
 * @property {boolean} [isScoped] whether it shows one project or all of them
 * @property {"admin"} [least] the role below which the server refuses what it shows
 * @property {boolean} [isPublic] open without a session
 */

/** @typedef {"" | "Build" | "Govern" | "Operate"} Group */

/** @type {readonly Group[]} */
export const groups = ["", "Build", "Govern", "Operate"];

const watching = /** @type {const} */ ({ group: "", isScoped: true });
const building = /** @type {const} */ ({ group: "Build" });
const scoped = /** @type {const} */ ({ group: "Build", isScoped: true });
const governing = /** @type {const} */ ({ group: "Govern" });
const operating = /** @type {const} */ ({ group: "Operate" });

const administering = /** @type {const} */ ({ group: "Operate", least: "admin" });

/** @type {readonly Route[]} */
export const routes = [
  { path: "/", page: () => import("./pages/overview.js"), nav: "Overview", icon: "overview", ...watching },
  { path: "/requests", page: () => import("./pages/requests.js"), nav: "Requests", icon: "requests", ...watching },
  { path: "/requests/:id", page: () => import("./pages/request.js") },
  { path: "/sessions", page: () => import("./pages/sessions.js"), nav: "Sessions", icon: "sessions", ...watching },
  { path: "/sessions/:kind/:id", page: () => import("./pages/session.js") },
  { path: "/analytics", page: () => import("./pages/analytics.js"), nav: "Analytics", icon: "analytics", ...watching },
  { path: "/routing", page: () => import("./pages/routing.js"), nav: "Routing", icon: "routing", ...scoped },
  { path: "/routing/:id", page: () => import("./pages/routing-config.js") },
  { path: "/providers", page: () => import("./pages/providers.js"), nav: "Providers", icon: "providers", ...building },
  { path: "/models", page: () => import("./pages/models.js"), nav: "Models", icon: "models", ...building },
  { path: "/setup", page: () => import("./pages/setup.js"), nav: "Client set-up", icon: "setup", ...building },
  { path: "/projects", page: () => import("./pages/projects.js"), nav: "Projects", icon: "projects", ...governing },
  { path: "/keys", page: () => import("./pages/keys.js"), nav: "Keys", icon: "keys", ...governing, isScoped: true },
  { path: "/budgets", page: () => import("./pages/budgets.js"), nav: "Budgets", icon: "budgets", ...governing },
  { path: "/alerts", page: () => import("./pages/alerts.js"), nav: "Alerts", icon: "alerts", ...governing },
  { path: "/members", page: () => import("./pages/members.js"), nav: "Members", icon: "members", ...operating },
  { path: "/audit", page: () => import("./pages/audit.js"), nav: "Audit", icon: "audit", ...administering },
  { path: "/system", page: () => import("./pages/system.js"), nav: "System", icon: "system", ...operating },
  { path: "/welcome", page: () => import("./pages/welcome.js") },
  { path: "/sign-in", page: () => import("./pages/sign-in.js"), isPublic: true },
];
