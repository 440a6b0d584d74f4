// @ts-check
// One provider: its facts and its health, a check of its credential, what can be changed, the end.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { momentExact, words } from "../format.js";
import { link } from "../router.js";
import { may } from "../state.js";
import { vendorLabel } from "../vendors.js";
import { ask } from "./ask.js";
import { facts } from "./facts.js";
import { healthTable } from "./health.js";
import { icon } from "./icon.js";
import { providerForm } from "./provider-form.js";

const origins = /** @type {Record<string, string>} */ ({
  built_in: "It is part of modelux and needs nothing.",
  environment: "It comes from the environment of the process and is changed there.",
});

/**
 * @param {any} provider
 * @param {any} health null when this server does not tell
 * @param {import("./collection.js").Tools} tools
 */
export function providerSheet(provider, health, tools) {
  const isStored = provider.source === "stored";
  return [
    provider.credential_problem
      ? h("p", { class: "notice bad" }, icon("warning"), h("span", { class: "wrap" }, provider.credential_problem))
      : null,
    facts([
      ["Vendor", vendorLabel(provider.vendor)],
      ["Id", h("code", null, provider.id)],
      ["Credential", provider.credential && h("code", null, `…${provider.credential}`)],
      ["Address", provider.base_url],
      ["From", isStored ? null : words(provider.source)],
      ["Models", provider.models.join(", ")],
      ["Changed", provider.updated_at && momentExact(provider.updated_at)],
      ["Requests", h("a", { href: link("/requests", { provider: provider.name, range: "7d" }) }, "of the last 7 days")],
    ]),
    health ? h("section", null, h("h3", null, "Health"), healthTable(health)) : null,
    verifier(provider, tools),
    isStored && may("admin") ? [h("hr"), editor(provider, tools), h("hr"), end(provider, tools)] : null,
    isStored ? null : h("p", { class: "soft" }, origins[provider.source] ?? words(provider.source)),
  ];
}

/**
 * @param {any} provider
 * @param {import("./collection.js").Tools} tools
 */
function verifier(provider, tools) {
  const place = h("div");
  const answer = h("p", { class: "small", role: "status" });
  const click = async () => {
    button.disabled = true;
    replace(answer, "Asking the provider…");
    try {
      const found = await api.verifyProvider(provider.id);
      const isGood = found.valid ?? found.ok ?? true;
      const text = found.message ?? (isGood ? "The provider accepts the credential." : "The provider refuses it.");
      const badge = h("span", { class: `badge ${isGood ? "good" : "bad"}` }, isGood ? "works" : "refused");
      replace(answer, badge, ` ${text}`);
    } catch (error) {
      replace(answer, h("span", { class: "wrong" }, error instanceof Error ? error.message : String(error)));
    } finally {
      button.disabled = false;
    }
  };
  const button = h("button", { type: "button", class: "button", on: { click } }, icon("done", 14), "Verify");
  api.offers("/providers/{id}/verify").then((is) => {
    if (is && may("admin") && !tools.signal.aborted) replace(place, h("div", { class: "line" }, button, answer));
  });
  return place;
}

/**
 * @param {any} provider
 * @param {import("./collection.js").Tools} tools
 */
const editor = (provider, tools) =>
  providerForm(provider, { vendor: provider.vendor, done: (saved) => tools.done(`Provider ${saved.name} saved`) });

/**
 * @param {any} provider
 * @param {import("./collection.js").Tools} tools
 */
function end(provider, tools) {
  const click = () =>
    ask({
      title: `Remove the provider ${provider.name}?`,
      text: "Its credential is destroyed, and calls that name it are refused. Its records remain.",
      label: "Remove the provider",
      run: () => api.removeProvider(provider.id),
      done: () => tools.done(`Provider ${provider.name} removed`),
    });
  return h("div", null, h("button", { type: "button", class: "button danger", on: { click } }, "Remove…"));
}
