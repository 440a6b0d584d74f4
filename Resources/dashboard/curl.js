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

/**
 * What an application needs to send its calls here, client by client.
 * @param {string} proxyURL
 * @param {string} model
 * @returns {{ id: string, label: string, language: string, text: string }[]}
 */
export function snippets(proxyURL, model) {
  const root = proxyURL.replace(/\/$/, "");
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Say hello." }] });
  return [
    {
      id: "curl",
      label: "curl",
      language: "shell",
      text: `${asCurl({ surface: "openai", endpoint: "chat/completions", request_body: body }, root)}\n`,
    },
    {
      id: "python",
      label: "OpenAI for Python",
      language: "python",
      text: [
        "import os",
        "from openai import OpenAI",
        "",
        "client = OpenAI(",
        `    base_url=${JSON.stringify(`${root}/openai/v1`)},`,
        '    api_key=os.environ["MODELUX_API_KEY"],',
        ")",
        "answer = client.chat.completions.create(",
        `    model=${JSON.stringify(model)},`,
        '    messages=[{"role": "user", "content": "Say hello."}],',
        ")",
        "print(answer.choices[0].message.content)",
        "",
      ].join("\n"),
    },
    {
      id: "javascript",
      label: "OpenAI for JavaScript",
      language: "javascript",
      text: [
        'import OpenAI from "openai";',
        "",
        "const client = new OpenAI({",
        `  baseURL: ${JSON.stringify(`${root}/openai/v1`)},`,
        "  apiKey: process.env.MODELUX_API_KEY,",
        "});",
        "const answer = await client.chat.completions.create({",
        `  model: ${JSON.stringify(model)},`,
        '  messages: [{ role: "user", content: "Say hello." }],',
        "});",
        "console.log(answer.choices[0].message.content);",
        "",
      ].join("\n"),
    },
    {
      id: "environment",
      label: "Environment",
      language: "shell",
      text: `export OPENAI_BASE_URL=${quoted(`${root}/openai/v1`)}\nexport OPENAI_API_KEY="$MODELUX_API_KEY"\n`,
    },
  ];
}
