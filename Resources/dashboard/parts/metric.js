// @ts-check
// A figure with its course: name, total, how it stands against the time before, chart, legend.

import { h, replace } from "../html.js";
import { bone } from "./states.js";
import { chart } from "./chart.js";

/** @typedef {{ figure: string, change: string | null, changeTitle: string, detail: string }} Headline */

/**
 * @param {object} settings
 * @param {string} settings.name
 * @param {(value: number) => string} settings.format
 * @param {(value: number) => string} [settings.axis] a shorter form for the axis
 * @param {{ label: string, color: string }[]} settings.legend shown when there is more than one line
 * @param {AbortSignal} settings.signal
 * @param {(index: number) => void} [settings.open] what a click on a bucket does
 * @returns {{ element: HTMLElement, set(headline: Headline, figures: import("./chart.js").Figures): void }}
 */
export function metric({ name, format, axis, legend, signal, open }) {
  const figure = h("p", { class: "metric-figure" }, bone("", "figure"));
  const detail = h("p", { class: "metric-detail faint small" }, bone("7rem"));
  const plot = h("div", { class: "body close" }, bone("", "plot"));
  const element = h(
    "section",
    { class: "card metric", "aria-label": name },
    h(
      "header",
      null,
      h("h2", null, name),
      legend.length > 1
        ? h(
            "ul",
            { class: "legend small" },
            legend.map(({ label, color }) =>
              h("li", null, h("i", { style: { "--swatch": `var(--${color})` } }), label),
            ),
          )
        : null,
    ),
    h("div", { class: "metric-head" }, figure, detail),
    plot,
  );
  const drawing = chart({ name, format, axis, signal, open });
  const set = (/** @type {Headline} */ headline, /** @type {import("./chart.js").Figures} */ figures) => {
    const change = headline.change
      ? h(
          "span",
          { class: "change small", title: headline.changeTitle },
          headline.change,
          h("span", { class: "unseen" }, ` ${headline.changeTitle}`),
        )
      : null;
    replace(figure, h("span", null, headline.figure), change);
    replace(detail, headline.detail || "\u00a0");
    if (!drawing.element.isConnected) replace(plot, drawing.element);
    drawing.set(figures).catch(() => replace(plot, h("p", { class: "plot faint" }, "The chart could not be drawn.")));
  };
  return { element, set };
}
