// @ts-check
// Addresses as values: `#/requests/123?status=5xx` ↔ path and query. Pure; app.js listens and acts.

/** @typedef {{ path: string, query: URLSearchParams }} Address */

/**
 * @param {string} hash as in `location.hash`
 * @returns {Address}
 */
export function parse(hash) {
  const text = hash.replace(/^#/, "");
  const mark = text.indexOf("?");
  const path = mark < 0 ? text : text.slice(0, mark);
  return {
    path: "/" + path.split("/").filter(Boolean).join("/"),
    query: new URLSearchParams(mark < 0 ? "" : text.slice(mark + 1)),
  };
}

/**
 * An address as a link. Empty values are left out, so that no filter leaves no trace.
 * @param {string} path
 * @param {URLSearchParams | Record<string, unknown>} [query]
 */
export function link(path, query = {}) {
  const entries = query instanceof URLSearchParams ? [...query] : Object.entries(query);
  const kept = entries.filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(kept.map(([key, value]) => [key, String(value)])).toString();
  return `#${path}${text ? "?" + text : ""}`;
}

/**
 * The first route that a path fits, with what its `:names` stand for.
 * @template {{ path: string }} Route
 * @param {readonly Route[]} routes
 * @param {string} path
 * @returns {{ route: Route, params: Record<string, string> } | null}
 */
export function match(routes, path) {
  const parts = path.split("/");
  for (const route of routes) {
    const pattern = route.path.split("/");
    if (pattern.length !== parts.length) continue;
    /** @type {Record<string, string>} */
    const params = {};
    const fits = pattern.every((piece, index) => {
      if (!piece.startsWith(":")) return piece === parts[index];
      params[piece.slice(1)] = decoded(parts[index]);
      return parts[index] !== "";
    });
    if (fits) return { route, params };
  }
  return null;
}

/**
 * A query with some fields changed; a null removes one.
 * @param {URLSearchParams} query
 * @param {Record<string, string | null>} changes
 */
export function changed(query, changes) {
  const copy = new URLSearchParams(query);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === "") copy.delete(key);
    else copy.set(key, value);
  }
  return copy;
}

/** @param {string} text a path piece; broken escapes stay as they are */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
