// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { completed, completions, cutAt, fault, names } from "../../Resources/dashboard/rules.js";

const offered = (/** @type {string} */ text, caret = text.length) =>
  completions(text, caret).list.map((completion) => completion.text);

test("at the beginning and after a joint every name fits, of which what is typed is the start", () => {
  assert.deepEqual(offered(""), names.map(({ text }) => text));
  assert.deepEqual(offered("request.st"), ["request.stream"]);
  assert.deepEqual(offered("request.stream and t"), ["tags.", "time.hour", "time.weekday"]);
  assert.deepEqual(offered("not ("), names.map(({ text }) => text));
});

test("after a value an operator fits, after a comparison a joint", () => {
  assert.ok(offered("tags.team ").includes("=="));
  assert.ok(offered("tags.team s").includes("starts_with"));
  assert.deepEqual(offered("tags.team == 'a' "), ["and", "or"]);
  assert.deepEqual(offered("budget.used_pct >= 0.9 o"), ["or"]);
  assert.ok(offered("tags.team == 'a' and tags.env ").includes("in"));
});

test("inside a text nothing is offered", () => {
  assert.deepEqual(offered("tags.team == 're"), []);
  assert.deepEqual(offered("tags.team == 'a and b' and request.st"), ["request.stream"]);
});

test("a completion takes the place of what was typed of it", () => {
  assert.deepEqual(completed("request.st == true", 10, 0, "request.stream"), {
    text: "request.stream == true",
    caret: 15,
  });
  assert.deepEqual(completed("ta", 2, 0, "tags."), { text: "tags.", caret: 5 });
});

test("a fault of the server is found in the text, by characters as people count them", () => {
  assert.deepEqual(fault("at character 7: unknown name"), { position: 7, message: "unknown name" });
  assert.deepEqual(fault("is required"), { position: null, message: "is required" });
  assert.deepEqual(cutAt("a👩‍👩‍👧b", 2), ["a", "👩‍👩‍👧", "b"]);
  assert.deepEqual(cutAt("abc", 9), ["abc", " ", ""]);
  assert.deepEqual(cutAt("", 1), ["", " ", ""]);
});
