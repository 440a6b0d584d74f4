// @ts-check
// First step: whose installation this is, and that whoever is here administers it.

import * as api from "../api.js";
import { h } from "../html.js";
import { may, state } from "../state.js";
import { form } from "./form.js";

/** @param {import("../pages/welcome.js").Found} found */
export function welcomeName({ organization, next }) {
  const made = form({
    label: "Continue",
    fields: [
      {
        name: "name",
        label: "Name of this installation",
        required: true,
        value: organization.name,
        note: "Your company or team; it can be changed later.",
        wide: true,
      },
    ],
    send: async ({ name }) => {
      if (name !== organization.name) await api.renameOrganization(name);
      next();
    },
  });
  const [user, role] = [state.session?.user?.name ?? "owner", state.session?.role ?? "owner"];
  return h(
    "section",
    { class: "card" },
    h("header", null, h("h2", null, "You administer this installation")),
    h(
      "div",
      { class: "body close stack" },
      h(
        "p",
        { class: "soft" },
        `You are signed in as ${user}, with the role ${role}. `,
        "Another browser signs in with a link of its own: ",
        h("code", null, "modelux setup-link"),
        ".",
      ),
      may("owner")
        ? made.element
        : h("div", null, h("button", { type: "button", class: "button primary", on: { click: next } }, "Continue")),
    ),
  );
}
