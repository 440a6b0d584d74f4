// @ts-check
// Whose a request was and how it came; what can be filtered by leads to all requests like it.

import { h } from "../html.js";
import { momentExact, words } from "../format.js";
import { link } from "../router.js";

/**
 * @param {any} record
 * @param {any[]} keys
 * @param {any[]} projects
 */
export function requestFacts(record, keys, projects) {
  const named = (/** @type {any[]} */ list, /** @type {string | null} */ id) =>
    list.find((item) => item.id === id)?.name ?? id;
  const filter = (/** @type {string} */ name, /** @type {string | null} */ value, text = value) =>
    value &&
    h("a", { href: link("/requests", { range: "30d", [name]: value }), title: "All requests like this" }, text);
  const tags = Object.entries(record.tags ?? {}).map(([key, value]) =>
    h(
      "a",
      { class: "chip", href: link("/requests", { range: "30d", tags: `${key}=${value}` }) },
      h("span", { class: "cut" }, `${key}=${value}`),
    ),
  );
  const facts = [
    ["Time", h("time", { datetime: record.created_at }, momentExact(record.created_at))],
    ["Request", h("code", null, record.request_id)],
    ["Project", filter("project_id", record.project_id, named(projects, record.project_id))],
    ["Key", filter("key_id", record.key_id, named(keys, record.key_id))],
    ["Endpoint", `${record.endpoint}${record.stream ? ", stream" : ""}`],
    ["Surface", words(record.surface)],
    ["Answered by", record.model && filter("model", record.model, `${record.provider}/${record.model}`)],
    ["Config", record.config && configLink(record)],
    ["Variant", record.variant],
    ["Cache", words(typeof record.cache === "object" ? record.cache?.result : record.cache)],
    ["End user", filter("end_user", record.end_user)],
    ["Tags", tags.length > 0 && h("span", { class: "line" }, tags)],
    ["Trace", session("trace", record.trace_id)],
    ["Conversation", session("conversation", record.conversation_id)],
    ["Client", record.sdk],
  ];
  return h(
    "dl",
    { class: "facts body" },
    facts
      .filter(([, value]) => value && value !== "–")
      .map(([name, value]) => [h("dt", null, name), h("dd", null, value)]),
  );
}

/** @param {any} record */
function configLink({ config: { slug, version }, project_id: project }) {
  const href = link(`/routing/${encodeURIComponent(slug)}`, { project_id: project, view: "versions", version });
  return h("a", { href, title: "What this version says" }, `@${slug}, version ${version}`);
}

/**
 * @param {import("../sessions.js").Kind} kind
 * @param {string | null} id
 */
const session = (kind, id) =>
  id && h("a", { href: link(`/sessions/${kind}/${encodeURIComponent(id)}`), title: "All requests of it" }, id);
