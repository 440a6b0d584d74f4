// @ts-check
// What an application needs to send its calls here, client by client. Pure. The key is always a variable.

import { asCurl, quoted } from "./curl.js";

/** @typedef {{ id: string, label: string, language: string, text: string }} Snippet */

const question = "Say hello.";

/**
 * @param {string} proxyURL
 * @param {string} model
 * @returns {Snippet[]}
 */
export function snippets(proxyURL, model) {
  const root = proxyURL.replace(/\/$/, "");
  const [openai, anthropic] = [JSON.stringify(`${root}/openai/v1`), JSON.stringify(`${root}/anthropic`)];
  const name = JSON.stringify(model);
  const body = JSON.stringify({ model, messages: [{ role: "user", content: question }] });
  return [
    snippet("curl", "curl", "shell", [
      asCurl({ surface: "openai", endpoint: "chat/completions", request_body: body }, root),
    ]),
    snippet("python", "OpenAI, Python", "python", [
      "import os",
      "from openai import OpenAI",
      "",
      "client = OpenAI(",
      `    base_url=${openai},`,
      '    api_key=os.environ["MODELUX_API_KEY"],',
      ")",
      "answer = client.chat.completions.create(",
      `    model=${name},`,
      `    messages=[{"role": "user", "content": "${question}"}],`,
      ")",
      "print(answer.choices[0].message.content)",
    ]),
    snippet("javascript", "OpenAI, JavaScript", "javascript", [
      'import OpenAI from "openai";',
      "",
      "const client = new OpenAI({",
      `  baseURL: ${openai},`,
      "  apiKey: process.env.MODELUX_API_KEY,",
      "});",
      "const answer = await client.chat.completions.create({",
      `  model: ${name},`,
      `  messages: [{ role: "user", content: "${question}" }],`,
      "});",
      "console.log(answer.choices[0].message.content);",
    ]),
    snippet("anthropic", "Anthropic", "python", [
      "import os",
      "from anthropic import Anthropic",
      "",
      "client = Anthropic(",
      `    base_url=${anthropic},`,
      '    api_key=os.environ["MODELUX_API_KEY"],',
      ")",
      "answer = client.messages.create(",
      `    model=${name},`,
      "    max_tokens=1024,",
      `    messages=[{"role": "user", "content": "${question}"}],`,
      ")",
      "print(answer.content[0].text)",
    ]),
    snippet("claude-code", "Claude Code", "shell", [
      `export ANTHROPIC_BASE_URL=${quoted(`${root}/anthropic`)}`,
      'export ANTHROPIC_AUTH_TOKEN="$MODELUX_API_KEY"',
      `export ANTHROPIC_MODEL=${quoted(model)}`,
      "claude",
    ]),
    snippet("langchain", "LangChain", "python", [
      "import os",
      "from langchain_openai import ChatOpenAI",
      "",
      "model = ChatOpenAI(",
      `    base_url=${openai},`,
      '    api_key=os.environ["MODELUX_API_KEY"],',
      `    model=${name},`,
      ")",
      `print(model.invoke("${question}").content)`,
    ]),
    snippet("environment", "Environment", "shell", [
      `export OPENAI_BASE_URL=${quoted(`${root}/openai/v1`)}`,
      'export OPENAI_API_KEY="$MODELUX_API_KEY"',
    ]),
  ];
}

/**
 * @param {string} id
 * @param {string} label
 * @param {string} language
 * @param {string[]} lines
 * @returns {Snippet}
 */
const snippet = (id, label, language, lines) => ({ id, label, language, text: `${lines.join("\n")}\n` });
