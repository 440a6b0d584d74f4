// @ts-check
// What a person with other eyes or without a mouse would stumble over, read from the page and its accessibility tree.

/** @typedef {import("./chromium.mjs").Page} Page */

const named = new Set([
  "button",
  "link",
  "textbox",
  "searchbox",
  "combobox",
  "checkbox",
  "img",
  "image",
  "navigation",
  "table",
  "region",
  "group",
  "canvas",
]);

/**
 * @param {Page} page
 * @returns {Promise<string[]>} complaints; none when all is well
 */
export async function audit(page) {
  return [...(await names(page)), ...(await page.evaluate(structure)), ...(await page.evaluate(contrast))];
}

/** @param {Page} page */
async function names(page) {
  await page.send("Accessibility.enable");
  const { nodes } = await page.send("Accessibility.getFullAXTree");
  const complaints = [];
  for (const { ignored, role, name } of nodes) {
    const kind = String(role?.value ?? "").toLowerCase();
    if (!ignored && named.has(kind) && !name?.value?.trim()) complaints.push(`a ${kind} without a name`);
  }
  return complaints;
}

/** Runs in the page. */
function structure() {
  const all = (/** @type {string} */ selector) => [...document.querySelectorAll(selector)];
  const complaints = [];
  if (all("main").length !== 1) complaints.push(`${all("main").length} main elements`);
  if (all("h1").length !== 1) complaints.push(`${all("h1").length} h1 elements`);
  if (!document.documentElement.lang) complaints.push("no language");
  if (!document.title.includes("modelux")) complaints.push(`the title "${document.title}"`);
  const ids = all("[id]").map(({ id }) => id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) complaints.push(`the id ${id} is there twice`);
  for (const table of all("table")) if (!table.querySelector("caption")) complaints.push("a table without a caption");
  for (const cell of all("th:not([scope])")) complaints.push(`the heading ${cell.textContent} without a scope`);
  for (const element of all("[style*='url']")) complaints.push(`${element.tagName} with an address in its style`);
  if (document.documentElement.scrollWidth > innerWidth) complaints.push("the page scrolls sideways");
  return complaints;
}

/** Runs in the page: every text against what lies behind it, 4.5:1, or 3:1 when it is large. */
function contrast() {
  const painter = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  /** @type {Map<string, number[]>} */
  const known = new Map();
  const channels = (/** @type {string} */ color) => {
    if (!painter) return [0, 0, 0, 255];
    let value = known.get(color);
    if (!value) {
      painter.clearRect(0, 0, 1, 1);
      painter.fillStyle = color;
      painter.fillRect(0, 0, 1, 1);
      value = [...painter.getImageData(0, 0, 1, 1).data];
      known.set(color, value);
    }
    return value;
  };
  const luminance = (/** @type {number[]} */ color) => {
    const [red, green, blue] = color.map((channel) => {
      const part = channel / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (/** @type {Element | null} */ element) => {
    for (let place = element; place; place = place.parentElement) {
      const color = channels(getComputedStyle(place).backgroundColor);
      if (color[3] === 255) return color;
    }
    return channels(getComputedStyle(document.documentElement).backgroundColor);
  };
  const complaints = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent?.trim();
    if (!text || !element?.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest(".unseen, .skip, option, noscript")) continue;
    const style = getComputedStyle(element);
    const [one, two] = [luminance(channels(style.color)), luminance(behind(element))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (two + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (isLarge ? 3 : 4.5)) complaints.add(`"${text.slice(0, 30)}" has a contrast of ${ratio.toFixed(2)}:1`);
  }
  return [...complaints];
}
