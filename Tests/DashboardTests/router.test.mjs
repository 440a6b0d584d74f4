// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { changed, link, match, parse } from "../../Resources/dashboard/router.js";
import { routes } from "../../Resources/dashboard/routes.js";

test("an address is a path and a query", () => {
  const rows = /** @type {const} */ ([
    ["", "/", ""],
    ["#/", "/", ""],
    ["#/requests", "/requests", ""],
    ["#/requests/?status=5xx", "/requests", "status=5xx"],
    ["#/requests?q=a%3Fb&tags=team%3Dml", "/requests", "q=a%3Fb&tags=team%3Dml"],
    ["#//requests//1", "/requests/1", ""],
  ]);
  for (const [hash, path, query] of rows) {
    const address = parse(hash);
    assert.deepEqual([address.path, address.query.toString()], [path, query], hash);
  }
});

test("links leave out what is empty and escape the rest", () => {
  assert.equal(link("/requests"), "#/requests");
  assert.equal(link("/requests", { status: "", q: null, tags: "a=b&c" }), "#/requests?tags=a%3Db%26c");
  const again = parse(link("/x", { q: "ünï?&#=" }));
  assert.equal(again.query.get("q"), "ünï?&#=");
});

test("routes are matched piece by piece, the first that fits", () => {
  const found = (/** @type {string} */ path) => {
    const result = match(routes, path);
    return result && [result.route.path, result.params];
  };
  assert.deepEqual(found("/"), ["/", {}]);
  assert.deepEqual(found("/requests"), ["/requests", {}]);
  assert.deepEqual(found("/requests/0b7e%20x"), ["/requests/:id", { id: "0b7e x" }]);
  assert.deepEqual(found("/requests/%E0%A4%A"), ["/requests/:id", { id: "%E0%A4%A" }]);
  assert.equal(found("/requests/1/2"), null);
  assert.equal(found("/nowhere"), null);
});

test("a query changes without touching the one it came from", () => {
  const query = new URLSearchParams("a=1&b=2");
  assert.equal(changed(query, { a: null, b: "3", c: "4", d: "" }).toString(), "b=3&c=4");
  assert.equal(query.toString(), "a=1&b=2");
});

test("every page in the rail has an icon, and paths are unique", () => {
  for (const route of routes) assert.equal(Boolean(route.nav), Boolean(route.icon), route.path);
  assert.equal(new Set(routes.map(({ path }) => path)).size, routes.length);
});
