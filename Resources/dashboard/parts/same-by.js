// @ts-check
// The same by command line and by API, at the foot of every page.

import { h } from "../html.js";
import { managementCall } from "../curl.js";
import { command } from "./copy.js";

/** @typedef {{ command?: string, method?: string, path: string, body?: object }} Same */

/** @param {Same} same */
export const sameBy = ({ command: line, method = "GET", path, body }) => {
  const name = line ? "The same by command line or API" : "The same by API";
  return h(
    "details",
    { class: "same", "aria-label": name },
    h("summary", { class: "small faint" }, name),
    h(
      "div",
      { class: "stack" },
      line ? command(line) : null,
      command(managementCall(location.origin, method, path, body)),
    ),
  );
};
