// @ts-check
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import test from "node:test";
import { gzipSync } from "node:zlib";

const root = new URL("../../Resources/dashboard/", import.meta.url).pathname;
const read = (/** @type {string} */ name) => readFileSync(join(root, name), "utf8");
const folders = ["", "pages/", "parts/", "styles/"];
const files = folders.flatMap((folder) => readdirSync(join(root, folder)).map((name) => folder + name));
const scripts = files.filter((name) => name.endsWith(".js"));

/**
 * A module and all that it imports from the start.
 * @param {string} name
 * @param {Set<string>} found
 */
function closure(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const [, target] of read(name).matchAll(/^(?:import|export)[^;]*?from "([^"]+)"/gm)) {
    closure(normalize(join(dirname(name), target)), found);
  }
  return found;
}

test("the first page's modules are all asked for at once, and no other", () => {
  const needed = [...new Set([...closure("app.js"), ...closure("pages/overview.js"), "/vendor/chart.js"])];
  const listed = [...read("index.html").matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(([, href]) => href);
  assert.deepEqual(listed.sort(), needed.filter((name) => name !== "app.js").sort());
});

test("files stay small: pages 200 lines, parts 120, styles 300", () => {
  const most = (/** @type {string} */ name) =>
    name.startsWith("pages/") ? 200 : name.startsWith("parts/") ? 120 : name.startsWith("styles/") ? 300 : 500;
  for (const name of files.filter((file) => /\.(js|css)$/.test(file))) {
    assert.ok(read(name).trimEnd().split("\n").length <= most(name), name);
  }
});

test("nothing reads text as markup or code, and nothing comes from elsewhere", () => {
  for (const name of scripts) {
    const text = read(name);
    assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/, name);
    assert.doesNotMatch(text.replaceAll("http://www.w3.org/2000/svg", ""), /["'`]https?:\/\/[a-z]/, name);
  }
  assert.doesNotMatch(read("index.html"), /<script>|<style|\son\w+=|\sstyle=|https?:/);
});

test("colours come from the tokens only", () => {
  for (const name of files.filter((file) => file.endsWith(".css") && file !== "styles/tokens.css")) {
    assert.doesNotMatch(read(name), /#[0-9a-f]{3,8}\b|\brgb|\bhsl|oklch\(/i, name);
  }
});

test("every token that is used exists", () => {
  const known = new Set([...read("styles/tokens.css").matchAll(/^\s+(--[\w-]+):/gm)].map(([, name]) => name));
  for (const name of files.filter((file) => file.endsWith(".css"))) {
    const own = new Set(
      [
        ...scripts
          .map(read)
          .join("\n")
          .matchAll(/"(--[\w-]+)"/g),
      ].map(([, token]) => token),
    );
    for (const [, token] of read(name).matchAll(/(--[\w-]+):/g)) own.add(token);
    for (const [, token] of read(name).matchAll(/var\((--[\w-]+)/g))
      assert.ok(known.has(token) || own.has(token), `${name}: ${token}`);
  }
});

test("everything together is at most 400 KiB, compressed", () => {
  const chart = "/usr/share/javascript/chart.js/chart.min.js";
  const all = files.filter((name) => /\.(js|css|html|svg)$/.test(name)).map((name) => join(root, name));
  const sizes = [...all, ...(existsSync(chart) ? [chart] : [])].map((path) => gzipSync(readFileSync(path)).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(total <= 400 * 1024, `${total} bytes`);
});
