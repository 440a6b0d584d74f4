// @ts-check
// Providers: company accounts at vendors and servers of one's own, with how they did in the last 24 hours.

import * as api from "../api.js";
import { h } from "../html.js";
import { count, money, percent, words } from "../format.js";
import { changed, link } from "../router.js";
import { groups } from "../series.js";
import { may } from "../state.js";
import { vendorLabel } from "../vendors.js";
import { collection } from "../parts/collection.js";
import { healthBadge, healthState } from "../parts/health.js";
import { providerForm } from "../parts/provider-form.js";
import { providerSheet } from "../parts/provider-sheet.js";
import { sameBy } from "../parts/same-by.js";
import { empty } from "../parts/states.js";
import { table } from "../parts/table.js";

export const title = "Providers";

const day = 86_400_000;

/** @typedef {{ providers: any[], sums: Map<string, any>, health: Map<string, any> }} Data */

/**
 * @param {HTMLElement} main
 * @param {import("../routes.js").Context} context
 */
export function render(main, context) {
  return collection(main, context, {
    title,
    add: may("admin") ? "Add provider" : null,
    load: () => load(context.signal),
    list,
    one(id, data, tools) {
      const provider = data.providers.find((candidate) => candidate.id === id || candidate.name === id);
      if (!provider) return null;
      return { title: provider.name, content: providerSheet(provider, data.health.get(provider.id), tools) };
    },
    make: (_data, tools) => ({
      title: "Add a provider",
      content: providerForm(null, {
        vendor: tools.query.get("vendor") ?? "openai",
        done: (made) => tools.done(`Provider ${made.name} added`),
      }),
    }),
    foot: sameBy({
      command: "modelux providers add openai --vendor openai --api-key-file -",
      method: "POST",
      path: "providers",
      body: { vendor: "openai", name: "openai", api_key: "…" },
    }),
  });
}

/**
 * @param {AbortSignal} signal
 * @returns {Promise<Data>}
 */
async function load(signal) {
  const now = Date.now();
  const period = { start: new Date(now - day).toISOString(), end: new Date(now).toISOString(), granularity: "hour" };
  const [providers, report, hasHealth] = await Promise.all([
    api.providers({ signal }),
    api.report({ ...period, group_by: "provider" }, { signal }).catch(() => ({ series: [] })),
    api.offers("/providers/{id}/health"),
  ]);
  /** @type {Map<string, any>} */
  const health = new Map();
  const ask = async (/** @type {any} */ { id }) => {
    const answer = await api.providerHealth(id, { signal }).catch(() => null);
    if (answer) health.set(id, answer);
  };
  if (hasHealth) await Promise.all(providers.map(ask));
  return { providers, sums: new Map(groups(report.series).map((sum) => [sum.group, sum])), health };
}

/**
 * @param {Data} data
 * @param {URLSearchParams} query
 */
function list({ providers, sums, health }, query) {
  const sum = (/** @type {any} */ provider) => sums.get(provider.name);
  const rows = table({
    name: "Providers",
    id: (/** @type {any} */ provider) => provider.id,
    href: (provider) => link("/providers", changed(query, { open: provider.id })),
    columns: [
      { label: "Name", cell: (provider) => provider.name, title: (provider) => provider.name },
      { label: "Vendor", cell: (provider) => vendorLabel(provider.vendor), class: "from-s", width: "18%" },
      { label: "Health", cell: (provider) => state(provider, health), width: "9rem" },
      {
        label: "Credential",
        cell: (provider) =>
          provider.credential
            ? h("code", null, `…${provider.credential}`)
            : h("span", { class: "faint" }, words(provider.source)),
        class: "from-m",
        width: "8rem",
      },
      {
        label: "Requests, 24 h",
        cell: (provider) => count(sum(provider)?.requests ?? 0),
        class: "number from-s",
        width: "8rem",
      },
      {
        label: "Failed",
        cell: (provider) => (sum(provider)?.requests ? percent(sum(provider).errors / sum(provider).requests) : "–"),
        class: "number from-m",
        width: "5rem",
      },
      { label: "Cost, 24 h", cell: (provider) => money(sum(provider)?.cost_usd ?? 0), class: "number", width: "7rem" },
    ],
  });
  rows.set(providers);
  const text = "A key at a vendor, a server of your own, or the built-in sandbox.";
  return h(
    "section",
    { class: "card", "aria-label": "Providers" },
    providers.length > 0 ? rows.element : empty({ title: "No providers yet", text }),
  );
}

/**
 * @param {any} provider
 * @param {Map<string, any>} health
 */
function state(provider, health) {
  if (provider.credential_problem) return h("span", { class: "badge bad" }, "credential unreadable");
  if (!health.has(provider.id)) return h("span", { class: "faint" }, "–");
  return healthBadge(healthState(health.get(provider.id)));
}
