// @ts-check
// A page of named things: a list, and a sheet over it for one of them (`open=id`) or for a new one (`new=1`). Which is
// open is in the address, so it survives reload, back and a sent link.

import { h, replace } from "../html.js";
import { changed } from "../router.js";
import { framed } from "./framed.js";
import { icon } from "./icon.js";
import { sheet } from "./sheet.js";
import { toast } from "./toast.js";

/**
 * What a sheet can do.
 * @typedef {object} Tools
 * @property {(text: string) => void} done closes the sheet, says what happened, and reads the list again
 * @property {() => void} refresh reads the list again under the open sheet
 * @property {(title: string, content: import("../html.js").Child) => void} set another content for the same sheet
 * @property {URLSearchParams} query
 * @property {AbortSignal} signal
 */
/** @typedef {{ title: string, content: import("../html.js").Child } | null} Opened */

/**
 * @template Data
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 * @param {object} settings
 * @param {string} settings.title
 * @param {string | null} settings.add what the button for a new one says; null when there is none
 * @param {(query: URLSearchParams) => Promise<Data>} settings.load
 * @param {(data: Data, query: URLSearchParams) => import("../html.js").Child} settings.list
 * @param {(id: string, data: Data, tools: Tools) => Opened} settings.one
 * @param {(data: Data, tools: Tools) => Opened} [settings.make]
 * @param {import("../html.js").Child} [settings.controls]
 * @param {import("../html.js").Child} [settings.foot]
 */
export function collection(main, { query, signal, go }, settings) {
  const { title, add, load, list, one, make, controls = null, foot = null } = settings;
  /** @type {Data | null} */
  let data = null;
  /** @type {ReturnType<typeof sheet> | null} */
  let opened = null;
  let shown = "";
  let missing = "";
  const place = h("div");

  const close = () => opened?.element.close();
  const tools = () => ({
    done: (/** @type {string} */ text) => (toast(text), close(), page.reload({ quietly: true })),
    refresh: () => page.reload({ quietly: true }),
    set: (/** @type {string} */ name, /** @type {any} */ content) => opened?.set(name, content),
    query,
    signal,
  });

  const follow = () => {
    const wanted = query.has("new") ? "new" : query.get("open") ? `open ${query.get("open")}` : "";
    if (!data || wanted === shown) return;
    if (shown && !wanted) return close();
    const found = wanted === "new" ? make?.(data, tools()) : one(query.get("open") ?? "", data, tools());
    if (!found) {
      // It may have been made since the list was read.
      if (missing === wanted) return toast("There is no such thing here any more");
      missing = wanted;
      return void page.reload({ quietly: true });
    }
    shown = wanted;
    missing = "";
    const mine = sheet({ ...found, closed: () => opened === mine && closed() });
    opened = mine;
    replace(place, mine.element);
    mine.element.showModal();
    if (wanted !== "new") return;
    /** @type {HTMLElement | null} */ (mine.element.querySelector("form :is(input, select, textarea)"))?.focus();
  };
  const closed = () => {
    shown = "";
    opened = null;
    replace(place);
    // At once: the list may be read again before the address tells of its change.
    query = without(query);
    if (!signal.aborted) go(query);
  };

  const begin = () => go(changed(query, { new: "1", open: null }));
  const button =
    add && h("button", { type: "button", class: "button primary", on: { click: begin } }, icon("plus", 14), add);
  const page = framed(main, {
    title,
    signal,
    controls: h("div", { class: "line" }, controls, button),
    load: () => load(query),
    show(loaded) {
      data = loaded;
      queueMicrotask(follow);
      return list(loaded, without(query));
    },
    foot: [foot, place],
  });
  page.reload();
  return {
    update(/** @type {URLSearchParams} */ next) {
      const isSame = without(next).toString() === without(query).toString();
      query = next;
      if (isSame) follow();
      else page.reload();
    },
  };
}

/**
 * What the list depends on, and what its links begin with.
 * @param {URLSearchParams} query
 */
const without = (query) => changed(query, { open: null, new: null });
