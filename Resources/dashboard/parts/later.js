// @ts-check
// A part that waits for its data by itself, inside a sheet or a card.

import { h, replace } from "../html.js";
import { bone, failure, waiting } from "./states.js";

/**
 * @template Data
 * @param {() => Promise<Data>} load
 * @param {(data: Data) => import("../html.js").Child} show
 * @param {AbortSignal} signal
 */
export function later(load, show, signal) {
  const place = h("div", { class: "later" });
  const begin = async () => {
    replace(place, bone("60%"), bone("40%"), bone("50%"), waiting());
    try {
      const data = await load();
      if (!signal.aborted) replace(place, show(data));
    } catch (error) {
      if (!signal.aborted) replace(place, failure(error, begin));
    }
  };
  begin();
  return place;
}
