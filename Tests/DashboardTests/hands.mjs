// @ts-check
// What a person does with a page: finds things by their words, fills in, presses.

/** @typedef {import("./chromium.mjs").Page} Page */

/**
 * Presses the button or link with this text, or this name, in the topmost dialog if one is open.
 * @param {Page} page
 * @param {string} text
 */
export async function press(page, text) {
  await page.until(
    (/** @type {string} */ wanted) => {
      const place = [...document.querySelectorAll("dialog[open]")].pop() ?? document;
      const found = [...place.querySelectorAll("button, a, summary")].find(
        (element) =>
          (element.textContent?.trim() === wanted || element.getAttribute("aria-label") === wanted) &&
          element.checkVisibility() &&
          !(/** @type {any} */ (element).disabled),
      );
      /** @type {HTMLElement | undefined} */ (found)?.click();
      return Boolean(found);
    },
    `the button "${text}"`,
    text,
  );
}

/**
 * Fills in the field with this label, as typing does.
 * @param {Page} page
 * @param {string} label
 * @param {string} value
 */
export async function fill(page, label, value) {
  await page.until(
    (/** @type {string} */ wanted, /** @type {string} */ text) => {
      const place = [...document.querySelectorAll("dialog[open]")].pop() ?? document.querySelector("main") ?? document;
      const found = [...place.querySelectorAll("label")].find(
        (element) => element.textContent?.replace(/ optional$/, "").trim() === wanted && element.checkVisibility(),
      );
      const control = found && /** @type {any} */ (document.getElementById(found.htmlFor));
      if (!control) return false;
      control.focus();
      control.value = text;
      control.dispatchEvent(new Event("input", { bubbles: true }));
      control.dispatchEvent(new Event("change", { bubbles: true }));
      return true;
    },
    `the field "${label}"`,
    label,
    value,
  );
}

/**
 * Waits until a text can be read on the page.
 * @param {Page} page
 * @param {string} text
 */
export const sees = (page, text) =>
  page.until((/** @type {string} */ wanted) => document.body.innerText.includes(wanted), `the text "${text}"`, text);
