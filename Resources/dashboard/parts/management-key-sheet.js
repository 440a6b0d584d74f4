// @ts-check
// A management key: how it is made, its facts, the end.

import * as api from "../api.js";
import { h } from "../html.js";
import { momentExact } from "../format.js";
import { roleField } from "../roles.js";
import { ask } from "./ask.js";
import { facts } from "./facts.js";
import { form } from "./form.js";
import { secretOnce } from "./secret.js";

/** @typedef {import("./collection.js").Tools} Tools */

/** @param {Tools} tools */
export function managementKeyMaker(tools) {
  const made = form({
    label: "Make the key",
    fields: [
      { name: "name", label: "Name", required: true, hint: "backup" },
      {
        name: "rate_limit",
        label: "Requests a minute",
        kind: "number",
        value: 60,
        required: true,
        note: "0 means no limit",
      },
      roleField("viewer"),
      { name: "expires_at", label: "Expires", kind: "time" },
    ],
    send: async (values) => {
      const key = await api.createManagementKey(values);
      tools.refresh();
      const text = "Programs send it to the management API. If it is lost, revoke the key and make another.";
      const done = () => tools.done(`Management key ${key.name} made`);
      tools.set(`Management key ${key.name}`, secretOnce({ secret: key.secret, text, done }));
    },
  });
  return made.element;
}

/**
 * @param {any} key
 * @param {Tools} tools
 */
export function managementKeySheet(key, tools) {
  const click = () =>
    ask({
      title: `Revoke the management key ${key.name}?`,
      text: `Programs that use ${key.display} are refused from then on. This cannot be undone.`,
      label: "Revoke the key",
      run: () => api.revokeManagementKey(key.id),
      done: () => tools.done(`Management key ${key.name} revoked`),
    });
  return [
    facts([
      ["Secret", h("code", null, key.display)],
      ["Id", h("code", null, key.id)],
      ["Role", key.role],
      ["Made", momentExact(key.created_at)],
      ["Expires", key.expires_at && momentExact(key.expires_at)],
    ]),
    h("div", null, h("button", { type: "button", class: "button danger", on: { click } }, "Revoke…")),
  ];
}
