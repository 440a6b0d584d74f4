// @ts-check
// Calls as commands and snippets to paste. Pure. The key is always a variable: no secret is ever shown again.

/**
 * A text as one word for the shell.
 * @param {string} text
 */
export const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * A recorded call as a command that repeats it.
 * @param {{ surface: string, endpoint: string, request_body: string | null }} record
 * @param {string} proxyURL
 */
export function asCurl(record, proxyURL) {
  const isAnthropic = record.surface === "anthropic";
  const root = `${proxyURL.replace(/\/$/, "")}/${isAnthropic ? "anthropic" : "openai"}/v1`;
  const endpoint = record.endpoint.replace(/^\/+/, "").replace(/^v1\//, "");
  const lines = [`curl ${quoted(`${root}/${endpoint}`)}`, `-H "Authorization: Bearer $MODELUX_API_KEY"`];
  if (isAnthropic) lines.push("-H 'anthropic-version: 2023-06-01'");
  if (record.request_body !== null) {
    lines.push("-H 'Content-Type: application/json'", `--data-raw ${quoted(record.request_body)}`);
  }
  return lines.join(" \\\n  ");
}

/**
 * A call of the management API as a command on one line.
 * @param {string} origin
 * @param {string} method
 * @param {string} path after `/manage/v1/`
 * @param {object} [body]
 */
export function managementCall(origin, method, path, body) {
  const words = ["curl", ...(method === "GET" ? [] : ["-X", method]), quoted(`${origin}/manage/v1/${path}`)];
  words.push(`-H "Authorization: Bearer $MODELUX_MANAGEMENT_KEY"`);
  if (body) words.push("-H 'Content-Type: application/json'", `--data-raw ${quoted(JSON.stringify(body))}`);
  return words.join(" ");
}
