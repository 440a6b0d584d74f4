// @ts-check
// One function per endpoint of the management API. Nothing else in the dashboard knows an address or a header.

import { state } from "./state.js";

const base = "/manage/v1/";

/** An answer that is not 2xx, with the server's own sentence. */
export class APIError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   * @param {string | null} [code]
   * @param {{ path: string, message: string }[]} [fields] what is wrong with which member of what was sent
   */
  constructor(status, message, code = null, fields = []) {
    super(message);
    this.name = "APIError";
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

/** @typedef {Record<string, unknown> | URLSearchParams} Query */
/** @typedef {{ signal?: AbortSignal }} Options */

/**
 * @param {string} method
 * @param {string} path
 * @param {{ query?: Query, body?: unknown, signal?: AbortSignal }} [options]
 * @returns {Promise<any>}
 */
async function call(method, path, options = {}) {
  const { query, body, signal } = options;
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET" && state.session) headers["X-Modelux-Csrf"] = state.session.csrf_token;
  let response;
  try {
    const text = body === undefined ? undefined : JSON.stringify(body);
    response = await fetch(base + path + search(query), { method, headers, body: text, signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new APIError(0, "modelux does not answer. Is it running, and is this machine connected to it?");
  }
  const answer = await response.json().catch(() => null);
  signal?.throwIfAborted();
  if (response.ok) return answer;
  if (response.status === 401 && state.session) document.dispatchEvent(new CustomEvent("signedout"));
  const error = answer?.error ?? {};
  const message = error.message ?? `The server answered ${response.status}.`;
  throw new APIError(response.status, message, error.code ?? null, error.fields ?? []);
}

/** @param {Query} [query] */
function search(query = {}) {
  const entries = query instanceof URLSearchParams ? [...query] : Object.entries(query);
  const kept = entries.filter(([, value]) => value !== undefined && value !== null && value !== "");
  return kept.length ? "?" + new URLSearchParams(kept.map(([key, value]) => [key, String(value)])) : "";
}

/** @type {Promise<string> | undefined} */
let description;

/**
 * Whether this server has a path. For what a page shows beside its own matter: an older server is not asked in vain.
 * @param {string} path as in the description, `/providers/{id}/health`
 */
export async function offers(path) {
  description ??= fetch(`${base}openapi.yaml`).then((answer) => (answer.ok ? answer.text() : ""));
  return (await description.catch(() => "")).includes(`\n  ${path}:\n`);
}

/**
 * What this server can split reports by; null when it does not say, or says it in a way of its own.
 * @returns {Promise<string[] | null>}
 */
export async function reportGroupings() {
  await offers("");
  const text = (await description?.catch(() => "")) ?? "";
  return /\{name: group_by,[^\n]*enum: \[([^\]]+)\]/.exec(text)?.[1].split(", ") ?? null;
}

/** @param {string} token from the one-time link */
export const signIn = async (token) => (await call("POST", "auth/sign-in", { body: { token } })).data;
export const signOut = () => call("POST", "auth/sign-out");
export const makeSignInLink = () => write("POST", "auth/setup-link");
export const session = async () => (await call("GET", "auth/session")).data;

/**
 * @param {Query} query
 * @param {Options} [options]
 * @returns {Promise<{ data: any[], next_cursor: string | null, has_more: boolean }>}
 */
export const logs = (query, options) => call("GET", "logs", { query, ...options });

/**
 * @param {string} id
 * @param {Options} [options]
 */
export const log = async (id, options) => (await call("GET", `logs/${encodeURIComponent(id)}`, options)).data;

/** @param {string} id */
export const replayLog = (id) => write("POST", one("logs", id, "/replay"), {});

/**
 * Where records are streamed from as they are written; for an `EventSource`.
 * @param {Query} query
 */
export const tailAddress = (query) => base + "logs/tail" + search(query);

/**
 * @param {Query} query
 * @param {Options} [options]
 * @returns {Promise<{ series: any[], totals: any }>}
 */
export const report = async (query, options) => (await call("GET", "analytics/report", { query, ...options })).data;

/** A page of a list is at most this long; lists that are shown whole are read page by page up to the bound. */
const pageLength = 200;
const mostPages = 10;

/**
 * A whole list, page by page.
 * @param {string} path
 * @param {{ query?: Query, signal?: AbortSignal }} [options]
 * @returns {Promise<any[]>}
 */
async function all(path, { query = {}, signal } = {}) {
  const found = [];
  let cursor = null;
  for (let page = 0; page < mostPages; page++) {
    const answer = await call("GET", path, { query: { ...query, limit: pageLength, cursor }, signal });
    found.push(...answer.data);
    cursor = answer.next_cursor;
    if (!cursor) break;
  }
  return found;
}

/**
 * What one object of a list is reached by.
 * @param {string} path
 * @param {string} id
 * @param {string} [rest]
 */
const one = (path, id, rest = "") => `${path}/${encodeURIComponent(id)}${rest}`;

/**
 * A write, answered with the object as it is afterwards.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {Query} [query]
 */
const write = async (method, path, body, query) => (await call(method, path, { body, query }))?.data;

/** @param {Options} [options] */
export const organization = async (options) => (await call("GET", "org", options)).data;
/** @param {string} name */
export const renameOrganization = (name) => write("PATCH", "org", { name });

/** @typedef {{ include_deleted?: boolean } & Options} ProjectOptions */

/** @param {ProjectOptions} [options] */
export const projects = ({ include_deleted, signal } = {}) => all("projects", { query: { include_deleted }, signal });
/** @param {object} body */
export const createProject = (body) => write("POST", "projects", body);
/** @param {string} id @param {object} body */
export const updateProject = (id, body) => write("PATCH", one("projects", id), body);
/** @param {string} id */
export const deleteProject = (id) => write("DELETE", one("projects", id));

/** @param {{ project_id?: string | null } & Options} [options] */
export const keys = ({ project_id, signal } = {}) => all("keys", { query: { project_id }, signal });
/** @param {object} body */
export const createKey = (body) => write("POST", "keys", body);
/** @param {string} id @param {object} body */
export const updateKey = (id, body) => write("PATCH", one("keys", id), body);
/** @param {string} id @param {object} body */
export const rotateKey = (id, body) => write("POST", one("keys", id, "/rotate"), body);
/** @param {string} id */
export const revokeKey = (id) => write("DELETE", one("keys", id));

/** @param {Options} [options] */
export const managementKeys = (options) => all("management-keys", options);
/** @param {object} body */
export const createManagementKey = (body) => write("POST", "management-keys", body);
/** @param {string} id */
export const revokeManagementKey = (id) => write("DELETE", one("management-keys", id));

/** @param {Options} [options] */
export const members = (options) => all("members", options);
/** @param {object} body */
export const createMember = (body) => write("POST", "members", body);
/** @param {string} id @param {object} body */
export const updateMember = (id, body) => write("PATCH", one("members", id), body);
/** @param {string} id */
export const removeMember = (id) => write("DELETE", one("members", id));

/** @param {Options} [options] */
export const providers = (options) => all("providers", options);
/** @param {object} body */
export const createProvider = (body) => write("POST", "providers", body);
/** @param {string} id @param {object} body */
export const updateProvider = (id, body) => write("PATCH", one("providers", id), body);
/** @param {string} id */
export const removeProvider = (id) => write("DELETE", one("providers", id));
/** @param {string} id */
export const verifyProvider = (id) => write("POST", one("providers", id, "/verify"), {});
/** How a provider did lately. @param {string} id @param {Options} [options] */
export const providerHealth = async (id, options) => (await call("GET", one("providers", id, "/health"), options)).data;

/**
 * A page of the catalogue: `models` or `prices`.
 * @param {"models" | "prices"} what
 * @param {Query} query
 * @param {Options} [options]
 */
export const catalogue = (what, query, options) => call("GET", what, { query, ...options });

/**
 * @param {Query} query
 * @param {Options} [options]
 */
export const audit = (query, options) => call("GET", "audit", { query, ...options });
/** @param {Options} [options] */
export const verifyAudit = async (options) => (await call("GET", "audit/verify", options)).data;

/** @param {{ project_id?: string | null } & Options} [options] */
export const configs = ({ project_id, signal } = {}) => all("routing-configs", { query: { project_id }, signal });
/**
 * @param {string} id or a slug, which needs the project when several have it
 * @param {{ project_id?: string | null } & Options} [options]
 */
export const config = async (id, { project_id, signal } = {}) =>
  (await call("GET", one("routing-configs", id), { query: { project_id }, signal })).data;
/** @param {string} id @param {Options} [options] */
export const configVersions = async (id, options) =>
  (await call("GET", one("routing-configs", id, "/versions"), options)).data;
/** @param {object} body */
export const createConfig = (body) => write("POST", "routing-configs", body);
/** @param {string} id @param {object} body */
export const saveConfig = (id, body) => write("PATCH", one("routing-configs", id), body);
/** @param {string} id */
export const removeConfig = (id) => write("DELETE", one("routing-configs", id));
/** @param {string} id @param {number} version */
export const rollBackConfig = (id, version) => write("POST", one("routing-configs", id, "/rollback"), { version });
/** @param {string} id @param {object} body */
export const estimateConfig = (id, body) => write("POST", one("routing-configs", id, "/estimate"), body);

/** What a request would do, without a call. @param {object} body */
export const dryRun = (body) => write("POST", "dry-run", body);

/** @param {Options} [options] */
export const budgets = (options) => all("budgets", options);
/** @param {string} id @param {Options} [options] */
export const budgetStatus = async (id, options) => (await call("GET", one("budgets", id, "/status"), options)).data;
/** @param {string} id @param {Options} [options] */
export const budgetEvents = async (id, options) => (await call("GET", one("budgets", id, "/events"), options)).data;
/** @param {object} body */
export const createBudget = (body) => write("POST", "budgets", body);
/** @param {string} id @param {object} body */
export const updateBudget = (id, body) => write("PATCH", one("budgets", id), body);
/** @param {string} id */
export const removeBudget = (id) => write("DELETE", one("budgets", id));
/** @param {string} id */
export const resetBudget = (id) => write("POST", one("budgets", id, "/reset"), {});

/** What is wrong now. @param {Options} [options] */
export const alerts = async (options) => (await call("GET", "alerts", options)).data;
/** @param {string} to */
export const sendTestMail = (to) => write("POST", "alerts/test-mail", { to });
/** @param {Options} [options] */
export const webhooks = (options) => all("webhooks/endpoints", options);
/** @param {Options} [options] */
export const eventTypes = async (options) => (await call("GET", "webhooks/event-types", options)).data;
/** @param {object} body */
export const createWebhook = (body) => write("POST", "webhooks/endpoints", body);
/** @param {string} id @param {object} body */
export const updateWebhook = (id, body) => write("PATCH", one("webhooks/endpoints", id), body);
/** @param {string} id */
export const removeWebhook = (id) => write("DELETE", one("webhooks/endpoints", id));
/** @param {string} id */
export const testWebhook = (id) => write("POST", one("webhooks/endpoints", id, "/test"), {});
/** @param {string} id */
export const rotateWebhook = (id) => write("POST", one("webhooks/endpoints", id, "/rotate-secret"), {});
/** @param {Query} query @param {Options} [options] */
export const deliveries = (query, options) => call("GET", "webhooks/deliveries", { query, ...options });
/** @param {string} id @param {Options} [options] */
export const delivery = async (id, options) => (await call("GET", one("webhooks/deliveries", id), options)).data;
/** @param {string} id */
export const replayDelivery = (id) => write("POST", one("webhooks/deliveries", id, "/replay"), {});

/** @param {Options} [options] */
export const system = async (options) => (await call("GET", "system", options)).data;
