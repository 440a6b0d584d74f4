// @ts-check
// One routing config: its builder, its versions, a dry run.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { changed, link } from "../router.js";
import { may } from "../state.js";
import { ask } from "../parts/ask.js";
import { builder } from "../parts/builder.js";
import { choice } from "../parts/choice.js";
import { configJSON } from "../parts/config-json.js";
import { configTry } from "../parts/config-try.js";
import { configVersions } from "../parts/config-versions.js";
import { framed } from "../parts/framed.js";
import { icon } from "../parts/icon.js";
import { knownTargets } from "../parts/known-targets.js";
import { sameBy } from "../parts/same-by.js";
import { toast } from "../parts/toast.js";

export const title = "Routing config";

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, { params, query, signal, go, setTitle }) {
  /** @type {any} */
  let data = null;
  const controls = h("div", { class: "line" });
  const foot = h("div");
  const list = () => link("/routing", { project_id: query.get("project_id") });

  const page = framed(main, {
    title: "Routing",
    signal,
    controls,
    load: async () => {
      const config = await api.config(params.id, { project_id: query.get("project_id"), signal });
      const [versions, siblings, hasDryRun] = await Promise.all([
        api.configVersions(config.id, { signal }),
        api.configs({ project_id: config.project_id, signal }).catch(() => []),
        api.offers("/dry-run"),
      ]);
      const others = siblings.filter(({ id }) => id !== config.id);
      return { config, versions, hasDryRun, known: await knownTargets(others, signal) };
    },
    show(loaded) {
      data = loaded;
      head();
      return view();
    },
    foot,
  });

  function head() {
    const { config, hasDryRun } = data;
    setTitle(`@${config.slug}`);
    const heading = main.querySelector("h1");
    const back = h("a", { class: "button plain tight back", href: list() }, icon("back", 14), "Routing");
    if (heading) replace(heading, `@${config.slug}`);
    if (!main.querySelector(".back")) heading?.before(back);
    const views = choice({
      name: "View",
      options: [
        { id: "build", label: "Builder" },
        { id: "json", label: "JSON" },
        { id: "versions", label: `Versions ${data.versions.length}` },
        ...(hasDryRun ? [{ id: "try", label: "Dry run" }] : []),
      ],
      value: query.get("view") ?? "build",
      choose: (id) => go(changed(query, { view: id === "build" ? null : id, version: null })),
    });
    const more = h("button", { type: "button", class: "button plain danger", on: { click: remove } }, "Remove…");
    replace(controls, views.element, may("member") && config.slug !== "default" ? more : null);
    const body = { policy: config.policy, config: config.config };
    replace(foot, sameBy({ method: "PATCH", path: `routing-configs/${config.id}`, body }));
  }

  function view() {
    const { config, versions, known } = data;
    const saved = (/** @type {any} */ fresh) => {
      toast(`Version ${fresh.version} of @${fresh.slug} is in force`);
      data = { ...data, config: fresh, versions: [fresh, ...data.versions] };
      redraw();
    };
    if (query.get("view") === "versions") {
      const choose = (/** @type {number} */ version) =>
        go(changed(query, { version: String(version) }), { replaces: true });
      return configVersions(config, versions, { chosen: Number(query.get("version")) || null, choose, saved });
    }
    if (query.get("view") === "json") return configJSON(config, saved);
    if (query.get("view") === "try" && data.hasDryRun) return configTry(config);
    return builder({ config, known, canSave: may("member"), saved, signal });
  }

  function remove() {
    const { config } = data;
    ask({
      title: `Remove the routing config @${config.slug}?`,
      text: "Requests that ask for it are refused from then on. Its versions remain for the log.",
      label: "Remove the config",
      run: () => api.removeConfig(config.id),
      done: () => (toast(`@${config.slug} removed`), (location.hash = list())),
    });
  }

  function redraw() {
    head();
    const content = main.querySelector(":scope > .stack-page");
    if (content) replace(content, view());
  }

  page.reload();
  return {
    update(/** @type {URLSearchParams} */ next) {
      const isSame = next.get("view") === query.get("view");
      query = next;
      if (data && !isSame) redraw();
    },
  };
}
