// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { assembled, conversation, pretty } from "../../Resources/dashboard/bodies.js";

const turns = (/** @type {unknown} */ request, /** @type {unknown} */ response) =>
  conversation(
    request === null ? null : JSON.stringify(request),
    typeof response === "string" || response === null ? response : JSON.stringify(response),
  ).map(({ role, blocks }) => [
    role,
    ...blocks.map(({ kind, text, name }) => (name ? `${kind} ${name}: ${text}` : `${kind}: ${text}`)),
  ]);
const stream = (/** @type {unknown[]} */ ...events) =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("") + "data: [DONE]\n\n";

test("a chat with tools, both wire shapes", () => {
  const openAI = {
    messages: [
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
        ],
      },
      { role: "assistant", content: null, tool_calls: [{ function: { name: "look", arguments: '{"at":1}' } }] },
      { role: "tool", content: "a cat" },
    ],
  };
  assert.deepEqual(turns(openAI, { choices: [{ message: { role: "assistant", content: "A cat." } }] }), [
    ["system", "text: Be brief."],
    ["user", "text: What is this?", "note image: image/png, 1 KiB"],
    ["assistant", 'call look: {\n  "at": 1\n}'],
    ["tool", "result: a cat"],
    ["assistant", "text: A cat."],
  ]);
  const anthropic = {
    system: [{ type: "text", text: "Be brief." }],
    messages: [{ role: "user", content: [{ type: "tool_result", tool_use_id: "1", content: "a cat" }] }],
  };
  const answer = {
    role: "assistant",
    content: [
      { type: "thinking", thinking: "Hm." },
      { type: "tool_use", name: "look", input: {} },
    ],
  };
  assert.deepEqual(turns(anthropic, answer), [
    ["system", "text: Be brief."],
    ["user", "result: a cat"],
    ["assistant", "thinking: Hm.", "call look: {}"],
  ]);
});

test("a stream reads like the whole answer", () => {
  const text = stream(
    { choices: [{ index: 0, delta: { role: "assistant", content: "Hel" } }] },
    {
      choices: [
        {
          index: 0,
          delta: { content: "lo", tool_calls: [{ index: 0, function: { name: "look", arguments: '{"a' } }] },
        },
      ],
    },
    {
      choices: [
        { index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: '":1}' } }] }, finish_reason: "stop" },
      ],
    },
    { choices: [], usage: { prompt_tokens: 1 } },
  );
  assert.deepEqual(turns(null, text), [["assistant", "text: Hello", 'call look: {\n  "a": 1\n}']]);
  const messages = stream(
    { type: "message_start", message: {} },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi." } },
    { type: "content_block_start", index: 1, content_block: { type: "tool_use", name: "look", input: {} } },
    { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: '{"b":2}' } },
    { type: "message_delta", delta: { stop_reason: "tool_use" } },
  ).replaceAll("\n\n", "\r\n\r\n");
  assert.deepEqual(turns(null, messages), [["assistant", "text: Hi.", 'call look: {\n  "b": 2\n}']]);
});

test("a stream that breaks off keeps what came and says what went wrong", () => {
  const text = stream(
    { choices: [{ index: 0, delta: { content: "Half" } }] },
    { error: { message: "upstream went away" } },
  );
  assert.deepEqual(turns(null, text), [
    ["assistant", "text: Half"],
    ["error", "text: upstream went away"],
  ]);
});

test("errors, embeddings and what is not JSON are shown all the same", () => {
  assert.deepEqual(turns({ input: "abc" }, { data: [{ embedding: [1, 2, 3] }] }), [
    ["input", "text: abc"],
    ["answer", "note: 1 embedding of 3 dimensions"],
  ]);
  assert.deepEqual(turns(null, { error: { message: "no" } }), [["error", "text: no"]]);
  assert.deepEqual(turns(null, "<html>bad gateway</html>"), [["assistant", "text: <html>bad gateway</html>"]]);
  assert.deepEqual(turns(null, null), []);
  assert.equal(assembled("nothing of the kind"), undefined);
});

test("strange bodies never throw", () => {
  for (const strange of [
    1,
    "x",
    [],
    [1],
    { messages: [null, 1, "x", { content: [null, 1, {}] }] },
    { choices: [null] },
    { content: [null] },
    { messages: {} },
  ]) {
    const text = JSON.stringify(strange);
    assert.doesNotThrow(() => conversation(text, text), text);
  }
});

test("JSON inside a string is opened", () => {
  assert.equal(pretty('{"a":1}'), '{\n  "a": 1\n}');
  assert.equal(pretty("plain"), "plain");
  assert.equal(pretty(undefined), "null");
});
