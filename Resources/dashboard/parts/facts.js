// @ts-check
// Names and values under each other; what has no value is left out.

import { h } from "../html.js";

/** @param {(readonly [string, import("../html.js").Child] | null | false | undefined)[]} entries */
export const facts = (entries) =>
  h(
    "dl",
    { class: "facts body" },
    entries.map((entry) => {
      if (!entry || entry[1] === null || entry[1] === undefined || entry[1] === "" || entry[1] === false) return null;
      return [h("dt", null, entry[0]), h("dd", null, entry[1])];
    }),
  );
