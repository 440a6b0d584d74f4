// @ts-check
// The appliance itself: version, queues, disk, and every address that it may talk to.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { bytes, count, duration, momentExact, words } from "../format.js";
import { bone, empty, failure, waiting } from "../parts/states.js";
import { grid } from "../parts/grid.js";
import { sameBy } from "../parts/same-by.js";

export const title = "System";

const interval = 5000;

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, { signal }) {
  const content = h("div", { class: "stack-page" });
  const load = async (isFirst = false) => {
    try {
      replace(content, sections(await api.system({ signal })));
    } catch (error) {
      if (!signal.aborted && isFirst)
        replace(
          content,
          h(
            "section",
            { class: "card" },
            failure(error, () => load(true)),
          ),
        );
    }
  };
  replace(content, h("section", { class: "card" }, h("div", { class: "body" }, bone("", "plot"))), waiting());
  replace(main, h("header", { class: "page-head" }, h("h1", { tabindex: -1 }, title)), content);
  load(true);
  // Not under someone's hands: what is selected or focused would be gone.
  const isInUse = () => content.contains(document.activeElement) || getSelection()?.toString();
  const timer = setInterval(() => document.hidden || isInUse() || load(), interval);
  signal.addEventListener("abort", () => clearInterval(timer));
}

/** @param {any} system */
function sections(system) {
  const { egress = [], ...rest } = system;
  const plain = Object.entries(rest).filter(([, value]) => value !== null && typeof value !== "object");
  const groups = Object.entries(rest).filter(
    ([, value]) => value !== null && typeof value === "object" && Object.keys(value).length > 0,
  );
  return [
    h(
      "div",
      { class: "cards flow" },
      card("Appliance", facts(plain)),
      groups.map(([name, value]) =>
        card(words(name), Array.isArray(value) ? list(value) : facts(Object.entries(value))),
      ),
    ),
    card(
      "Where it may connect to",
      egress.length === 0
        ? empty({ title: "Nowhere: no provider with an address is configured", isInline: true })
        : list(egress),
    ),
    sameBy({ command: "modelux status", path: "system" }),
  ];
}

/**
 * @param {string} name
 * @param {import("../html.js").Child} content
 */
const card = (name, content) =>
  h("section", { class: "card" }, h("header", null, h("h2", null, name[0].toUpperCase() + name.slice(1))), content);

/** @param {[string, any][]} entries */
const facts = (entries) =>
  h(
    "dl",
    { class: "facts body close" },
    entries.map(([name, value]) => [h("dt", null, label(name, entries)), h("dd", null, shown(name, value))]),
  );

/** @param {any[]} items */
function list(items) {
  if (items.some((item) => item === null || typeof item !== "object")) {
    return h(
      "ul",
      { class: "body close stack" },
      items.map((item) => h("li", { class: "wrap" }, String(item))),
    );
  }
  const heads = [...new Set(items.flatMap((item) => Object.keys(item)))];
  return grid(
    "List",
    heads.map((head) => label(head)),
    items.map((item) => heads.map((head) => shown(head, item[head]))),
  );
}

/**
 * A field's name, without its unit unless another field has that name.
 * @param {string} name
 * @param {[string, any][]} [fields]
 */
function label(name, fields = []) {
  const bare = name.replace(/_(bytes|seconds|ms)$/, "");
  return words(fields.some(([other]) => other === bare) ? name : bare)
    .replace(/\burl\b/, "URL")
    .replace(/^./, (letter) => letter.toUpperCase());
}

/**
 * A field's value in the unit that its name ends with.
 * @param {string} name
 * @param {any} value
 * @returns {import("../html.js").Child}
 */
function shown(name, value) {
  if (value === null || value === undefined) return "–";
  if (Array.isArray(value)) return value.map(String).join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (name.endsWith("_at") || name === "time") return momentExact(value);
  if (typeof value !== "number") return String(value);
  if (name.endsWith("_id")) return String(value);
  if (name.endsWith("_bytes")) return bytes(value);
  if (name.endsWith("_seconds")) return duration(value * 1000);
  if (name.endsWith("_ms")) return duration(value);
  return count(value);
}
