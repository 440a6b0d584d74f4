// @ts-check
// Third step: a key, the call to paste, and a look-out for the first call.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { snippets } from "../snippets.js";
import { arrival } from "./arrival.js";
import { choice } from "./choice.js";
import { codeBlock, command } from "./copy.js";
import { proxyURL } from "./first-call.js";
import { form } from "./form.js";

/** @param {import("../pages/welcome.js").Found} found */
export function welcomeKey({ projects, system, signal }) {
  const project = projects.find(({ slug }) => slug === "default") ?? projects[0];
  const place = h("div", { class: "stack" });
  const made = form({
    label: "Make the key",
    fields: [{ name: "name", label: "Name of the application", required: true, value: "my-app" }],
    send: async ({ name }) => {
      const { secret } = await api.createKey({ name, project_id: project.id });
      replace(place, calls(secret, proxyURL(system)));
    },
  });
  replace(place, made.element);
  return [
    h(
      "section",
      { class: "card" },
      h("header", null, h("h2", null, "A key, and the first call")),
      h("div", { class: "body close" }, place),
    ),
    arrival(signal),
  ];
}

/**
 * @param {string} secret
 * @param {string} proxy
 */
function calls(secret, proxy) {
  const all = snippets(proxy, "@default");
  const place = h("div");
  const show = (/** @type {string} */ id) => {
    const snippet = all.find((candidate) => candidate.id === id) ?? all[0];
    replace(place, codeBlock(snippet.text, { name: snippet.label }));
  };
  show(all[0].id);
  const tabs = choice({ name: "Client", options: all, value: all[0].id, choose: show });
  return [
    h("p", null, h("strong", null, "Copy the key now: it is not shown again.")),
    command(`export MODELUX_API_KEY=${secret}`),
    h("p", { class: "soft" }, "Then call from where the application runs:"),
    h("div", { class: "scroll" }, tabs.element),
    place,
  ];
}
