// @ts-check
// Time series as bars or lines by Chart.js, in the colours of the theme. The canvas carries its figures in words.

import { h } from "../html.js";
import { onThemeChange } from "../state.js";
import { ticks } from "../series.js";
import { color, options, paint } from "./chart-style.js";

/** @typedef {{ label: string, color: string, values: (number | null)[], isLine?: boolean }} Series */
/** @typedef {{ labels: string[], titles: string[], series: Series[], summary: string }} Figures */

/** @type {Promise<any> | undefined} */
let library;

/** Chart.js comes as one classic file that hangs itself on the global object. */
// @ts-ignore The server adds this file; it is not part of the repository.
const load = () => (library ??= import("/vendor/chart.js").then(() => /** @type {any} */ (globalThis).Chart));

let line = Promise.resolve();

/** Charts are drawn one after the other, so that no task is long enough to be felt. */
const turn = () => (line = line.then(() => new Promise((resolve) => setTimeout(resolve))));

/**
 * @param {object} settings
 * @param {string} settings.name
 * @param {(value: number) => string} settings.format
 * @param {(value: number) => string} [settings.axis] a shorter form for the axis
 * @param {AbortSignal} settings.signal
 * @param {(index: number) => void} [settings.open] what a click on a bucket does
 * @returns {{ element: HTMLElement, set(figures: Figures): Promise<void> }}
 */
export function chart({ name, format, axis = format, signal, open }) {
  const canvas = h("canvas", { role: "img", "aria-label": name });
  const element = h("div", { class: "plot" }, canvas);
  /** @type {any} */
  let drawn;
  /** @type {Figures | undefined} */
  let last;

  const datasets = (/** @type {Series[]} */ series) =>
    series.map(({ label, color: token, values, isLine }) => ({
      label,
      type: isLine ? "line" : "bar",
      data: values,
      stack: isLine ? label : "bars",
      backgroundColor: color(token),
      borderColor: color(token),
      hoverBackgroundColor: color(token),
      borderWidth: isLine ? 1.5 : 0,
      pointRadius: lonely(values),
      pointHoverRadius: 3,
      cubicInterpolationMode: "monotone",
      spanGaps: false,
      categoryPercentage: 1,
      barPercentage: values.length > 70 ? 0.9 : 0.8,
      maxBarThickness: 28,
      borderRadius: 1.5,
    }));

  const set = async (/** @type {Figures} */ figures) => {
    last = figures;
    canvas.setAttribute("aria-label", `${name}. ${figures.summary}`);
    const Chart = await load();
    await turn();
    if (signal.aborted) return;
    const data = { labels: figures.labels, datasets: datasets(figures.series) };
    const scale = ticks(largest(figures.series));
    if (!drawn)
      drawn = new Chart(canvas, {
        type: "bar",
        data: { datasets: [] },
        options: options({ format, axis, open, titles: () => last?.titles ?? [] }),
      });
    drawn.data = data;
    drawn.options.scales.y.max = scale.at(-1);
    drawn.options.scales.y.afterBuildTicks = (/** @type {any} */ built) =>
      (built.ticks = scale.map((value) => ({ value })));
    paint(drawn);
    drawn.update("none");
  };

  onThemeChange(() => last && set(last), signal);
  signal.addEventListener("abort", () => drawn?.destroy());
  return { element, set };
}

/**
 * Points are drawn only where a value has no neighbours that a line could join.
 * @param {(number | null)[]} values
 */
const lonely = (values) =>
  values.map((_, index) => ((values[index - 1] ?? values[index + 1] ?? null) === null ? 2 : 0));

/**
 * The top of the tallest stack or line.
 * @param {Series[]} series
 */
function largest(series) {
  const bars = series.filter(({ isLine }) => !isLine);
  const lines = series.filter(({ isLine }) => isLine);
  const stacks = (bars[0]?.values ?? []).map((_, index) =>
    bars.reduce((sum, { values }) => sum + (values[index] ?? 0), 0),
  );
  return Math.max(0, ...stacks, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0)));
}
