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
 * @property {boolean} [isPublic] open without a session
 */

/** @type {readonly Route[]} */
export const routes = [
  { path: "/", page: () => import("./pages/overview.js"), nav: "Overview", icon: "overview" },
  { path: "/requests", page: () => import("./pages/requests.js"), nav: "Requests", icon: "requests" },
  { path: "/requests/:id", page: () => import("./pages/request.js") },
  { path: "/setup", page: () => import("./pages/setup.js"), nav: "Client set-up", icon: "setup" },
  { path: "/system", page: () => import("./pages/system.js"), nav: "System", icon: "system" },
  { path: "/sign-in", page: () => import("./pages/sign-in.js"), isPublic: true },
];
