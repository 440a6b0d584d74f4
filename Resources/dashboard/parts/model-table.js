// @ts-check
// Models of the catalogue as a table, and one of them in full.

import { h } from "../html.js";
import { count, day, short, words } from "../format.js";
import { link } from "../router.js";
import { command } from "./copy.js";
import { facts } from "./facts.js";
import { grid } from "./grid.js";
import { table } from "./table.js";

/**
 * A price for a million tokens: as many decimals as it has, two at least.
 * @param {unknown} usd
 */
const perMillion = (usd) =>
  typeof usd === "number"
    ? `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 6 })}`
    : "–";

/**
 * In little room the vendor leaves first.
 * @param {any} model
 */
function nameCell({ id }) {
  const [vendor, ...rest] = id.split("/");
  return [h("span", { class: "soft from-s" }, `${vendor}/`), rest.join("/")];
}

/** @param {(model: any) => string} href */
export function modelTable(href) {
  const price = (/** @type {string} */ bucket) => (/** @type {any} */ model) =>
    perMillion(model.price?.usd_per_million?.[bucket]);
  return table({
    name: "Models",
    id: (/** @type {any} */ model) => model.id,
    href,
    columns: [
      { label: "Model", cell: nameCell, title: (model) => model.id },
      {
        label: "Tier",
        cell: (model) => h("span", { class: "soft" }, model.quality_tier),
        class: "from-m",
        width: "6.5rem",
      },
      {
        label: "Can",
        cell: (model) => h("span", { class: "soft" }, model.capabilities.map(words).join(", ") || "–"),
        title: (model) => model.capabilities.join(", "),
        class: "from-l",
        width: "18rem",
      },
      { label: "Context", cell: (model) => short(model.context_tokens), class: "number from-s", width: "5.5rem" },
      { label: "Answer", cell: (model) => short(model.max_output_tokens), class: "number from-m", width: "5.5rem" },
      { label: "In, 1M", cell: price("input"), class: "number", width: "5.5rem" },
      { label: "Cached, 1M", cell: price("cached_input"), class: "number from-m", width: "6.5rem" },
      { label: "Out, 1M", cell: price("output"), class: "number", width: "5.5rem" },
    ],
  });
}

/** @param {any} model */
export function modelSheet(model) {
  const { price } = model;
  const bare = model.id.replace(/^[^/]*\//, "");
  const since = new Date(price?.effective_from ?? "");
  const buckets = Object.entries(price?.usd_per_million ?? {});
  return [
    facts([
      ["Kind", words(model.mode)],
      ["Quality tier", words(model.quality_tier)],
      ["Context", `${count(model.context_tokens)} tokens`],
      ["Longest answer", `${count(model.max_output_tokens)} tokens`],
      ["Can", model.capabilities.map(words).join(", ")],
      ["Requests", h("a", { href: link("/requests", { model: bare, range: "7d" }) }, "of the last 7 days")],
    ]),
    h("section", null, h("h3", null, "As the model of a call"), command(model.id)),
    h(
      "section",
      null,
      h("h3", null, "Price"),
      buckets.length > 0
        ? h("div", { class: "framed" }, grid("Price", ["Tokens", "Per 1M"], buckets.map(row)))
        : h("p", { class: "soft" }, "No price is known. What then happens with a call, the routing config says."),
      price?.effective_from
        ? h(
            "p",
            { class: "small faint wrap" },
            `In force since ${day(since)} ${since.getFullYear()}, as `,
            h("code", { class: "wrap" }, price.id),
            ".",
          )
        : null,
    ),
  ];
}

/** @param {[string, any]} bucket */
const row = ([name, usd]) => [words(name), perMillion(usd)];
