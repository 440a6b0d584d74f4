// @ts-check
// The catalogue: every model with what it can do and what it costs.

import * as api from "../api.js";
import { h } from "../html.js";
import { link, changed } from "../router.js";
import { collection } from "../parts/collection.js";
import { modelSheet, modelTable } from "../parts/model-table.js";
import { paged } from "../parts/paged.js";
import { sameBy } from "../parts/same-by.js";
import { searchBox } from "../parts/search-box.js";
import { empty } from "../parts/states.js";

export const title = "Models";

const pageLength = 100;

/** @typedef {{ data: any[], next_cursor: string | null }} Page */

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, context) {
  const { signal, go } = context;
  let query = context.query;
  /** @type {any[]} */
  let known = [];
  const ask = (/** @type {string | null} */ cursor) => page(query.get("q"), cursor, signal);
  const search = searchBox({ name: "Search models", hint: "Search models", query: () => query, go, signal });

  const view = collection(main, context, {
    title,
    add: null,
    controls: h("div", { class: "grow" }, search),
    load: async () => {
      const first = await ask(null);
      const wanted = query.get("open");
      known = [...first.data];
      // A link to one model works wherever in the list that model is.
      if (wanted && !known.some(({ id }) => id === wanted)) known.push(...(await page(wanted, null, signal)).data);
      return first;
    },
    list(first) {
      const rows = modelTable((model) => link("/models", changed(query, { open: model.id })));
      const text = query.get("q") ? "Search for less of its name." : "The catalogue is empty.";
      return h(
        "section",
        { class: "card", "aria-label": "Models" },
        first.data.length > 0
          ? paged({ rows, first, ask, added: (models) => known.push(...models) })
          : empty({ title: "No model fits", text }),
      );
    },
    one(id) {
      const model = known.find((candidate) => candidate.id === id);
      return model ? { title: model.id, content: modelSheet(model) } : null;
    },
    foot: sameBy({ path: "models?q=claude" }),
  });
  return {
    update(/** @type {URLSearchParams} */ next) {
      query = next;
      view.update(next);
    },
  };
}

/**
 * Models with their prices: both lists are in the order of names, so the same place in them fits together.
 * @param {string | null} q
 * @param {string | null} cursor
 * @param {AbortSignal} signal
 * @returns {Promise<Page>}
 */
async function page(q, cursor, signal) {
  const query = { q, cursor, limit: pageLength };
  const [models, prices] = await Promise.all([
    api.catalogue("models", query, { signal }),
    api.catalogue("prices", query, { signal }),
  ]);
  const byModel = new Map(prices.data.map((/** @type {any} */ price) => [price.model, price]));
  const priced = (/** @type {any} */ model) => ({ ...model, price: byModel.get(model.id) });
  return { ...models, data: models.data.map(priced) };
}
