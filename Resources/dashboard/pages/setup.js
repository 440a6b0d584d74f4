// @ts-check
// How an application sends its calls here: the real address, ready to paste, and a look-out for the first call.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { snippets } from "../snippets.js";
import { arrival } from "../parts/arrival.js";
import { choice } from "../parts/choice.js";
import { codeBlock, command } from "../parts/copy.js";
import { proxyURL } from "../parts/first-call.js";
import { sameBy } from "../parts/same-by.js";
import { bone, failure, waiting } from "../parts/states.js";

export const title = "Client set-up";

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, { query, signal, go }) {
  const content = h("div", { class: "stack-page" });
  const load = async () => {
    replace(content, h("section", { class: "card" }, h("div", { class: "body" }, bone("", "plot"))), waiting());
    try {
      const [system, projects] = await Promise.all([api.system({ signal }), api.projects({ signal })]);
      replace(
        content,
        steps(proxyURL(system), projects[0]?.slug ?? projects[0]?.name ?? "default", query, go),
        arrival(signal),
        sameBy({ command: "modelux keys create --project default --name my-app", path: "system" }),
      );
    } catch (error) {
      if (!signal.aborted) replace(content, h("section", { class: "card" }, failure(error, load)));
    }
  };
  replace(main, h("header", { class: "page-head" }, h("h1", { tabindex: -1 }, title)), content);
  load();
  return { update() {} };
}

/**
 * @param {string} proxy
 * @param {string} project
 * @param {URLSearchParams} query
 * @param {import("../routes.js").Context["go"]} go
 */
function steps(proxy, project, query, go) {
  const all = snippets(proxy, "@default");
  const place = h("div");
  const show = (/** @type {string} */ id) => {
    const snippet = all.find((candidate) => candidate.id === id) ?? all[0];
    replace(place, codeBlock(snippet.text, { name: snippet.label }));
  };
  const chosen = query.get("client") ?? "curl";
  const tabs = choice({
    name: "Client",
    options: all,
    value: all.some(({ id }) => id === chosen) ? chosen : "curl",
    choose: (id) => (show(id), go(new URLSearchParams({ client: id }), { replaces: true })),
  });
  show(chosen);
  return h(
    "ol",
    { class: "steps" },
    step("A key for the application", [
      h(
        "p",
        { class: "soft" },
        "The secret is shown once. Keep it where the application finds it, as ",
        h("code", null, "MODELUX_API_KEY"),
        ".",
      ),
      command(`modelux keys create --project ${project} --name my-app`),
    ]),
    step("The address and the model", [
      h(
        "p",
        { class: "soft" },
        "Whatever speaks the OpenAI API works: change the base address, keep the code. ",
        h("code", null, "@default"),
        " is the routing config of that name; ",
        h("code", null, "provider/model"),
        " and bare model names work too.",
      ),
      h("div", { class: "scroll" }, tabs.element),
      place,
    ]),
  );
}

/**
 * @param {string} name
 * @param {import("../html.js").Child} content
 */
const step = (name, content) =>
  h("li", { class: "card" }, h("header", null, h("h2", null, name)), h("div", { class: "body close stack" }, content));
