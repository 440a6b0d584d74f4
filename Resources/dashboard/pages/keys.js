// @ts-check
// Project keys: who may call, with what limits. A secret is shown once, when it is made.

import * as api from "../api.js";
import { h } from "../html.js";
import { may } from "../state.js";
import { keyFields } from "../parts/key-fields.js";
import { keyList, keyState } from "../parts/key-list.js";
import { keySheet } from "../parts/key-sheet.js";
import { secretOnce } from "../parts/secret.js";
import { collection } from "../parts/collection.js";
import { form } from "../parts/form.js";
import { sameBy } from "../parts/same-by.js";
import { shownStates } from "../parts/shown-states.js";
import { changed } from "../router.js";

export const title = "Keys";

/** @typedef {{ keys: any[], projects: any[], hasBudgets: boolean }} Data */

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, context) {
  const { signal } = context;
  return collection(main, context, {
    title,
    add: may("member") ? "New key" : null,
    load: async (query) => {
      const [keys, projects, hasBudgets] = await Promise.all([
        api.keys({ project_id: query.get("project_id"), signal }),
        api.projects({ signal }),
        api.offers("/budgets"),
      ]);
      return { keys, projects, hasBudgets };
    },
    list(data, query) {
      const states = shownStates({
        all: data.keys,
        stateOf: keyState,
        first: "active",
        chosen: query.get("state"),
        choose: (state) => context.go(changed(query, { state })),
      });
      return keyList(states.shown, data.projects, states.element, query);
    },
    one(id, data, tools) {
      const key = data.keys.find((candidate) => candidate.id === id);
      return key ? { title: key.name, content: keySheet(key, data.projects, tools) } : null;
    },
    make: (data, tools) => ({ title: "New key", content: maker(data, tools) }),
    foot: sameBy({
      command: "modelux keys create --project default --name my-app",
      method: "POST",
      path: "keys",
      body: { project_id: "default", name: "my-app" },
    }),
  });
}

/** @type {import("../forms.js").Field} */
const cap = {
  name: "budget",
  label: "Cap, USD a month",
  kind: "number",
  hint: "50",
  note: "Makes a budget on this key that blocks. Budgets has the rest.",
  wide: true,
};

/**
 * @param {Data} data
 * @param {import("../parts/collection.js").Tools} tools
 */
function maker({ projects, hasBudgets }, tools) {
  const chosen = tools.query.get("project_id") ?? projects[0]?.id;
  const made = form({
    label: "Make the key",
    fields: [
      {
        name: "project_id",
        label: "Project",
        kind: "select",
        value: chosen,
        options: projects.map(({ id, name }) => ({ id, label: name })),
      },
      ...keyFields({ rate_limit: 600, ...(hasBudgets ? { tokens_per_minute: 0, concurrent_requests: 0 } : {}) }),
      ...(hasBudgets && may("admin") ? [cap] : []),
    ],
    send: async ({ budget, ...values }) => {
      const capped = budget === null || budget === undefined ? {} : { budget: { cap_usd: budget } };
      const key = await api.createKey({ ...values, ...capped });
      tools.refresh();
      tools.set(
        `Key ${key.name}`,
        secretOnce({
          secret: key.secret,
          text: "Applications send it as their API key. If it is lost, rotate the key or make another.",
          more: h("p", { class: "soft" }, h("a", { href: "#/setup" }, "Client set-up"), " has the snippets to paste."),
          done: () => tools.done(`Key ${key.name} made`),
        }),
      );
    },
  });
  return made.element;
}
