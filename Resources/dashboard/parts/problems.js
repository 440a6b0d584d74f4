// @ts-check
// What is wrong now: each with the way to what it is about.

import { h } from "../html.js";
import { ago } from "../format.js";
import { link } from "../router.js";
import { icon } from "./icon.js";
import { empty } from "./states.js";

/** Where each kind of thing is looked after. */
const places = /** @type {Record<string, string>} */ ({
  budget: "/budgets",
  provider: "/providers",
  webhook_endpoint: "/alerts",
  routing_config: "/routing",
});

/**
 * @typedef {object} Problem
 * @property {string} severity
 * @property {string} message
 * @property {string | null} since
 * @property {string | null} resource
 * @property {string | null} id
 */

/** @param {Problem} problem */
export const placeOf = ({ resource, id }) => {
  const path = places[resource ?? ""];
  if (!path) return null;
  return resource === "routing_config" && id ? link(`${path}/${id}`) : link(path, { open: id });
};

/** @param {Problem[]} problems */
export function problemList(problems) {
  const now = new Date();
  const row = (/** @type {Problem} */ problem) => {
    const href = placeOf(problem);
    const isBad = problem.severity === "error";
    return h(
      "li",
      { class: `problem ${isBad ? "bad" : "warn"}` },
      icon("warning"),
      h("span", { class: "unseen" }, isBad ? "Error: " : "Warning: "),
      h("span", { class: "wrap" }, problem.message),
      problem.since ? h("time", { class: "small", datetime: problem.since }, ago(problem.since, now)) : null,
      href ? h("a", { class: "button tight", href }, "Look at it") : null,
    );
  };
  return h(
    "section",
    { class: "card", "aria-label": "Now" },
    h("header", null, h("h2", null, "Now")),
    problems.length > 0
      ? h(
          "ul",
          { class: "problems" },
          problems.map(row),
        )
      : empty({ title: "Nothing needs attention", isInline: true }),
  );
}
