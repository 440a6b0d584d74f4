// @ts-check
// What an appliance without a single call shows: the call to make first.

import * as api from "../api.js";
import { h } from "../html.js";
import { snippets } from "../snippets.js";
import { codeBlock } from "./copy.js";
import { empty } from "./states.js";

/**
 * Where applications send their calls, as far as the server tells.
 * @param {any} system
 */
export const proxyURL = (system) => system?.proxy_url ?? `${location.protocol}//${location.hostname}:8080`;

/**
 * @param {AbortSignal} signal
 * @returns {Promise<HTMLElement>}
 */
export async function firstCall(signal) {
  const system = await api.system({ signal }).catch(() => null);
  const [curl] = snippets(proxyURL(system), "@default");
  return h(
    "section",
    { class: "card" },
    empty({
      title: "No calls yet",
      text: "Send the first one with a key of yours. It shows up here within a second.",
      action: h(
        "div",
        { class: "stack first-call" },
        codeBlock(curl.text, { name: "First call by curl" }),
        h(
          "p",
          { class: "soft" },
          "No key yet? ",
          h("a", { href: "#/welcome" }, "Three steps"),
          " lead to the first call. More ways in: ",
          h("a", { href: "#/setup" }, "Client set-up"),
          ".",
        ),
      ),
    }),
  );
}
