// @ts-check
// Everything that a routing config can name: the models of the providers that are there, and other configs.

import * as api from "../api.js";

/**
 * @param {any[]} configs
 * @param {AbortSignal} signal
 * @returns {Promise<{ targets: { id: string, label: string }[], providers: { id: string, label: string }[] }>}
 */
export async function knownTargets(configs, signal) {
  const providers = await api.providers({ signal }).catch(() => []);
  const vendors = [...new Set(providers.map(({ vendor }) => vendor))];
  const ask = (/** @type {string} */ vendor) =>
    api.catalogue("models", { q: `${vendor}/`, limit: 200 }, { signal }).catch(() => ({ data: [] }));
  const found = new Map(
    await Promise.all(
      vendors.map(async (vendor) => /** @type {[string, any[]]} */ ([vendor, (await ask(vendor)).data])),
    ),
  );
  const ofProvider = (/** @type {any} */ provider) => {
    const own = provider.models.map((/** @type {string} */ model) => `${provider.name}/${model}`);
    const known = (found.get(provider.vendor) ?? [])
      .filter(({ id }) => id.startsWith(`${provider.vendor}/`))
      .map(({ id }) => `${provider.name}/${id.slice(provider.vendor.length + 1)}`);
    return [...new Set([...own, ...known])];
  };
  const slugs = [...new Set(configs.map(({ slug }) => `@${slug}`))];
  return {
    targets: [...providers.flatMap(ofProvider), ...slugs].map((id) => ({ id, label: "" })),
    providers: providers.map(({ id, name }) => ({ id, label: name })),
  };
}
