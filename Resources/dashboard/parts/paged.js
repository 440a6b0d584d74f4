// @ts-check
// A table that grows at its end: a page more for every press of the button.

import { h, replace } from "../html.js";
import { count } from "../format.js";

/** @typedef {{ data: any[], next_cursor: string | null }} Page */

/**
 * @param {object} settings
 * @param {{ element: HTMLElement, set: (rows: any[]) => void, append: (rows: any[]) => void }} settings.rows
 * @param {Page} settings.first
 * @param {(cursor: string) => Promise<Page>} settings.ask
 * @param {(rows: any[]) => void} [settings.added]
 */
export function paged({ rows, first, ask, added }) {
  let { next_cursor: cursor } = first;
  let shown = first.data.length;
  const click = async () => {
    button.disabled = true;
    try {
      const page = await ask(/** @type {string} */ (cursor));
      rows.append(page.data);
      added?.(page.data);
      cursor = page.next_cursor;
      shown += page.data.length;
      draw();
    } catch (error) {
      draw(error instanceof Error ? error.message : String(error));
    } finally {
      button.disabled = false;
    }
  };
  const button = h("button", { type: "button", class: "button", on: { click } }, "Load more");
  const foot = h("footer", { class: "line spread table-foot" });
  const draw = (/** @type {string} */ trouble = "") => {
    const text = trouble || `${count(shown)} shown${cursor ? "" : ", all there are"}`;
    replace(foot, h("span", { class: "faint small", role: trouble ? "alert" : null }, text), cursor && button);
  };
  rows.set(first.data);
  draw();
  return [rows.element, foot];
}
