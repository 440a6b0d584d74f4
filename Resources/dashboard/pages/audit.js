// @ts-check
// Who changed what, from where; before and after; and whether the chain of hashes is whole.

import * as api from "../api.js";
import { h } from "../html.js";
import { count, momentExact, words } from "../format.js";
import { changed, link } from "../router.js";
import { timeCell } from "../parts/cells.js";
import { collection } from "../parts/collection.js";
import { difference } from "../parts/difference.js";
import { facts } from "../parts/facts.js";
import { icon } from "../parts/icon.js";
import { paged } from "../parts/paged.js";
import { sameBy } from "../parts/same-by.js";
import { empty } from "../parts/states.js";
import { table } from "../parts/table.js";
import { toast } from "../parts/toast.js";

export const title = "Audit";

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, context) {
  const { signal } = context;
  /** @type {any[]} */
  let known = [];
  const ask = (/** @type {string | null} */ cursor) => api.audit({ limit: 100, cursor }, { signal });
  return collection(main, context, {
    title,
    add: null,
    controls: verifier(signal),
    load: async () => {
      const first = await ask(null);
      known = [...first.data];
      return first;
    },
    list: (first, query) =>
      h(
        "section",
        { class: "card", "aria-label": "Audit log" },
        first.data.length > 0
          ? paged({ rows: entries(query), first, ask, added: (more) => known.push(...more) })
          : empty({ title: "Nothing was changed yet" }),
      ),
    one(id) {
      const entry = known.find((candidate) => candidate.id === id);
      return entry ? { title: sentence(entry), content: details(entry) } : null;
    },
    foot: sameBy({ path: "audit" }),
  });
}

/** @param {AbortSignal} signal */
function verifier(signal) {
  const click = async () => {
    button.disabled = true;
    try {
      const { entries: number, intact, first_broken: broken } = await api.verifyAudit({ signal });
      toast(intact ? `The chain of ${count(number)} entries is whole` : `The chain is broken at entry ${broken}`);
    } catch (error) {
      if (!signal.aborted) toast(error instanceof Error ? error.message : String(error));
    } finally {
      button.disabled = false;
    }
  };
  const button = h("button", { type: "button", class: "button", on: { click } }, icon("done", 14), "Verify the chain");
  return button;
}

/** @param {URLSearchParams} query */
const entries = (query) =>
  table({
    name: "Audit log, the newest first",
    id: (/** @type {any} */ entry) => entry.id,
    href: (entry) => link("/audit", changed(query, { open: entry.id })),
    columns: [
      { label: "Time", cell: (entry) => timeCell(entry.created_at), class: "column-time" },
      { label: "Who", cell: who, title: who, width: "7rem" },
      { label: "What", cell: (entry) => words(entry.action).replaceAll(".", " "), title: (entry) => entry.action },
      { label: "Which", cell: name, title: (entry) => entry.resource_id, class: "from-s", width: "26%" },
      { label: "From", cell: (entry) => entry.author.address ?? "–", class: "from-m", width: "9rem" },
      { label: "Role", cell: (entry) => entry.author.role, class: "from-l", width: "6rem" },
    ],
  });

/** @param {any} entry */
const who = (entry) => entry.author.name || entry.author.id;

/** @param {any} entry */
const name = (entry) => entry.after?.name ?? entry.before?.name ?? entry.after?.slug ?? entry.resource_id;

/** @param {any} entry */
const sentence = (entry) => `${words(entry.action).replaceAll(".", " ")}: ${name(entry)}`;

/** @param {any} entry */
const details = (entry) => [
  facts([
    ["Time", momentExact(entry.created_at)],
    ["Who", `${who(entry)}, ${entry.author.role}`],
    ["By", words(entry.author.kind)],
    ["From", entry.author.address],
    [words(entry.resource), h("code", null, entry.resource_id)],
    ["Entry", count(entry.sequence)],
    ["Hash", h("code", { class: "wrap" }, entry.hash)],
  ]),
  h(
    "section",
    null,
    h("h3", null, "What changed"),
    entry.before || entry.after
      ? difference(entry.before, entry.after, "What changed")
      : h("p", { class: "soft" }, "Nothing that is stored."),
  ),
];
