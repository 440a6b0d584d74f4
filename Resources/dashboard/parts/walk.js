// @ts-check
// j and k lead from row to row of the lists on a page; Enter opens one.

import { onKeys } from "../keys.js";

/**
 * @param {HTMLElement} content what holds the lists
 * @param {AbortSignal} signal
 */
export function walks(content, signal) {
  const step = (/** @type {1 | -1} */ by) => {
    const links = /** @type {HTMLElement[]} */ ([...content.querySelectorAll(".table tbody tr > td:first-child > a")]);
    const here = links.findIndex((link) => link === document.activeElement);
    const next = links[here < 0 ? 0 : Math.min(links.length - 1, Math.max(0, here + by))];
    next?.focus();
    next?.closest("tr")?.scrollIntoView({ block: "nearest" });
  };
  onKeys({ j: () => step(1), k: () => step(-1) }, signal);
}
