// @ts-check
// Start, session, and the way from an address to a page.

import * as api from "./api.js";
import { link, match, parse } from "./router.js";
import { routes } from "./routes.js";
import { state } from "./state.js";
import { h, replace } from "./html.js";
import { failure } from "./parts/states.js";
import { shell } from "./parts/shell.js";

const product = "modelux";

/** The page on show: what it can do with a new query, and how to end what it started. */
let current = {
  key: "",
  leave: new AbortController(),
  update: /** @type {((query: URLSearchParams) => void) | null} */ (null),
};
/** @type {ReturnType<typeof shell> | null} */
let frame = null;
/** Where someone wanted to go before being asked to sign in. */
let wanted = "";

async function follow() {
  const { path, query } = parse(location.hash);
  const found = match(routes, path);
  if (!found) return void (location.hash = "#/");
  const { route, params } = found;
  if (!route.isPublic && !state.session) {
    wanted = location.hash;
    return void (location.hash = "#/sign-in");
  }
  const key = `${route.path} ${JSON.stringify(params)}`;
  if (key === current.key && current.update) {
    frame?.set(path, query);
    return current.update(query);
  }
  current.leave.abort();
  const leave = new AbortController();
  current = { key, leave, update: null };
  const main = place(route.isPublic ?? false, path, query);
  try {
    const page = await route.page();
    if (leave.signal.aborted) return;
    const setTitle = (/** @type {string} */ title) => (document.title = `${title} – ${product}`);
    setTitle(page.title);
    const go = (/** @type {URLSearchParams} */ next, { replaces = false } = {}) => {
      const address = link(path, next);
      if (!replaces) location.hash = address;
      else {
        history.replaceState(null, "", address);
        follow();
      }
    };
    const handle = page.render(main, { params, query, signal: leave.signal, go, setTitle });
    current.update = handle?.update ?? null;
    main.querySelector("h1")?.focus({ preventScroll: true });
    scrollTo(0, 0);
  } catch (error) {
    if (!leave.signal.aborted)
      replace(
        main,
        failure(error, () => location.reload()),
      );
  }
}

/**
 * An empty `main` inside the frame, or alone for a page that needs no session.
 * @param {boolean} isAlone
 * @param {string} path
 * @param {URLSearchParams} query
 */
function place(isAlone, path, query) {
  const main = h("main", { id: "main", class: "page", tabindex: -1 });
  if (isAlone) {
    frame = null;
    replace(document.body, main);
    return main;
  }
  if (!frame) {
    frame = shell();
    replace(document.body, frame.element);
  }
  frame.show(main);
  frame.set(path, query);
  return main;
}

document.addEventListener("signedin", () => {
  location.hash = wanted || "#/";
  wanted = "";
});

document.addEventListener("signedout", () => {
  if (!state.session) return;
  state.session = null;
  wanted = location.hash;
  location.hash = "#/sign-in";
});

addEventListener("hashchange", follow);

if (!location.hash.startsWith("#/sign-in?")) state.session = await api.session().catch(() => null);
if (state.session && parse(location.hash).path === "/sign-in") location.hash = "#/";
else if (!location.hash) history.replaceState(null, "", "#/");
follow();
