// @ts-check
// Second step: who answers. A key at a vendor, an engine on this network, or the built-in sandbox.

import { h, replace } from "../html.js";
import { choice } from "./choice.js";
import { toast } from "./toast.js";
import { keyed, local, sandbox } from "./welcome-ways.js";

/** @param {import("../pages/welcome.js").Found} found */
export function welcomeProvider({ providers, next, choose }) {
  const place = h("div", { class: "stack" });
  const ready = providers.filter(({ vendor }) => vendor !== "sandbox");
  const ways = /** @type {Record<string, () => import("../html.js").Child>} */ ({
    key: () => keyed(finish),
    engine: () => local(finish),
    sandbox: () => sandbox(providers, finish),
  });
  async function finish(/** @type {any} */ provider, /** @type {string | null} */ model) {
    if (model) await choose(provider, model);
    toast(`${provider.name} answers @default`);
    next();
  }
  const tabs = choice({
    name: "Who answers",
    options: [
      { id: "key", label: "A key at a vendor" },
      { id: "engine", label: "An engine of mine" },
      { id: "sandbox", label: "The sandbox" },
    ],
    value: "key",
    choose: (way) => replace(place, ways[way]()),
  });
  replace(place, ways.key());
  const names = ready.map(({ name }) => name).join(", ");
  return h(
    "section",
    { class: "card" },
    h("header", null, h("h2", null, "Who answers")),
    h(
      "div",
      { class: "body close stack" },
      h("div", { class: "scroll" }, tabs.element),
      place,
      ready.length > 0
        ? h("p", { class: "soft" }, `Already there: ${names}. `, h("a", { href: "#/welcome?step=3" }, "Go on"))
        : null,
    ),
  );
}
