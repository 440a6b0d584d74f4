// @ts-check
// The built dashboard in a real browser. `MODELUX_BIN=.build/release/modelux node --test Tests/DashboardTests` starts a
// demo of its own; `MODELUX_PICTURES=folder` keeps a picture of every page.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { audit } from "./audit.mjs";
import { Browser } from "./chromium.mjs";
import { absence, call, demo } from "./demo.mjs";
import { firstRunTest } from "./first-run.mjs";
import { settingsTests } from "./settings.mjs";
import { taskTests } from "./tasks.mjs";

const pictures = process.env.MODELUX_PICTURES;
const evil = `<img src=x onerror=alert(1)><script>alert(2)</script>"'&`;
const lightest = 400 * 1024;
const soon = 1000;
const sizes = /** @type {const} */ ([
  [390, 844],
  [1280, 800],
  [1920, 1080],
]);
const themes = /** @type {const} */ (["light", "dark"]);

/** Why the browser cannot be had, or null. */
function browserAbsence() {
  try {
    execFileSync(process.env.CHROMIUM ?? "chromium", ["--version"], { stdio: "ignore" });
    return null;
  } catch {
    return "chromium is not installed";
  }
}

const skip = absence() ?? browserAbsence() ?? false;

describe("the dashboard in Chromium", { skip, concurrency: false }, () => {
  /** @type {Awaited<ReturnType<typeof demo>>} */
  let here;
  /** @type {Browser} */
  let browser;
  /** @type {import("./chromium.mjs").Page} */
  let page;
  let origin = "";

  /** Goes to a page inside the dashboard and waits until its data is there. */
  const visit = async (/** @type {string} */ hash, /** @type {string} */ sign) => {
    await page.evaluate((/** @type {string} */ to) => void (location.hash = to), hash);
    await page.until(
      (/** @type {string} */ selector) =>
        document.querySelector(`main ${selector}`) && !document.querySelector("main .bone"),
      `${hash} shows ${sign}`,
      sign,
    );
  };
  const keep = async (/** @type {string} */ name, /** @type {number} */ width, /** @type {string} */ theme) => {
    if (!pictures) return;
    mkdirSync(pictures, { recursive: true });
    writeFileSync(`${pictures}/${name}-${width}-${theme}.png`, await page.picture());
  };
  const row = (/** @type {string} */ id) =>
    page.evaluate(
      (/** @type {string} */ wanted) => Boolean(document.querySelector(`main a[href="#/requests/${wanted}"]`)),
      id,
    );
  const clean = () => {
    assert.deepEqual(page.errors, [], "errors, refusals and reports in the console");
    assert.deepEqual(
      // The browser's own controls have pictures in `data:` addresses.
      page.requests.filter((url) => !url.startsWith(origin) && url !== "about:blank" && !url.startsWith("data:")),
      [],
      "requests to elsewhere",
    );
    assert.equal(page.dialogs, 0, "dialogs");
  };

  before(async () => {
    here = await demo();
    origin = new URL(here.admin_url).origin;
    browser = new Browser();
    page = await browser.page();
    await page.looks({ width: 1280, height: 800, theme: "light" });
  });
  after(async () => {
    await browser?.close();
    await here?.stop();
  });

  test("without a session every address leads to the sign-in page, which says how to get a link", async () => {
    await page.open(`${origin}/#/requests?status=5xx`);
    await page.until(() => location.hash === "#/sign-in" && document.querySelector("main pre"), "the sign-in page");
    assert.match(await page.evaluate(() => document.body.innerText), /modelux setup-link/);
    assert.deepEqual(await audit(page), []);
    // That there is no session yet is all that the console may say.
    assert.deepEqual(
      page.errors.filter((error) => !/401 .*auth\/session$/.test(error)),
      [],
    );
    page.errors = [];
  });

  test("the link signs in, leaves no token in the address, and works once", async () => {
    await page.open("about:blank");
    page.transferred = 0;
    await page.open(here.dashboard_url);
    await page.until(
      () => document.querySelector("main canvas[aria-label]") && !document.querySelector("main .bone"),
      "the overview",
    );
    assert.equal(await page.evaluate(() => location.hash), "#/");
    clean();
    assert.ok(page.transferred <= lightest, `${page.transferred} bytes were needed for the first page`);

    const other = await browser.page();
    await other.open(here.dashboard_url);
    await other.until(() => document.querySelector("main [role=alert]"), "the refusal of a used link");
    assert.match(await other.evaluate(() => document.body.innerText), /modelux setup-link/);
  });

  const pages = /** @type {const} */ ([
    ["overview", () => "#/", "canvas"],
    ["requests", () => "#/requests", "tbody tr a"],
    ["dearest", () => "#/requests?order=cost", "tbody tr a"],
    ["failures", () => "#/requests?status=error&range=7d", "tbody tr a, .state"],
    ["request", (/** @type {string} */ id) => `#/requests/${id}`, ".attempt"],
    ["analytics", () => "#/analytics?compare=1", "tbody tr a"],
    ["analytics-latency", () => "#/analytics?by=provider&measure=latency&range=1h", "tbody tr a"],
    ["sessions", () => "#/sessions", "tbody tr a"],
    ["session", () => "#/sessions/trace/run-1", ".timeline"],
    ["routing", () => "#/routing", "tbody tr a"],
    ["new-config", () => "#/routing?new=1", "dialog[open] form"],
    ["builder", () => "#/routing/default?project_id=demo", "#build-policy"],
    ["config-json", () => "#/routing/default?project_id=demo&view=json", "textarea"],
    ["versions", () => "#/routing/default?project_id=demo&view=versions", ".changes"],
    ["providers", () => "#/providers", "tbody tr a"],
    ["provider", () => "#/providers?open=sandbox", "dialog[open] .facts"],
    ["new-provider", () => "#/providers?new=1", "dialog[open] form"],
    ["models", () => "#/models", "tbody tr a"],
    ["model", () => "#/models?q=sandbox&open=sandbox/echo", "dialog[open] .grid"],
    ["setup", () => "#/setup", ".code"],
    ["projects", () => "#/projects", "tbody tr a"],
    ["keys", () => "#/keys", "tbody tr a"],
    ["new-key", () => "#/keys?new=1", "dialog[open] form"],
    ["members", () => "#/members", "tbody tr a"],
    ["audit", () => "#/audit", "tbody tr a"],
    ["system", () => "#/system", ".facts"],
  ]);
  /** Pages whose route an older executable does not have: looked at where it answers. */
  const later = /** @type {const} */ ([
    ["budgets", "budgets", "#/budgets", "tbody tr a, .state"],
    ["new-budget", "budgets", "#/budgets?new=1&scope=tag&key=team", "dialog[open] form"],
    ["budget", "budgets", "#/budgets?open=demo-monthly", "dialog[open] [role=meter]"],
    ["alerts", "webhooks/endpoints", "#/alerts", ".card"],
    ["rules", "routing-configs/rules?project_id=demo", "#/routing/rules?project_id=demo", ".build-list"],
    ["chain", "routing-configs/fallback?project_id=demo", "#/routing/fallback?project_id=demo", ".build-list"],
    ["split", "routing-configs/ab?project_id=demo", "#/routing/ab?project_id=demo", ".build-list"],
    ["cheapest", "routing-configs/cheapest?project_id=demo", "#/routing/cheapest?project_id=demo", ".build-list"],
    ["try", "routing-configs/rules?project_id=demo", "#/routing/rules?project_id=demo&view=try", "textarea"],
    ["new-endpoint", "webhooks/endpoints", "#/alerts?new=1", "dialog[open] form"],
  ]);
  const answers = async (/** @type {string} */ route) => {
    const authorization = `Bearer ${here.management_key}`;
    const { status } = await fetch(`${origin}/manage/v1/${route}`, { headers: { authorization } });
    return status !== 404;
  };

  for (const [name, route, hash, sign] of later) {
    test(`${name}, in both themes, at every width`, async (context) => {
      if (!(await answers(route))) {
        await page.evaluate((/** @type {string} */ to) => void (location.hash = to), hash);
        await page.until(() => document.querySelector("main [role=alert] button"), "the error with its button");
        page.errors = [];
        return context.skip(`this executable has no GET /manage/v1/${route}`);
      }
      for (const theme of themes) {
        for (const [width, height] of sizes) {
          await page.looks({ width, height, theme });
          await visit(hash, sign);
          assert.deepEqual(await audit(page), [], `${name}, ${theme}, ${width}`);
          await keep(name, width, theme);
        }
      }
      clean();
    });
  }

  for (const theme of themes) {
    for (const [width, height] of sizes) {
      test(`every page, ${theme}, ${width} px wide`, async () => {
        await page.looks({ width, height, theme });
        const { id } = await call(
          here,
          { model: "@default" },
          { "x-modelux-user-id": "ada", "x-modelux-user-tags": "team=support" },
        );
        for (const [name, hash, sign] of pages) {
          if (name === "request") {
            const begun = Date.now();
            while (
              !(await page.evaluate(
                async (/** @type {string} */ wanted) =>
                  (await (await fetch(`/manage/v1/logs?q=${wanted}`)).json()).data.length,
                id,
              )) &&
              Date.now() - begun < soon
            );
          }
          await visit(hash(id), sign);
          assert.deepEqual(await audit(page), [], `${name}, ${theme}, ${width}`);
          await keep(name, width, theme);
        }
        clean();
      });
    }
  }

  test("a call through the proxy is in the list within a second, and its figures on the overview", async () => {
    await page.looks({ width: 1280, height: 800, theme: "light" });
    await visit("#/requests", "tbody tr a");
    for (let round = 0; round < 3; round++) {
      const { id } = await call(here, { model: "@default" });
      const answered = Date.now();
      await page.until(
        (/** @type {string} */ wanted) => document.querySelector(`main a[href="#/requests/${wanted}"]`),
        "the new request",
        id,
      );
      assert.ok(Date.now() - answered <= soon, `it took ${Date.now() - answered} ms`);
    }
    await visit("#/", "canvas");
    const total = () => page.evaluate(() => document.querySelector("main .metric-figure")?.textContent);
    const before = await total();
    await call(here, { model: "@default" });
    const answered = Date.now();
    await page.until(
      (/** @type {string} */ old) => document.querySelector("main .metric-figure")?.textContent !== old,
      "the new figure",
      before,
    );
    assert.ok(Date.now() - answered <= soon, `it took ${Date.now() - answered} ms`);
    clean();
  });

  test("planted markup is shown as text, in the list and in full", async () => {
    const headers = { "x-modelux-user-id": "<svg/onload=alert(3)>", "x-modelux-trace-id": "<b>trace</b>" };
    const { id } = await call(
      here,
      { model: evil, messages: [{ role: "user", content: evil }], "mlx:tags": { team: evil } },
      headers,
    );
    const good = await call(
      here,
      { model: "@default", messages: [{ role: "user", content: evil }], "mlx:tags": { team: evil } },
      headers,
    );
    await visit("#/requests", "tbody tr a");
    for (const planted of [id, good.id].filter(Boolean)) {
      await page.until(
        (/** @type {string} */ wanted) => document.querySelector(`main a[href="#/requests/${wanted}"]`),
        "the planted request",
        planted,
      );
      assert.ok(await row(planted));
      await visit(`#/requests/${planted}`, ".figures");
      assert.ok((await page.evaluate(() => document.body.innerText)).includes("<"), "the markup as text");
      assert.deepEqual(
        await page.evaluate(() =>
          [...document.querySelectorAll("main script, main img, main b, main [onload], main [onerror]")].map(
            (element) => element.outerHTML,
          ),
        ),
        [],
      );
      await visit("#/requests", "tbody tr a");
    }
    clean();
  });

  test("filters live in the address: they survive reload and back, and can be taken away", async () => {
    await visit("#/requests?status=2xx&range=7d&end_user=ada", "tbody tr a");
    const chips = () =>
      page.evaluate(() => [...document.querySelectorAll("main .chips .chip")].map((chip) => chip.textContent));
    const expected = ["Status: 2xx answered", "End user: ada"];
    assert.deepEqual(await chips(), expected);
    await page.send("Page.reload");
    await page.until(() => document.querySelector("main tbody tr a"), "the list again");
    assert.deepEqual(await chips(), expected);
    await page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector("main tbody tr a")).click());
    await page.until(() => document.querySelector("main .figures .figure"), "a request");
    await page.press("Escape");
    await page.until(
      () => location.hash.includes("end_user=ada") && document.querySelector("main tbody tr a"),
      "the list with its filters",
    );
    await page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector("main .chips .chip button")).click());
    await page.until(() => !location.hash.includes("status="), "the filter gone from the address");
    await page.evaluate(() => history.back());
    await page.until(() => location.hash.includes("status=2xx"), "the filter back again");
    clean();
  });

  test("the list works by keyboard", async () => {
    await visit("#/requests", "tbody tr a");
    const focused = () =>
      page.evaluate(() =>
        [...document.querySelectorAll("main tbody tr")].findIndex((line) => line.contains(document.activeElement)),
      );
    await page.press("/");
    assert.equal(await page.evaluate(() => /** @type {any} */ (document.activeElement).type), "search");
    await page.press("Escape");
    await page.press("j");
    assert.equal(await focused(), 0);
    await page.press("j");
    await page.press("j");
    await page.press("k");
    assert.equal(await focused(), 1);
    await page.press("Enter");
    await page.until(() => document.querySelector("main .figures .figure"), "the request by Enter");
    await page.press("Escape");
    await page.until(
      () => location.hash.startsWith("#/requests") && document.querySelector("main tbody tr a"),
      "the list by Escape",
    );
    clean();
  });

  /** @type {import("./settings.mjs").Stage} */
  const stage = {
    page: () => page,
    visit,
    clean,
    async call(method, path, body) {
      const headers = { authorization: `Bearer ${here.management_key}`, "content-type": "application/json" };
      const sent = { method, headers, body: body && JSON.stringify(body) };
      const answer = await fetch(`${origin}/manage/v1/${path}`, sent);
      assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
      return answer.json();
    },
  };
  settingsTests(stage);
  taskTests(stage);

  firstRunTest(() => browser);

  test("what does not exist says so, with a way to try again", async () => {
    await page.evaluate(() => void (location.hash = "#/requests/00000000-0000-4000-8000-000000000000"));
    await page.until(() => document.querySelector("main [role=alert] button"), "the error with its button");
    assert.deepEqual(
      page.errors.filter((error) => !/404/.test(error)),
      [],
    );
    page.errors = [];
    await page.evaluate(() => void (location.hash = "#/nowhere"));
    await page.until(() => location.hash === "#/", "the overview instead of nowhere");
  });

  test("a theme that was chosen stays, from the first paint on", async () => {
    await page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector("[data-id=dark]")).click());
    await page.send("Page.reload");
    await page.until(() => document.querySelector("[data-id=dark][aria-pressed=true]"), "the choice");
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), "dark");
    await page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector("[data-id=auto]")).click());
    clean();
  });

  test("a session that ended elsewhere leads to the sign-in page by itself", async () => {
    await visit("#/requests", "tbody tr a");
    await page.evaluate(async () => {
      const { csrf_token: token } = (await (await fetch("/manage/v1/auth/session")).json()).data;
      await fetch("/manage/v1/auth/sign-out", { method: "POST", headers: { "X-Modelux-Csrf": token } });
    });
    await page.evaluate(() => void (location.hash = "#/system"));
    await page.until(() => location.hash === "#/sign-in", "the sign-in page");
  });

  test("a link made by the API signs in again, and the button signs out", async () => {
    const authorization = `Bearer ${here.management_key}`;
    const answer = await fetch(`${origin}/manage/v1/auth/setup-link`, { method: "POST", headers: { authorization } });
    assert.equal(answer.status, 201);
    await page.open("about:blank");
    await page.open((await answer.json()).data.url);
    await page.until(() => document.querySelector("main canvas[aria-label]"), "the overview");
    await page.evaluate(() =>
      /** @type {HTMLElement} */ (
        [...document.querySelectorAll("button")].find((button) => button.textContent === "Sign out")
      ).click(),
    );
    await page.until(() => location.hash === "#/sign-in", "the sign-in page");
    assert.equal(await page.evaluate(async () => (await fetch("/manage/v1/auth/session")).status), 401);
  });
});
