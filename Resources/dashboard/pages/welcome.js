// @ts-check
// The first steps of a new installation: a name, a provider, a key. Then it waits for the first call and shows it.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { changed, link } from "../router.js";
import { may, state } from "../state.js";
import { bone, failure, waiting } from "../parts/states.js";
import { welcomeKey } from "../parts/welcome-key.js";
import { welcomeName } from "../parts/welcome-name.js";
import { welcomeProvider } from "../parts/welcome-provider.js";

export const title = "First steps";

const steps = [
  { name: "Administrator", show: welcomeName },
  { name: "Provider", show: welcomeProvider },
  { name: "Key and first call", show: welcomeKey },
];

/**
 * What each step gets.
 * @typedef {object} Found
 * @property {any} organization
 * @property {any[]} providers
 * @property {any[]} projects
 * @property {any} system
 * @property {() => void} next goes on to the next step
 * @property {(provider: any, model: string) => void} choose what the default config shall use
 * @property {AbortSignal} signal
 */

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, { query, signal, go }) {
  state.isWelcomed = true;
  const content = h("div", { class: "stack-page welcome" });
  const bar = h("ol", { class: "line welcome-steps", "aria-label": "Steps" });
  const index = () => Math.min(steps.length, Math.max(1, Number(query.get("step")) || 1)) - 1;

  const load = async () => {
    replace(content, h("section", { class: "card" }, h("div", { class: "body" }, bone("", "plot"))), waiting());
    try {
      const [organization, providers, projects, system] = await Promise.all([
        api.organization({ signal }),
        api.providers({ signal }),
        api.projects({ signal }),
        api.system({ signal }),
      ]);
      const next = () => go(changed(query, { step: String(index() + 2) }));
      const choose = (/** @type {any} */ provider, /** @type {string} */ model) => chosen(projects, provider, model);
      replace(content, steps[index()].show({ organization, providers, projects, system, next, choose, signal }));
      /** @type {HTMLElement | null} */ (content.querySelector("input, button.primary"))?.focus();
    } catch (error) {
      if (!signal.aborted) replace(content, h("section", { class: "card" }, failure(error, load)));
    }
  };
  const update = (/** @type {URLSearchParams} */ next) => {
    query = next;
    replace(bar, steps.map(step));
    load();
  };
  /**
   * @param {{ name: string }} step
   * @param {number} at
   */
  function step({ name }, at) {
    const here = at === index();
    const way = link("/welcome", { step: at + 1 });
    return h("li", null, h("a", { href: way, "aria-current": here ? "step" : null }, `${at + 1}. ${name}`));
  }
  const later = h("a", { class: "button plain", href: "#/" }, "Skip");
  replace(main, h("header", { class: "page-head" }, h("h1", { tabindex: -1 }, title), later), bar, content);
  update(query);
  return { update };
}

/**
 * The config `default` of the first project goes to the model that was chosen.
 * @param {any[]} projects
 * @param {any} provider
 * @param {string} model
 */
async function chosen(projects, provider, model) {
  const project = projects.find(({ slug }) => slug === "default") ?? projects[0];
  if (!project || !may("member")) return;
  const config = await api.config("default", { project_id: project.id });
  const name = model.startsWith(`${provider.name}/`) ? model : `${provider.name}/${model}`;
  if (config.config?.model !== name) await api.saveConfig(config.id, { policy: "single", config: { model: name } });
}
