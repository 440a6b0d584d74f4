// @ts-check
// The versions of a routing config: what each changed, and the way back to it.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { moment } from "../format.js";
import { summary } from "../routing.js";
import { may } from "../state.js";
import { ask } from "./ask.js";
import { difference } from "./difference.js";

/**
 * @param {any} config in its current version
 * @param {any[]} versions the newest first
 * @param {object} settings
 * @param {number | null} settings.chosen
 * @param {(version: number) => void} settings.choose
 * @param {(saved: any) => void} settings.saved
 */
export function configVersions(config, versions, { chosen, choose, saved }) {
  const details = h("div");
  const now = new Date();
  const rows = versions.map((version) =>
    h(
      "li",
      null,
      h(
        "button",
        {
          type: "button",
          class: "version",
          data: { version: version.version },
          on: { click: () => (show(version), choose(version.version)) },
        },
        h(
          "span",
          { class: "line" },
          h("strong", null, `Version ${version.version}`),
          version.version === config.version ? h("span", { class: "badge accent" }, "in force") : null,
          h("span", { class: "faint small" }, `${moment(version.updated_at, now)} by ${version.author}`),
        ),
        h("span", { class: "soft cut" }, summary(version.policy, version.config)),
      ),
    ),
  );
  const show = (/** @type {any} */ version) => {
    const index = versions.indexOf(version);
    const before = versions[index + 1];
    for (const row of rows) {
      const button = /** @type {HTMLElement} */ (row.firstElementChild);
      button.setAttribute("aria-pressed", String(button.dataset.version === String(version.version)));
    }
    const of = (/** @type {any} */ one) => one && { policy: one.policy, config: one.config };
    replace(
      details,
      h(
        "section",
        { class: "card" },
        h(
          "header",
          null,
          h("h2", null, before ? `Version ${before.version} → ${version.version}` : `Version ${version.version}`),
          version.version === config.version || !may("member") ? null : back(version),
        ),
        h("div", { class: "body" }, difference(of(before) ?? null, of(version), "What changed")),
      ),
    );
  };
  const back = (/** @type {any} */ version) => {
    const click = () =>
      ask({
        title: `Go back to version ${version.version} of @${config.slug}?`,
        text: `It is saved anew as version ${config.version + 1} and is in force from the next request on.`,
        label: `Go back to version ${version.version}`,
        run: async () =>
          (await api.offers("/routing-configs/{id}/rollback"))
            ? api.rollBackConfig(config.id, version.version)
            : api.saveConfig(config.id, { policy: version.policy, config: version.config }),
        done: saved,
      });
    return h("button", { type: "button", class: "button", on: { click } }, "Go back to it…");
  };
  show(versions.find(({ version }) => version === chosen) ?? versions[0]);
  return h(
    "div",
    { class: "columns aside" },
    h("div", null, details),
    h("div", null, h("section", { class: "card", "aria-label": "Versions" }, h("ol", { class: "versions" }, rows))),
  );
}
