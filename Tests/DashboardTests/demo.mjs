// @ts-check
// A running demo to look at: one that is there already (`MODELUX_DEMO` holds the line that `modelux demo --json`
// printed), or one of our own from the executable in `MODELUX_BIN`.

import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/**
 * @typedef {object} Addresses
 * @property {string} proxy_url
 * @property {string} admin_url
 * @property {string} dashboard_url
 * @property {string} api_key
 * @property {string} management_key
 */

/** Why there is none to be had, or null. */
export function absence() {
  if (process.env.MODELUX_DEMO) return null;
  const executable = process.env.MODELUX_BIN;
  if (!executable) return "neither MODELUX_BIN nor MODELUX_DEMO is set";
  try {
    accessSync(executable, constants.X_OK);
    return null;
  } catch {
    return `${executable} cannot be run`;
  }
}

/** @returns {Promise<Addresses & { stop: () => Promise<void> }>} */
export async function demo() {
  if (process.env.MODELUX_DEMO) return { ...JSON.parse(process.env.MODELUX_DEMO), stop: async () => {} };
  const directory = mkdtempSync(join(tmpdir(), "modelux-demo-"));
  const flags = ["demo", "--json", "--data", directory, "--proxy", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
  const child = spawn(process.env.MODELUX_BIN ?? "", flags, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("{")) return { ...JSON.parse(line), stop };
  }
  throw new Error("the demo ended without a word");
}

/**
 * An appliance that was never started before.
 * @returns {Promise<Pick<Addresses, "proxy_url" | "dashboard_url"> & { stop: () => Promise<void> }>}
 */
export async function fresh() {
  const directory = mkdtempSync(join(tmpdir(), "modelux-fresh-"));
  const flags = ["serve", "--data", directory, "--proxy", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
  const child = spawn(process.env.MODELUX_BIN ?? "", flags, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  let said = "";
  for (const output of [child.stdout, child.stderr]) output.setEncoding("utf8").on("data", (text) => (said += text));
  const deadline = Date.now() + 30_000;
  for (;;) {
    const link = /https?:\S+sign-in\?token=\S+/.exec(said)?.[0];
    const proxy = /\bproxy=(\S+)/.exec(said)?.[1];
    if (link && proxy) return { proxy_url: proxy, dashboard_url: link, stop };
    if (Date.now() > deadline || child.exitCode !== null) throw new Error(`it did not start: ${said.slice(0, 400)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * A call through the proxy, as an application makes it.
 * @param {Pick<Addresses, "proxy_url" | "api_key">} addresses
 * @param {object} body
 * @param {Record<string, string>} [headers]
 * @returns {Promise<{ id: string, status: number }>}
 */
export async function call(addresses, body, headers = {}) {
  const answer = await fetch(`${new URL(addresses.proxy_url).origin}/openai/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${addresses.api_key}`, ...headers },
    body: JSON.stringify({ messages: [{ role: "user", content: "Say hello." }], ...body }),
  });
  await answer.text();
  return { id: answer.headers.get("x-modelux-request-id") ?? "", status: answer.status };
}
