// @ts-check
// Requests that belong together: conversations, or agent runs and user turns.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { count, duration, money, short } from "../format.js";
import { asCall } from "../filters.js";
import { changed, link } from "../router.js";
import { readRange } from "../series.js";
import { kindOf, sessions } from "../sessions.js";
import { timeCell } from "../parts/cells.js";
import { choice } from "../parts/choice.js";
import { framed } from "../parts/framed.js";
import { sameBy } from "../parts/same-by.js";
import { empty } from "../parts/states.js";
import { table } from "../parts/table.js";
import { timeRange } from "../parts/time-range.js";

export const title = "Sessions";

const fallback = "24h";
/** The newest requests of a time; their sessions are shown. */
const mostRecords = 1000;

const words = { conversation: "Conversation", trace: "Trace" };
const kinds = /** @type {const} */ ([
  { id: "conversation", label: "Conversations" },
  { id: "trace", label: "Traces" },
]);

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, { query, signal, go }) {
  const times = h("div");
  const page = framed(main, {
    title,
    signal,
    controls: times,
    load: () => newest(query, signal),
    show: (found) => list(found, query, go),
    foot: sameBy({ path: "logs?conversation_id=…" }),
  });
  const update = (/** @type {URLSearchParams} */ next) => {
    query = next;
    replace(times, timeRange({ query, fallback, go }));
    page.reload();
  };
  update(query);
  return { update };
}

/**
 * @param {URLSearchParams} query
 * @param {AbortSignal} signal
 * @returns {Promise<{ records: any[], isCut: boolean }>}
 */
async function newest(query, signal) {
  const filter = asCall(query, readRange(query, new Date(), fallback));
  /** @type {any[]} */
  const records = [];
  let cursor = null;
  do {
    const page = await api.logs({ ...filter, limit: 200, cursor }, { signal });
    records.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor && records.length < mostRecords);
  return { records, isCut: cursor !== null };
}

/**
 * @param {{ records: any[], isCut: boolean }} found
 * @param {URLSearchParams} query
 * @param {import("../routes.js").Context["go"]} go
 */
function list({ records, isCut }, query, go) {
  const asked = kinds.find(({ id }) => id === query.get("by"))?.id;
  const kind = asked ?? kindOf(records);
  const shown = sessions(records, kind);
  const inOne = shown.reduce((sum, session) => sum + session.requests, 0);
  const choose = (/** @type {string} */ by) => go(changed(query, { by }));
  const scope = isCut ? `of the newest ${count(records.length)} requests` : "of the requests in this time";
  const note = `${count(shown.length)} from ${count(inOne)} ${scope}`;
  return h(
    "section",
    { class: "card", "aria-label": "Sessions" },
    h("header", null, choice({ name: "Kind of session", options: kinds, value: kind, choose }).element),
    shown.length === 0 ? none(kind) : rows(kind, shown),
    h("footer", { class: "table-foot line" }, h("span", { class: "faint small" }, note)),
  );
}

/** @param {import("../sessions.js").Kind} kind */
function none(kind) {
  const header = kind === "trace" ? "X-Modelux-Trace-Id" : "X-Modelux-Conversation-Id";
  return empty({
    title: `No request of this time names a ${kind}`,
    text: "Requests with the same id are shown together, with what they cost and where they failed. Send a header:",
    command: `${header}: your-id`,
  });
}

/**
 * @param {import("../sessions.js").Kind} kind
 * @param {import("../sessions.js").Session[]} shown
 */
function rows(kind, shown) {
  const made = table({
    name: "Sessions, the newest first",
    id: (/** @type {import("../sessions.js").Session} */ session) => session.id,
    href: (session) => link(`/sessions/${kind}/${encodeURIComponent(session.id)}`),
    columns: [
      { label: "Last call", cell: (session) => timeCell(session.end), class: "column-time" },
      { label: words[kind], cell: (session) => session.id, title: (session) => session.id },
      {
        label: "End user",
        cell: (session) => session.endUser ?? h("span", { class: "faint" }, "–"),
        title: (session) => session.endUser,
        class: "from-m",
        width: "20%",
      },
      {
        label: "Models",
        cell: (session) => session.models.join(", "),
        title: (session) => session.models.join(", "),
        class: "from-l",
        width: "16%",
      },
      { label: "Requests", cell: (session) => count(session.requests), class: "number", width: "5.5rem" },
      {
        label: "Failed",
        cell: (session) => (session.errors > 0 ? count(session.errors) : "–"),
        class: "number from-s",
        width: "4.5rem",
      },
      { label: "Tokens", cell: (session) => short(session.tokens), class: "number from-m", width: "5.5rem" },
      { label: "Lasted", cell: (session) => duration(session.length), class: "number from-m", width: "7.5rem" },
      { label: "Cost", cell: (session) => money(session.cost_usd), class: "number column-money" },
    ],
  });
  made.set(shown);
  return made.element;
}
