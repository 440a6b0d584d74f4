// @ts-check
// What every page of settings has: a head, and a content that waits, fails with a way to try again, or shows its data.

import { h, replace } from "../html.js";
import { bone, failure, waiting } from "./states.js";
import { toast } from "./toast.js";
import { walks } from "./walk.js";

/**
 * @template Data
 * @param {HTMLElement} main
 * @param {object} settings
 * @param {string} settings.title
 * @param {AbortSignal} settings.signal
 * @param {import("../html.js").Child} [settings.controls] stand in the head
 * @param {() => Promise<Data>} settings.load
 * @param {(data: Data) => import("../html.js").Child} settings.show
 * @param {import("../html.js").Child} [settings.foot]
 * @param {() => import("../html.js").Child} [settings.skeleton]
 * @returns {{ reload: (how?: { quietly?: boolean }) => Promise<void> }} `quietly` keeps what is there until the new is
 */
export function framed(main, { title, signal, controls = null, load, show, foot = null, skeleton = listSkeleton }) {
  const content = h("div", { class: "stack-page" });
  let turn = 0;
  const reload = async ({ quietly = false } = {}) => {
    const mine = ++turn;
    if (!quietly) replace(content, skeleton(), waiting());
    try {
      const data = await load();
      if (mine === turn && !signal.aborted) replace(content, show(data));
    } catch (error) {
      if (mine !== turn || signal.aborted) return;
      if (quietly) return toast(error instanceof Error ? error.message : String(error));
      replace(content, h("section", { class: "card" }, failure(error, reload)));
    }
  };
  walks(content, signal);
  replace(main, h("header", { class: "page-head" }, h("h1", { tabindex: -1 }, title), controls), content, foot);
  return { reload };
}

/** The outlines of a list. */
export const listSkeleton = () =>
  h(
    "section",
    { class: "card" },
    h(
      "div",
      { class: "waiting-rows" },
      Array.from({ length: 6 }, (_, row) => h("div", null, bone(`${18 + ((row * 7) % 13)}%`), bone("12%"), bone("8%"))),
    ),
  );
