// @ts-check
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { asCurl, managementCall, quoted } from "../../Resources/dashboard/curl.js";
import { snippets } from "../../Resources/dashboard/snippets.js";

test("any text is one word for the shell", () => {
  for (const text of ["plain", "it's", '$HOME `id` "x"', "a\nb", "\\", "'", "", "–ü"]) {
    assert.equal(execFileSync("sh", ["-c", `printf %s ${quoted(text)}`], { encoding: "utf8" }), text);
  }
});

test("a recorded call repeats itself, with the key as a variable", () => {
  const record = { surface: "openai", endpoint: "chat/completions", request_body: `{"a":"it's"}` };
  assert.equal(
    asCurl(record, "http://127.0.0.1:8080/"),
    [
      "curl 'http://127.0.0.1:8080/openai/v1/chat/completions' \\",
      '  -H "Authorization: Bearer $MODELUX_API_KEY" \\',
      "  -H 'Content-Type: application/json' \\",
      `  --data-raw '{"a":"it'\\''s"}'`,
    ].join("\n"),
  );
  const anthropic = asCurl({ surface: "anthropic", endpoint: "/v1/messages", request_body: null }, "http://x");
  assert.match(anthropic, /^curl 'http:\/\/x\/anthropic\/v1\/messages'/);
  assert.match(anthropic, /anthropic-version/);
  assert.doesNotMatch(anthropic, /--data/);
});

test("every snippet has the real address and no secret", () => {
  for (const { id, text } of snippets("https://gateway.internal:8443/", "@default")) {
    const isAnthropic = ["anthropic", "claude-code"].includes(id);
    assert.match(text, isAnthropic ? /internal:8443\/anthropic["']/ : /internal:8443\/openai\/v1/, id);
    assert.ok(text.includes("@default") || id === "environment", id);
    assert.match(text, /MODELUX_API_KEY/, id);
    assert.doesNotMatch(text, /mlx_sk_/, id);
  }
});

test("a call of the management API is one line with the key as a variable", () => {
  assert.equal(
    managementCall("http://127.0.0.1:5100", "GET", "keys"),
    `curl 'http://127.0.0.1:5100/manage/v1/keys' -H "Authorization: Bearer $MODELUX_MANAGEMENT_KEY"`,
  );
  const written = managementCall("http://x", "POST", "keys", { name: "it's" });
  assert.match(written, /^curl -X POST /);
  assert.match(written, /--data-raw '\{"name":"it'\\''s"\}'$/);
});
