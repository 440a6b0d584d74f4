// @ts-check
// What an answer must be like to be accepted, and a model that judges it.

import { h } from "../html.js";
import { buildField } from "./build-field.js";
import { buildTarget } from "./build-target.js";

/**
 * @param {import("./build-field.js").Desk} desk
 * @param {any} owner the piece of the draft that has the test
 * @param {string} name of the test in it
 * @param {string} path of the owner
 * @param {string} label
 */
export function buildTest(desk, owner, name, path, label) {
  const isSaid = owner[name] !== undefined;
  owner[name] ??= {};
  const field = (/** @type {import("./build-field.js").Setting} */ setting) =>
    buildField(desk, owner[name], `${path}.${name}`, setting);
  return h(
    "details",
    { class: "fold", open: isSaid, "aria-label": label },
    h("summary", { class: "small soft" }, label),
    h(
      "div",
      { class: "form-fields" },
      field({ name: "finish_reason", label: "It ended with", kind: "words", hint: "stop" }),
      field({ name: "min_chars", label: "Characters at least", kind: "number" }),
      field({ name: "regex", label: "It matches", hint: "^\\{", wide: true }),
      field({
        name: "json_schema",
        label: "It is JSON of this schema",
        kind: "json",
        hint: '{"type": "object"}',
        wide: true,
      }),
    ),
  );
}

/**
 * A model that judges, and by what.
 * @param {import("./build-field.js").Desk} desk
 * @param {any} owner
 * @param {string} path of the owner
 */
export function buildJudge(desk, owner, path) {
  owner.judge ??= { model: "" };
  const prompt = { name: "prompt", label: "By what", hint: "The most helpful answer" };
  return h(
    "div",
    { class: "stack wide" },
    buildTarget(desk, owner.judge, `${path}.judge`, { label: "Who judges" }),
    buildField(desk, owner.judge, `${path}.judge`, prompt),
  );
}
