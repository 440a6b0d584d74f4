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
   */
  constructor(status, message, code = null) {
    super(message);
    this.name = "APIError";
    this.status = status;
    this.code = code;
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
  throw new APIError(response.status, error.message ?? `The server answered ${response.status}.`, error.code ?? null);
}

/** @param {Query} [query] */
function search(query = {}) {
  const entries = query instanceof URLSearchParams ? [...query] : Object.entries(query);
  const kept = entries.filter(([, value]) => value !== undefined && value !== null && value !== "");
  return kept.length ? "?" + new URLSearchParams(kept.map(([key, value]) => [key, String(value)])) : "";
}

/** @param {string} token from the one-time link */
export const signIn = async (token) => (await call("POST", "auth/sign-in", { body: { token } })).data;
export const signOut = () => call("POST", "auth/sign-out");
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

/** @param {Options} [options] */
export const projects = async (options) => (await call("GET", "projects", { query: { limit: 200 }, ...options })).data;

/** @param {Options} [options] */
export const keys = async (options) => (await call("GET", "keys", { query: { limit: 200 }, ...options })).data;

/** @param {Options} [options] */
export const providers = async (options) =>
  (await call("GET", "providers", { query: { limit: 200 }, ...options })).data;

/** @param {Options} [options] */
export const system = async (options) => (await call("GET", "system", options)).data;
