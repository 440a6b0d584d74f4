// @ts-check
// A list in parts by state, one of them shown: the others are counted, so that nothing is hidden without a word.

import { choice } from "./choice.js";

/**
 * @template Item
 * @param {object} settings
 * @param {Item[]} settings.all
 * @param {(item: Item) => string} settings.stateOf
 * @param {string} settings.first what is shown when nothing is chosen
 * @param {string | null} settings.chosen
 * @param {(state: string | null) => void} settings.choose
 * @returns {{ shown: Item[], element: HTMLElement | null }}
 */
export function shownStates({ all, stateOf, first, chosen, choose }) {
  const counts = new Map([[first, 0]]);
  for (const item of all) counts.set(stateOf(item), (counts.get(stateOf(item)) ?? 0) + 1);
  const value = chosen ?? first;
  if (!counts.has(value)) counts.set(value, 0);
  const options = [...counts].map(([id, number]) => ({ id, label: `${id} ${number}` }));
  const shown = all.filter((item) => stateOf(item) === value);
  if (options.length < 2) return { shown, element: null };
  const made = choice({ name: "State", options, value, choose: (id) => choose(id === first ? null : id) });
  return { shown, element: made.element };
}
