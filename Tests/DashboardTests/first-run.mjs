// @ts-check
// From an empty data directory to the first call in the list, without a network, as a new administrator goes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { audit } from "./audit.mjs";
import { call, fresh } from "./demo.mjs";
import { fill, press, sees } from "./hands.mjs";
import { routes } from "../../Resources/dashboard/routes.js";

const longest = 60_000;
const empty = routes.filter(({ nav }) => nav).map(({ path }) => `#${path}`);

/** Runs in the page: whether it is the page of this address, with whatever it has to show. */
const isThere = (/** @type {string} */ hash) =>
  location.hash === hash && document.querySelector("main h1") && !document.querySelector("main .bone");

/** @param {() => import("./chromium.mjs").Browser} browser */
export function firstRunTest(browser) {
  const skip = process.env.MODELUX_BIN ? false : "MODELUX_BIN is not set";
  test("first run: from the link to the first call in three screens", { skip }, async () => {
    const here = await fresh();
    try {
      const page = await browser().page();
      await page.looks({ width: 1280, height: 800, theme: "light" });
      const begun = Date.now();
      await page.open(here.dashboard_url);
      await sees(page, "You administer this installation");
      assert.deepEqual(await audit(page), []);
      for (const theme of /** @type {const} */ (["light", "dark"])) {
        await page.looks({ width: 390, height: 844, theme });
        for (const route of empty) {
          await page.evaluate((/** @type {string} */ to) => void (location.hash = to), route);
          await page.until(isThere, `${route} on an empty appliance`, route);
          assert.deepEqual(await audit(page), [], route);
        }
      }
      // What an older executable does not have is not the matter of this test.
      page.errors = page.errors.filter((error) => !/404/.test(error));
      assert.deepEqual(page.errors, []);
      await page.looks({ width: 1280, height: 800, theme: "light" });
      await page.evaluate(() => void (location.hash = "#/welcome"));
      await fill(page, "Name of this installation", "Acme");
      await press(page, "Continue");
      await sees(page, "Who answers");
      assert.deepEqual(await audit(page), []);
      await press(page, "The sandbox");
      await press(page, "Use it");
      await sees(page, "A key, and the first call");
      await press(page, "Make the key");
      await sees(page, "Copy the key now");
      assert.deepEqual(await audit(page), []);
      const text = await page.evaluate(() => document.body.innerText);
      const key = /mlx_sk_[0-9A-Za-z]{43}/.exec(text)?.[0] ?? "";
      const { status } = await call({ ...here, api_key: key }, { model: "@default" });
      assert.equal(status, 200);
      await page.until(() => document.querySelector("main .newest a"), "the first call");
      assert.ok(Date.now() - begun <= longest, `it took ${Date.now() - begun} ms`);
      await page.evaluate(() => void (location.hash = "#/"));
      await page.until(() => document.querySelector("main canvas[aria-label]"), "the overview");
      assert.deepEqual(page.errors, []);
    } finally {
      await here.stop();
    }
  });
}
