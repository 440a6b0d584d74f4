// @ts-check
// One conversation or agent run: its requests on one time line, what they cost together, what failed.

import * as api from "../api.js";
import { h } from "../html.js";
import { count, duration, moment, money, short } from "../format.js";
import { link } from "../router.js";
import { fieldOf, summary } from "../sessions.js";
import { state } from "../state.js";
import { framed } from "../parts/framed.js";
import { figures } from "../parts/figures.js";
import { requestTable } from "../parts/request-table.js";
import { sameBy } from "../parts/same-by.js";
import { empty } from "../parts/states.js";
import { timeline } from "../parts/timeline.js";

export const title = "Session";

const most = 200;

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, { params, signal, setTitle }) {
  const kind = params.kind === "trace" ? "trace" : "conversation";
  const filter = { [fieldOf(kind)]: params.id };
  setTitle(params.id);
  state.requestsLink = location.hash;
  framed(main, {
    title: params.id,
    signal,
    controls: h("a", { class: "button", href: link("/requests", { ...filter, range: "30d" }) }, "In the list"),
    load: () => api.logs({ ...filter, limit: most }, { signal }),
    show: (page) => content(page, params.id, kind),
    foot: sameBy({ path: `logs?${fieldOf(kind)}=${encodeURIComponent(params.id)}` }),
  }).reload();
}

/**
 * @param {{ data: any[], next_cursor: string | null }} page
 * @param {string} id
 * @param {import("../sessions.js").Kind} kind
 */
function content({ data, next_cursor: cursor }, id, kind) {
  if (data.length === 0) {
    const text = `No stored request names this ${kind}.`;
    return h("section", { class: "card" }, empty({ title: "Nothing here", text }));
  }
  const whole = summary(id, data);
  const now = new Date();
  const { models } = whole;
  const list = requestTable();
  list.set(data);
  return [
    figures([
      ["Cost", money(whole.cost_usd), `${money(whole.cost_usd / whole.requests)} a request`],
      ["Requests", count(whole.requests), cursor ? `the newest ${most}` : "in all"],
      ["Failed", count(whole.errors), whole.errors > 0 ? "marked below" : "none"],
      ["Tokens", short(whole.tokens), "in and out"],
      ["Lasted", duration(whole.length), `from ${moment(whole.start, now)}`],
      ["End user", whole.endUser ?? "–", models.length === 1 ? models[0] : `${models.length} models`],
    ]),
    h(
      "section",
      { class: "card" },
      h("header", null, h("h2", null, "Over time")),
      h("div", { class: "body" }, timeline(data)),
    ),
    h("section", { class: "card" }, h("header", null, h("h2", null, "Requests")), list.element),
  ];
}
