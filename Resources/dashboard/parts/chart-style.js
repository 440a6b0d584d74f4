// @ts-check
// The looks of a chart: tokens as colours that a canvas can use, axes, tooltip.

import { h } from "../html.js";
import { theme } from "../state.js";

const painter = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

const darkness = matchMedia("(prefers-color-scheme: dark)");
/** @type {Map<string, string>} */
const known = new Map();

/**
 * A token's colour as `rgb()`, which the library can read. Worked out once for each theme: it costs a layout.
 * @param {string} token
 */
export function color(token) {
  const key = `${theme()} ${darkness.matches} ${token}`;
  const value = known.get(key) ?? resolved(token);
  known.set(key, value);
  return value;
}

/** @param {string} token */
function resolved(token) {
  const probe = h("span", { style: { color: `var(--${token})` }, hidden: true });
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  if (!painter) return value;
  painter.clearRect(0, 0, 1, 1);
  painter.fillStyle = value;
  painter.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = painter.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, ${alpha / 255})`;
}

/**
 * Gives a drawn chart the colours of the theme.
 * @param {any} drawn
 */
export function paint(drawn) {
  const { x, y } = drawn.options.scales;
  x.ticks.color = y.ticks.color = color("text-faint");
  y.grid.color = color("line");
  Object.assign(drawn.options.plugins.tooltip, {
    backgroundColor: color("text"),
    titleColor: color("canvas"),
    bodyColor: color("canvas"),
  });
}

/**
 * How every chart behaves.
 * @param {object} settings
 * @param {(value: number) => string} settings.format
 * @param {(value: number) => string} settings.axis
 * @param {(index: number) => void} [settings.open]
 * @param {() => string[]} settings.titles
 */
export function options({ format, axis, open, titles }) {
  const style = getComputedStyle(document.body);
  const font = { family: style.fontFamily, size: 11 };
  const ticks = { font, padding: 6 };
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    onClick: (/** @type {any} */ _event, /** @type {any[]} */ items) => items.length > 0 && open?.(items[0].index),
    onHover: (/** @type {any} */ event) => open && (event.native.target.style.cursor = "pointer"),
    layout: { padding: { top: 4 } },
    scales: {
      x: {
        stacked: true,
        grid: { display: false, drawBorder: false },
        ticks: { ...ticks, maxRotation: 0, autoSkipPadding: 24 },
      },
      y: {
        stacked: true,
        beginAtZero: true,
        grid: { drawBorder: false, drawTicks: false },
        ticks: { ...ticks, callback: axis, crossAlign: "far" },
        afterFit: (/** @type {any} */ built) => (built.width = 44),
      },
    },
    plugins: {
      legend: { display: false },
      tooltip: {
        displayColors: false,
        padding: 8,
        cornerRadius: 6,
        titleFont: { ...font, size: 12 },
        bodyFont: { ...font, size: 12 },
        callbacks: {
          title: (/** @type {any[]} */ items) => (items.length > 0 ? titles()[items[0].dataIndex] : ""),
          label: (/** @type {any} */ item) => `${item.dataset.label}  ${item.raw === null ? "–" : format(item.raw)}`,
        },
      },
    },
  };
}
