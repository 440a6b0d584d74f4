// @ts-check
// Who may manage: people with their roles, keys for programs, and one-time links to sign in with.

import * as api from "../api.js";
import { h } from "../html.js";
import { ago, count, moment, words } from "../format.js";
import { changed, link } from "../router.js";
import { may, state } from "../state.js";
import { collection } from "../parts/collection.js";
import { managementKeyMaker, managementKeySheet } from "../parts/management-key-sheet.js";
import { memberMaker, memberSheet } from "../parts/member-sheet.js";
import { sameBy } from "../parts/same-by.js";
import { signInLink } from "../parts/sign-in-link.js";
import { empty } from "../parts/states.js";
import { table } from "../parts/table.js";

export const title = "Members";

/** @typedef {{ members: any[] | null, keys: any[] | null }} Data */

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, context) {
  const { signal, go } = context;
  return collection(main, context, {
    title,
    add: null,
    load: async () => {
      const hasMembers = await api.offers("/members");
      const [members, keys] = await Promise.all([
        hasMembers ? api.members({ signal }) : null,
        may("owner") ? api.managementKeys({ signal }) : null,
      ]);
      return { members, keys };
    },
    list: (data, query) => [
      people(data.members, query, go),
      may("owner") ? signInLink() : null,
      data.keys && programs(data.keys, query, go),
    ],
    one(id, data, tools) {
      const key = data.keys?.find((candidate) => candidate.id === id);
      if (key) return { title: key.name, content: managementKeySheet(key, tools) };
      const member = data.members?.find((candidate) => candidate.id === id);
      return member ? { title: member.name ?? member.email, content: memberSheet(member, tools) } : null;
    },
    make: (_data, tools) =>
      tools.query.get("new") === "member"
        ? { title: "New member", content: memberMaker(tools) }
        : { title: "New management key", content: managementKeyMaker(tools) },
    foot: sameBy({ method: "POST", path: "management-keys", body: { name: "backup", role: "viewer" } }),
  });
}

/**
 * @param {any[] | null} members null when this server has one owner only
 * @param {URLSearchParams} query
 * @param {import("../routes.js").Context["go"]} go
 */
function people(members, query, go) {
  const rows = table({
    name: "Members",
    id: (/** @type {any} */ member) => member.id,
    href: members ? (member) => link("/members", changed(query, { open: member.id })) : undefined,
    columns: [
      { label: "Name", cell: (member) => member.name ?? member.email, title: (member) => member.name ?? member.email },
      { label: "E-mail", cell: (member) => member.email ?? "–", class: "from-s", width: "30%" },
      { label: "Role", cell: (member) => words(member.role), width: "8rem" },
      {
        label: "Made",
        cell: (member) => (member.created_at ? ago(member.created_at, new Date()) : "–"),
        class: "number from-m",
        width: "8rem",
      },
    ],
  });
  const you = { id: "you", ...state.session?.user, role: state.session?.role };
  rows.set(members ?? [you]);
  return card("Members", members && may("owner") ? adder("New member", "member", query, go) : null, rows.element);
}

/**
 * @param {any[]} keys
 * @param {URLSearchParams} query
 * @param {import("../routes.js").Context["go"]} go
 */
function programs(keys, query, go) {
  const now = new Date();
  const rows = table({
    name: "Management keys",
    id: (/** @type {any} */ key) => key.id,
    href: (key) => link("/members", changed(query, { open: key.id })),
    columns: [
      { label: "Name", cell: (key) => key.name, title: (key) => key.name },
      { label: "Secret", cell: (key) => h("code", null, key.display), class: "from-s", width: "10rem" },
      { label: "Role", cell: (key) => key.role, width: "6rem" },
      {
        label: "Per minute",
        cell: (key) => (key.rate_limit === 0 ? "no limit" : count(key.rate_limit)),
        class: "number from-s",
        width: "6.5rem",
      },
      { label: "Ends", cell: (key) => end(key, now), class: "number", width: "8.5rem" },
      { label: "Made", cell: (key) => ago(key.created_at, now), class: "number from-m", width: "7rem" },
    ],
  });
  const shown = keys.filter((key) => !key.revoked_at);
  rows.set(shown);
  const text = "Programs use one to change and read settings.";
  const none = empty({ title: "No management keys", text, isInline: true });
  return card("Management keys", adder("New key", "key", query, go), shown.length > 0 ? rows.element : none);
}

/**
 * @param {any} key
 * @param {Date} now
 */
const end = (key, now) =>
  key.expires_at ? moment(key.expires_at, now).slice(0, -3) : h("span", { class: "faint" }, "never");

/**
 * @param {string} label
 * @param {string} what
 * @param {URLSearchParams} query
 * @param {import("../routes.js").Context["go"]} go
 */
function adder(label, what, query, go) {
  const click = () => go(changed(query, { new: what, open: null }));
  return h("button", { type: "button", class: "button", on: { click } }, label);
}

/**
 * @param {string} name
 * @param {import("../html.js").Child} control
 * @param {import("../html.js").Child} content
 */
const card = (name, control, content) =>
  h("section", { class: "card", "aria-label": name }, h("header", null, h("h2", null, name), control), content);
