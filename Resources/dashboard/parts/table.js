// @ts-check
// A table of records: fixed columns, rows that open by click or Enter, j and k to walk, new rows on top.

import { h, replace } from "../html.js";
import { head, waitingRows } from "./table-frame.js";

/**
 * @template Row
 * @typedef {import("./table-frame.js").Column<Row>} Column
 */

/**
 * @template Row
 * @param {object} settings
 * @param {string} settings.name
 * @param {Column<Row>[]} settings.columns
 * @param {(row: Row) => string} settings.id
 * @param {(row: Row) => string} [settings.href] makes the first column's cell a link and the whole row open it
 */
export function table({ name, columns, id, href }) {
  const body = h("tbody");
  /** @type {Map<string, HTMLElement>} */
  const known = new Map();
  const opens = href ? "opens" : "";
  const element = h(
    "div",
    { class: "table-box" },
    h("table", { class: `table ${opens}` }, h("caption", { class: "unseen" }, name), head(columns), body),
  );

  const make = (/** @type {Row} */ row) => {
    const cells = columns.map((column, index) => {
      const content = column.cell(row);
      const inner = href && index === 0 ? h("a", { href: href(row) }, content) : content;
      return h("td", { class: column.class, title: column.title?.(row) ?? null }, inner);
    });
    return h("tr", null, cells);
  };

  const rowFor = (/** @type {Row} */ row, isNew = false) => {
    const key = id(row);
    let line = known.get(key);
    if (!line) {
      line = make(row);
      if (isNew) line.classList.add("new");
      known.set(key, line);
    }
    return line;
  };

  body.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.closest("a, button") || getSelection()?.toString()) return;
    target.closest("tr")?.querySelector("a")?.click();
  });

  return {
    element,
    /**
     * Shows exactly these rows; those already there keep their element, focus and selection.
     * @param {Row[]} rows
     * @param {{ marksNew?: boolean }} [options]
     */
    set(rows, options = {}) {
      const lines = rows.map((row) => rowFor(row, options.marksNew));
      const kept = new Set(lines);
      for (const [key, line] of known) if (!kept.has(line)) known.delete(key);
      for (const line of [...body.children]) if (!kept.has(/** @type {any} */ (line))) line.remove();
      lines.forEach((line, index) => {
        if (body.children[index] !== line) body.insertBefore(line, body.children[index] ?? null);
      });
    },
    /** @param {Row[]} rows */
    append(rows) {
      body.append(...rows.map((row) => rowFor(row)));
    },
    /**
     * Rows of grey bars while the first answer is on its way.
     * @param {number} rows
     */
    wait(rows) {
      known.clear();
      replace(body, waitingRows(columns, rows));
    },
    /**
     * Moves the focus to the next or the previous row.
     * @param {1 | -1} step
     */
    walk(step) {
      const links = [...body.querySelectorAll("a")].filter(
        (link) => link.closest("td") === link.closest("tr")?.firstElementChild,
      );
      const here = links.findIndex((link) => link === document.activeElement);
      const next = links[here < 0 ? 0 : Math.min(links.length - 1, Math.max(0, here + step))];
      next?.focus();
      next?.closest("tr")?.scrollIntoView({ block: "nearest" });
    },
    get count() {
      return known.size;
    },
  };
}
