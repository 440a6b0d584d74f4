// @ts-check
// A text that the page has made, as a file.

import { h } from "../html.js";

/**
 * @param {string} name
 * @param {string} text
 * @param {string} type
 */
export function download(name, text, type) {
  const anchor = h("a", { download: name, hidden: true });
  // Our own text under an address that only this page knows; it ends with the click.
  anchor.href = URL.createObjectURL(new Blob([text], { type }));
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
}
