// @ts-check
// What a provider of each vendor needs. Pure.

/**
 * @typedef {object} Vendor
 * @property {string} id
 * @property {string} label
 * @property {"needed" | "optional" | "none"} key
 * @property {"needed" | "optional" | "none"} address
 * @property {string} [example] of an address
 * @property {string[]} [more] other fields that it has
 */

/** @type {readonly Vendor[]} */
export const vendors = Object.freeze([
  { id: "openai", label: "OpenAI", key: "needed", address: "optional", example: "api.openai.com/v1" },
  { id: "anthropic", label: "Anthropic", key: "needed", address: "optional", example: "api.anthropic.com" },
  { id: "google", label: "Google Gemini", key: "needed", address: "optional" },
  {
    id: "azure",
    label: "Azure OpenAI",
    key: "needed",
    address: "needed",
    example: "name.openai.azure.com",
    more: ["api_version", "deployments"],
  },
  { id: "bedrock", label: "Amazon Bedrock", key: "needed", address: "optional", more: ["region"] },
  { id: "groq", label: "Groq", key: "needed", address: "optional", example: "api.groq.com/openai/v1" },
  { id: "fireworks", label: "Fireworks", key: "needed", address: "optional" },
  {
    id: "openai_compatible",
    label: "OpenAI-compatible server",
    key: "optional",
    address: "needed",
    example: "10.0.0.7:8000/v1",
  },
  { id: "sandbox", label: "Sandbox (built in)", key: "none", address: "none" },
]);

/** @param {string} id */
export const vendorLabel = (id) => vendors.find((vendor) => vendor.id === id)?.label ?? id;

/**
 * `model = deployment` lines as an object; a line without a `=` names a deployment called like its model.
 * @param {string[]} lines
 * @returns {Record<string, string>}
 */
export function deployments(lines) {
  return Object.fromEntries(
    lines.map((line) => {
      const [model, ...rest] = line.split("=").map((piece) => piece.trim());
      return [model, rest.join("=") || model];
    }),
  );
}

/** @param {Record<string, string>} known */
export const deploymentLines = (known) => Object.entries(known).map(([model, name]) => `${model} = ${name}`);
