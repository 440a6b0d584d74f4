// @ts-check
// The settings of a project.

const training = [
  { id: "off", label: "does not matter" },
  { id: "prefer", label: "is avoided where possible" },
  { id: "require", label: "is not allowed" },
];

/**
 * Where data may go; an older server does not know.
 * @param {any} settings
 * @returns {import("../forms.js").Field[]}
 */
const dataFields = ({ no_train: train, allowed_regions: regions }) =>
  train === undefined
    ? []
    : [
        {
          name: "settings.no_train",
          label: "A provider that trains on requests",
          kind: "select",
          options: training,
          value: train,
        },
        {
          name: "settings.allowed_regions",
          label: "Regions of providers",
          kind: "lines",
          value: regions,
          hint: "eu-central-1",
          note: "One on a line. None means all.",
        },
      ];

/**
 * @param {any} project
 * @returns {import("../forms.js").Field[]}
 */
export const settingFields = ({ name, settings }) => [
  { name: "name", label: "Name", required: true, value: name, hint: "Search", wide: true },
  {
    name: "settings.store_bodies",
    label: "Store bodies",
    kind: "checkbox",
    value: settings.store_bodies,
    note: "What was asked and answered. Metering works without.",
    wide: true,
  },
  {
    name: "settings.auto_resolve_bare_model",
    label: "Understand bare model names",
    kind: "checkbox",
    value: settings.auto_resolve_bare_model,
    note: "gpt-4o-mini means the provider that has it.",
    wide: true,
  },
  ...dataFields(settings),
];
