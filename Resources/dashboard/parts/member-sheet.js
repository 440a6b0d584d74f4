// @ts-check
// A member: how one is added, what can be changed, the end.

import * as api from "../api.js";
import { h } from "../html.js";
import { momentExact } from "../format.js";
import { changes } from "../forms.js";
import { roleField } from "../roles.js";
import { may } from "../state.js";
import { ask } from "./ask.js";
import { facts } from "./facts.js";
import { form } from "./form.js";

/** @typedef {import("./collection.js").Tools} Tools */

/** @param {Tools} tools */
export function memberMaker(tools) {
  const made = form({
    label: "Add the member",
    fields: [{ name: "email", label: "E-mail", required: true }, { name: "name", label: "Name" }, roleField("member")],
    send: async (values) => {
      const member = await api.createMember(values);
      tools.done(`${member.name ?? member.email} is a member`);
    },
  });
  return made.element;
}

/**
 * @param {any} member
 * @param {Tools} tools
 */
export function memberSheet(member, tools) {
  const who = member.name ?? member.email;
  const made = form({
    label: "Save",
    fields: [{ name: "name", label: "Name", value: member.name, wide: true }, roleField(member.role)],
    send: async (values) => {
      await api.updateMember(member.id, changes(values, member));
      tools.done(`${who} saved`);
    },
  });
  const click = () =>
    ask({
      title: `Remove ${who}?`,
      text: "Sessions end at once. What was done stays in the audit log.",
      label: "Remove the member",
      run: () => api.removeMember(member.id),
      done: () => tools.done(`${who} removed`),
    });
  const remove = h("div", null, h("button", { type: "button", class: "button danger", on: { click } }, "Remove…"));
  return [
    facts([
      ["E-mail", member.email],
      ["Id", h("code", null, member.id)],
      ["Made", member.created_at && momentExact(member.created_at)],
    ]),
    may("owner") ? [h("hr"), made.element, h("hr"), remove] : null,
  ];
}
