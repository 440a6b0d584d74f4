// @ts-check
// The form for a provider: what its vendor needs, and no more. A credential goes in and never comes back.

import * as api from "../api.js";
import { changes } from "../forms.js";
import { deploymentLines, deployments, vendors } from "../vendors.js";
import { form } from "./form.js";

const keyNotes = /** @type {Record<string, string>} */ ({
  bedrock: "A Bedrock API key, or access key and secret joined by a colon.",
});

/**
 * @param {any} provider null for a new one
 * @param {string} vendorID for a new one: the vendor to begin with
 * @returns {import("../forms.js").Field[]}
 */
export function providerFields(provider, vendorID) {
  const of = (/** @type {any} */ values) =>
    vendors.find(({ id }) => id === (provider?.vendor ?? values.vendor)) ?? vendors[0];
  const has = (/** @type {string} */ name) => (/** @type {any} */ values) => of(values).more?.includes(name) ?? false;
  const vendor = vendors.find(({ id }) => id === (provider?.vendor ?? vendorID));
  const options = vendors.map(({ id, label }) => ({ id, label }));
  const key = provider ? `Ends with ${provider.credential ?? "…"}` : undefined;
  return [
    ...(provider
      ? []
      : [{ name: "vendor", label: "Vendor", kind: /** @type {const} */ ("select"), options, value: vendorID }]),
    { name: "name", label: "Name", value: provider?.name, hint: provider ? undefined : "the vendor's id" },
    {
      name: "api_key",
      label: provider ? "New credential" : "Credential",
      kind: "secret",
      hint: key,
      note: keyNotes[vendor?.id ?? ""] ?? "Stored encrypted; it never comes back.",
      when: (values) => of(values).key !== "none",
    },
    {
      name: "base_url",
      label: "Address",
      value: provider?.base_url,
      hint: vendor?.example,
      note: "As the vendor's own SDK takes it. Empty means the vendor's public one.",
      when: (values) => of(values).address !== "none",
    },
    { name: "region", label: "Region", value: provider?.region, hint: "eu-central-1", when: has("region") },
    { name: "api_version", label: "API version", value: provider?.api_version, when: has("api_version") },
    {
      name: "deployments",
      label: "Deployments",
      kind: "lines",
      value: deploymentLines(provider?.deployments ?? {}),
      hint: "gpt-4o = my-deployment",
      note: "model = deployment, one on a line.",
      when: has("deployments"),
    },
    {
      name: "models",
      label: "Models",
      kind: "lines",
      value: provider?.models,
      hint: "llama-4",
      note: "Bare model names that mean this provider, one on a line.",
    },
    {
      name: "is_default",
      label: "The default of its vendor",
      kind: "checkbox",
      value: provider?.is_default ?? false,
      note: "What vendor/model means when several providers have the vendor.",
      wide: true,
    },
  ];
}

/**
 * @param {any} provider null for a new one
 * @param {object} settings
 * @param {string} settings.vendor
 * @param {(saved: any) => void} settings.done
 */
export function providerForm(provider, { vendor, done }) {
  const send = async (/** @type {Record<string, any>} */ values) => {
    const body = { ...values };
    if (values.deployments) body.deployments = deployments(values.deployments);
    if (body.api_key === null) delete body.api_key;
    if (provider) return done(await api.updateProvider(provider.id, changes(body, provider)));
    for (const name of ["name", "base_url", "region", "api_version"]) if (body[name] === null) delete body[name];
    done(await api.createProvider(body));
  };
  const label = provider ? "Save" : "Add the provider";
  return form({ label, fields: providerFields(provider, vendor), send }).element;
}
