// @ts-check
// One call in full: what it was, why it went so, what it cost, what was said.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { count, duration, moneyExact, shortID } from "../format.js";
import { asCurl } from "../curl.js";
import { onKeys } from "../keys.js";
import { state } from "../state.js";
import { statusBadge } from "../parts/cells.js";
import { bodies } from "../parts/conversation.js";
import { copyButton } from "../parts/copy.js";
import { costSplit } from "../parts/cost-split.js";
import { figures as row } from "../parts/figures.js";
import { proxyURL } from "../parts/first-call.js";
import { icon } from "../parts/icon.js";
import { requestActions } from "../parts/request-actions.js";
import { requestFacts } from "../parts/request-facts.js";
import { sameBy } from "../parts/same-by.js";
import { bone, failure, waiting } from "../parts/states.js";
import { trace } from "../parts/trace.js";
import { waterfall } from "../parts/waterfall.js";

export const title = "Request";

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, { params, signal, setTitle }) {
  const back = () =>
    h(
      "a",
      { class: "button plain tight back", href: state.requestsLink, title: "Back to the list (Esc)" },
      icon("back", 14),
      "Requests",
    );
  const load = async () => {
    replace(
      main,
      h("header", { class: "page-head" }, back(), h("h1", { tabindex: -1 }, `Request ${shortID(params.id)}`)),
      skeleton(),
    );
    try {
      const [record, system, keys, projects] = await Promise.all([
        api.log(params.id, { signal }),
        api.system({ signal }).catch(() => null),
        api.keys({ signal }).catch(() => []),
        api.projects({ signal }).catch(() => []),
      ]);
      setTitle(`${record.status} ${record.requested_model}`);
      const foot = sameBy({ command: `modelux logs show ${record.request_id}`, path: `logs/${record.request_id}` });
      replace(main, head(record, back(), proxyURL(system)), figures(record), columns(record, keys, projects), foot);
    } catch (error) {
      if (!signal.aborted)
        replace(
          main,
          h("header", { class: "page-head" }, back(), h("h1", null, `Request ${shortID(params.id)}`)),
          h("section", { class: "card" }, failure(error, load)),
        );
    }
  };
  onKeys({ Escape: () => (location.hash = state.requestsLink) }, signal);
  load();
}

/**
 * @param {any} record
 * @param {HTMLElement} back
 * @param {string} proxy
 */
const head = (record, back, proxy) =>
  h(
    "header",
    { class: "page-head" },
    back,
    h(
      "h1",
      { class: "line", tabindex: -1 },
      h("span", { class: "cut" }, record.requested_model || record.endpoint),
      statusBadge(record.status),
      record.error_code ? h("span", { class: "badge bad" }, record.error_code) : null,
    ),
    h(
      "div",
      { class: "line" },
      copyButton(() => record.request_id, { name: "the request id", label: "Copy id", class: "" }),
      typeof record.request_body !== "string"
        ? null
        : copyButton(() => asCurl(record, proxy), {
            name: "the call as a curl command",
            label: "Copy as curl",
            class: "",
          }),
      requestActions(record),
    ),
  );

/** @param {any} record */
function figures(record) {
  const { usage, latency } = record;
  const input =
    usage.input_tokens + usage.cached_input_tokens + usage.cache_write_5m_tokens + usage.cache_write_1h_tokens;
  const list = /** @type {[string, string, string][]} */ ([
    ["Cost", moneyExact(record.cost.total_usd), usage.estimated ? "estimated" : "from reported usage"],
    ["Attempts", count(record.attempts.length), record.provider ? `last at ${record.provider}` : "none answered"],
    ["Total time", duration(latency.total_ms), `gateway ${duration(latency.gateway_ms)}`],
    ["First byte", duration(latency.first_byte_ms), record.stream ? "of the stream" : "of the answer"],
    [
      "Tokens in",
      count(input),
      usage.cached_input_tokens > 0 ? `${count(usage.cached_input_tokens)} cached` : "none cached",
    ],
    [
      "Tokens out",
      count(usage.output_tokens),
      usage.reasoning_tokens > 0 ? `${count(usage.reasoning_tokens)} reasoning` : "no reasoning",
    ],
  ]);
  return row(list);
}

/**
 * @param {any} record
 * @param {any[]} keys
 * @param {any[]} projects
 */
function columns(record, keys, projects) {
  const why = record.trace ? card("Decision", trace(record)) : null;
  const tries =
    record.attempts.length > 0
      ? card("Attempts", h("div", { class: "body" }, waterfall(record.attempts, record.latency.total_ms)))
      : null;
  const wrong = record.error_message
    ? h("p", { class: "notice bad" }, icon("warning"), h("span", { class: "wrap" }, record.error_message))
    : null;
  return h(
    "div",
    { class: "columns aside" },
    h("div", null, wrong, tries, why, bodies(record)),
    h(
      "div",
      null,
      card("Cost", costSplit(record.usage, record.cost)),
      card("About", requestFacts(record, keys, projects)),
    ),
  );
}

/**
 * @param {string} name
 * @param {import("../html.js").Child} content
 */
const card = (name, content) => h("section", { class: "card" }, h("header", null, h("h2", null, name)), content);

const skeleton = () => [
  waiting(),
  h(
    "div",
    { class: "figures card" },
    Array.from({ length: 6 }, () => h("div", null, bone("5rem"), bone("", "figure"), bone("4rem"))),
  ),
  h(
    "div",
    { class: "columns aside" },
    h(
      "div",
      null,
      card("Attempts", h("div", { class: "body" }, bone("", "plot"))),
      card("Decision", h("div", { class: "body" }, bone("", "plot"))),
    ),
    h("div", null, card("Cost", h("div", { class: "body" }, bone("", "plot")))),
  ),
];
