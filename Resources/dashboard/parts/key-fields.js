// @ts-check
// The fields that a project key has.

/**
 * What can be set of a key, beside its project.
 * @param {any} key
 * @returns {import("../forms.js").Field[]}
 */
export const keyFields = (key) => [
  { name: "name", label: "Name", required: true, value: key.name, hint: "my-app" },
  {
    name: "rate_limit",
    label: "Requests a minute",
    kind: "number",
    required: true,
    value: key.rate_limit,
    note: "0 means no limit",
  },
  ...limits(key),
  { name: "expires_at", label: "Expires", kind: "time", value: key.expires_at },
  {
    name: "allowed_models",
    label: "Allowed models",
    kind: "lines",
    value: key.allowed_models,
    hint: "@default\nopenai/gpt-4o-mini",
    note: "One on a line, as applications name them. None means every model.",
  },
  {
    name: "allowed_ips",
    label: "Allowed addresses",
    kind: "lines",
    value: key.allowed_ips,
    hint: "10.0.0.0/8",
    note: "Addresses and CIDR ranges. None means everywhere.",
  },
];

/**
 * Limits that an older server does not know.
 * @param {any} key
 * @returns {import("../forms.js").Field[]}
 */
const limits = (key) =>
  key.tokens_per_minute === undefined
    ? []
    : [
        {
          name: "tokens_per_minute",
          label: "Tokens a minute",
          kind: "number",
          required: true,
          value: key.tokens_per_minute,
          note: "In and out; 0 means no limit",
        },
        {
          name: "concurrent_requests",
          label: "At the same time",
          kind: "number",
          required: true,
          value: key.concurrent_requests,
          note: "Requests; 0 means no limit",
        },
      ];
