// @ts-check
// What is wrong now, above every page: one line, and the way to the rest. Nothing when nothing is.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { icon } from "./icon.js";
import { placeOf } from "./problems.js";

const interval = 60_000;

/** @returns {{ element: HTMLElement, refresh: () => void }} */
export function banner() {
  const element = h("div", { class: "banner", role: "status", hidden: true });
  /** A warning that was put away stays away until something else is wrong. */
  let putAway = "";
  let asked = 0;

  const show = (/** @type {import("./problems.js").Problem[]} */ problems) => {
    const [first] = problems;
    const text = problems.map(({ message }) => message).join("\n");
    element.hidden = !first || text === putAway;
    if (element.hidden) return replace(element);
    const isBad = first.severity === "error";
    element.classList.toggle("bad", isBad);
    const more = problems.length > 1 ? `and ${problems.length - 1} more` : "Look at it";
    const href = problems.length > 1 ? "#/alerts" : (placeOf(first) ?? "#/alerts");
    const click = () => ((putAway = text), show(problems));
    const looks = { type: "button", class: "button plain tight", "aria-label": "Put away" };
    const close = h("button", { ...looks, on: { click } }, icon("close", 14));
    replace(
      element,
      icon("warning"),
      h("span", { class: "wrap" }, first.message),
      h("a", { href }, more),
      isBad ? null : close,
    );
  };
  const ask = async () => {
    asked = Date.now();
    if (await api.offers("/alerts")) show(await api.alerts());
  };
  return {
    element,
    refresh: () => void (Date.now() - asked > interval && ask().catch(() => {})),
  };
}
