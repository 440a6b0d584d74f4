// @ts-check
// The way in: a one-time link signs in by itself; without one the page says how to get it.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { state } from "../state.js";
import { command } from "../parts/copy.js";
import { icon, mark } from "../parts/icon.js";

export const title = "Sign in";

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, { query }) {
  const token = query.get("token");
  const content = h("div", { class: "stack", "aria-live": "polite" });
  replace(main, h("section", { class: "sign-in" }, h("div", { class: "brand" }, mark(24), "modelux"), content));
  if (!token) return replace(content, instructions());

  // The token leaves the address at once: a one-time secret has no place in the history.
  history.replaceState(null, "", "#/sign-in");
  replace(content, h("h1", { tabindex: -1 }, "Signing in…"), h("p", { class: "soft" }, "The link is being checked."));
  api.signIn(token).then(
    (session) => {
      state.session = session;
      document.dispatchEvent(new CustomEvent("signedin"));
    },
    (error) => replace(content, refusal(error), instructions()),
  );
}

/** @param {Error} error */
const refusal = (error) =>
  h("p", { class: "notice bad", role: "alert" }, icon("warning"), h("span", null, error.message));

const instructions = () => [
  h("h1", { tabindex: -1 }, "Sign in with a one-time link"),
  h("p", { class: "soft" }, "On the machine that runs modelux, ask for a link and open it in this browser:"),
  command("modelux setup-link"),
  h(
    "p",
    { class: "faint small" },
    "A link works once, for 30 minutes. modelux sends it nowhere: who can run the command may sign in.",
  ),
];
