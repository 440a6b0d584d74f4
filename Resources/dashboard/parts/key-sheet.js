// @ts-check
// One key: its facts, what can be changed, a new secret, the end.

import * as api from "../api.js";
import { h } from "../html.js";
import { momentExact } from "../format.js";
import { changes } from "../forms.js";
import { link } from "../router.js";
import { may } from "../state.js";
import { ask } from "./ask.js";
import { facts } from "./facts.js";
import { form } from "./form.js";
import { keyFields } from "./key-fields.js";
import { keyState } from "./key-list.js";
import { secretOnce } from "./secret.js";

const day = 86_400;
const overlaps = [
  { id: "0", label: "ends at once" },
  { id: String(day / 24), label: "works for 1 hour more" },
  { id: String(day), label: "works for 24 hours more" },
  { id: String(7 * day), label: "works for 7 days more" },
];

/**
 * @param {any} key
 * @param {any[]} projects
 * @param {import("./collection.js").Tools} tools
 */
export function keySheet(key, projects, tools) {
  const isOver = keyState(key) === "revoked";
  return [
    facts([
      ["Secret", h("code", null, key.display)],
      ["Id", h("code", null, key.id)],
      ["Project", projects.find(({ id }) => id === key.project_id)?.name ?? key.project_id],
      ["Made", momentExact(key.created_at)],
      ["Revoked", key.revoked_at && momentExact(key.revoked_at)],
      ["Old secret ends", key.previous_secret_expires_at && momentExact(key.previous_secret_expires_at)],
      ["Requests", h("a", { href: link("/requests", { key_id: key.id, range: "7d" }) }, "of the last 7 days")],
    ]),
    isOver || !may("member")
      ? null
      : [h("hr"), editor(key, tools), h("hr"), rotation(key, tools), h("hr"), end(key, tools)],
  ];
}

/**
 * @param {any} key
 * @param {import("./collection.js").Tools} tools
 */
function editor(key, tools) {
  const made = form({
    label: "Save",
    fields: keyFields(key),
    send: async (values) => {
      await api.updateKey(key.id, changes(values, key));
      tools.done(`Key ${values.name} saved`);
    },
  });
  return made.element;
}

/**
 * @param {any} key
 * @param {import("./collection.js").Tools} tools
 */
function rotation(key, tools) {
  const made = form({
    label: "Make a new secret",
    fields: [
      {
        name: "overlap_seconds",
        label: "The old secret",
        kind: "select",
        value: String(day),
        options: overlaps,
        wide: true,
      },
    ],
    send: async (values) => {
      const fresh = await api.rotateKey(key.id, { overlap_seconds: Number(values.overlap_seconds) });
      tools.refresh();
      const text = "Put it in place of the old one before that ends.";
      const done = () => tools.done(`Key ${key.name} has a new secret`);
      tools.set(`New secret of ${key.name}`, secretOnce({ secret: fresh.secret, text, done }));
    },
  });
  return h("section", null, h("h3", null, "Rotate"), made.element);
}

/**
 * @param {any} key
 * @param {import("./collection.js").Tools} tools
 */
function end(key, tools) {
  const click = () =>
    ask({
      title: `Revoke the key ${key.name}?`,
      text: `Calls with ${key.display} are refused from then on. This cannot be undone; its records remain.`,
      label: "Revoke the key",
      run: () => api.revokeKey(key.id),
      done: () => tools.done(`Key ${key.name} revoked`),
    });
  return h(
    "section",
    null,
    h("h3", null, "Revoke"),
    h("p", { class: "soft" }, "For a key that is not needed any more, or that leaked."),
    h("div", null, h("button", { type: "button", class: "button danger", on: { click } }, "Revoke…")),
  );
}
