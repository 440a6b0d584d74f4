// @ts-check
// Our own icons: 16 by 16, one stroke, the colour of the text beside them. They say nothing to screen readers.

import { svg } from "../html.js";

const paths = {
  overview: "M2.5 13.5v-4M6.2 13.5v-8M9.8 13.5v-6M13.5 13.5v-11",
  requests: "M2.5 4h11M2.5 8h11M2.5 12h7",
  setup: "M5.5 5 2.5 8l3 3M10.5 5l3 3-3 3",
  system: "M2.5 3.5h11v3.5h-11zM2.5 9h11v3.5h-11zM5 5.25h.01M5 10.75h.01",
  light:
    "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2" +
    "M3.4 3.4l.85.85M11.75 11.75l.85.85M3.4 12.6l.85-.85M11.75 4.25l.85-.85",
  dark: "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z",
  auto: "M2.5 3.5h11v7.5h-11zM6 13.5h4",
  leave: "M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3l3.2 3.2",
  filter: "M2.5 4h11M4.5 8h7M6.5 12h3",
  close: "M4 4l8 8M12 4l-8 8",
  copy: "M5.5 5.5h7v8h-7zM10 3H3.5v7.5",
  done: "M3 8.5 6.5 12 13 4.5",
  back: "M9.5 3.5 5 8l4.5 4.5",
  retry: "M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3",
  warning: "M8 2.5 14 13H2L8 2.5ZM8 6.5v3M8 11.2h.01",
  empty: "M2.5 9.5 4.5 3h7l2 6.5v3.5h-11V9.5ZM2.5 9.5h3.2c.3 1 1.2 1.5 2.3 1.5s2-.5 2.3-1.5h3.2",
  play: "M5 3.5v9l7-4.5-7-4.5Z",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  plus: "M8 3v10M3 8h10",
  up: "M8 13V3.5M4 7.5 8 3.5l4 4",
  down: "M8 3v9.5M4 8.5l4 4 4-4",
  download: "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13.5h10",
  sessions: "M2.5 3h8v5.5H6L3.5 11V8.5h-1zM12.5 6h1v5.5h-1V13.5L10 11.5H7.5",
  analytics: "M2.5 2.5v11h11M5 10.5 7.5 7l2.5 2 3-4.5",
  routing:
    "M2.5 8h3c2.5 0 2.5-4.5 5-4.5h3M5.5 8c2.5 0 2.5 4.5 5 4.5h3" +
    "M11.8 1.8l1.7 1.7-1.7 1.7M11.8 10.8l1.7 1.7-1.7 1.7",
  providers: "M4.5 11.5a3 3 0 0 1-.3-6 4 4 0 0 1 7.6.8 2.6 2.6 0 0 1-.3 5.2z",
  models: "M8 2 13.5 5v6L8 14 2.5 11V5zM2.5 5 8 8l5.5-3M8 8v6",
  projects: "M2.5 12.5v-9h4l1.5 2h5.5v7z",
  keys: "M10.5 2.5a3 3 0 1 1-2.7 4.3L2.5 12v1.5h2v-1.5h1.5v-1.5h1.5l1.3-1.3",
  budgets: "M2.5 4.5h11v8h-11zM2.5 7h11M9.5 10h1.5M4 4.5l6-2v2",
  alerts: "M4 11V7a4 4 0 0 1 8 0v4l1 1.2H3zM6.8 14h2.4",
  members:
    "M6 3a2.3 2.3 0 1 0 0 4.6A2.3 2.3 0 0 0 6 3ZM2 13c0-2.5 1.7-4 4-4s4 1.5 4 4" +
    "M10.5 3.3a2.2 2.2 0 0 1 0 4M12 9.3c1.3.6 2 1.9 2 3.7",
  audit: "M4 2.5h6l2.5 2.5v8.5H4zM6.2 7.5h4M6.2 10.2h4",
  playground: "M2.5 3h11v7.5H8l-3 3v-3H2.5zM6 6.8h.01M8 6.8h.01M10 6.8h.01",
};

/** @typedef {keyof typeof paths} IconName */

/**
 * @param {IconName} name
 * @param {number} [size]
 */
export const icon = (name, size = 16) =>
  svg(
    "svg",
    { viewBox: "0 0 16 16", width: size, height: size, "aria-hidden": "true", focusable: "false" },
    svg("path", {
      d: paths[name],
      fill: "none",
      stroke: "currentColor",
      "stroke-width": 1.4,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
    }),
  );

/**
 * The mark: light through a lens.
 * @param {number} [size]
 */
export const mark = (size = 20) =>
  svg(
    "svg",
    { viewBox: "0 0 20 20", width: size, height: size, "aria-hidden": "true", focusable: "false" },
    svg("path", { d: "M2 4.5 9.2 10 2 15.5Z", fill: "currentColor" }),
    svg("path", {
      d: "M11 10 18 3.6M11 10h7.2M11 10l7 6.4",
      fill: "none",
      stroke: "currentColor",
      "stroke-width": 1.9,
      "stroke-linecap": "round",
    }),
  );
