// @ts-check
// What stands where data will be, is not, or could not be fetched. Every page has all of these.

import { h } from "../html.js";
import { icon } from "./icon.js";
import { command } from "./copy.js";

/** @param {{ title: string, text?: string, command?: string, action?: Node, isInline?: boolean }} options */
export const empty = ({ title, text, command: line, action, isInline }) =>
  h(
    "div",
    { class: `state ${isInline ? "inline" : ""}` },
    isInline ? null : icon("empty", 24),
    h("h2", null, title),
    text ? h("p", null, text) : null,
    line ? command(line) : null,
    action ?? null,
  );

/**
 * The server's own sentence and a way to try again.
 * @param {unknown} error
 * @param {() => void} retry
 */
export const failure = (error, retry) =>
  h(
    "div",
    { class: "state", role: "alert" },
    icon("warning", 24),
    h("h2", null, "This could not be loaded"),
    h("p", null, error instanceof Error ? error.message : String(error)),
    h("button", { type: "button", class: "button", on: { click: retry } }, icon("retry", 14), "Try again"),
  );

/**
 * A grey bar as wide as the words that will stand there.
 * @param {string} [width]
 * @param {string} [kind]
 */
export const bone = (width, kind = "") =>
  h("span", { class: `bone ${kind}`, style: width ? { "--wide": width } : undefined });

/** Says to screen readers that something is on its way. */
export const waiting = () => h("span", { class: "unseen", role: "status" }, "Loading");
