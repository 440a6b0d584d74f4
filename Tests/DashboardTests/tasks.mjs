// @ts-check
// What people come for: each task from the overview, with the clicks that it takes.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { fill, press, sees } from "./hands.mjs";

/** @param {import("./settings.mjs").Stage} stage */
export function taskTests({ page: of, visit, clean, call }) {
  test("the dearest request and why: three clicks", async () => {
    const page = of();
    /** @type {any[]} */
    const rows = [];
    for (let cursor = ""; cursor !== null; ) {
      const answer = await call("GET", `logs?limit=200&cursor=${cursor}`);
      rows.push(...answer.data);
      cursor = answer.next_cursor;
    }
    const dearest = Math.max(...rows.map(({ cost }) => cost.total_usd));
    await visit("#/", "canvas");
    await press(page, "Requests");
    await press(page, "Dearest");
    await sees(page, "the dearest first");
    await page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector("main tbody tr a")).click());
    await page.until(() => document.querySelector("main .figures dd.figure"), "the request");
    const shown = await page.evaluate(() => document.querySelector("main .figures dd.figure")?.textContent);
    assert.equal(Number(shown.replace("$", "")), dearest);
    await sees(page, "Decision");
    clean();
  });

  test("what analytics shows is what the API says, and the address keeps every choice", async () => {
    const page = of();
    await visit("#/analytics?range=24h&by=provider&measure=requests&compare=1", "tbody tr a");
    const read = () =>
      page.evaluate(() => ({
        by: /** @type {HTMLSelectElement} */ (document.querySelector("#analytics-by")).value,
        compares: /** @type {HTMLInputElement} */ (document.querySelector("#analytics-compare")).checked,
        measure: document.querySelector(".controls [aria-pressed=true]")?.textContent,
        rows: [...document.querySelectorAll("main tbody tr")].map((row) =>
          [...row.querySelectorAll("td")].slice(0, 2).map((cell) => cell.textContent),
        ),
      }));
    const before = await read();
    const start = new Date(Date.now() - 24 * 3600 * 1000).toISOString();
    const { totals, series } = (await call("GET", `analytics/report?start=${start}&group_by=provider`)).data;
    const sum = before.rows.reduce((total, [, requests]) => total + Number(String(requests).replaceAll(",", "")), 0);
    assert.equal(sum, totals.requests);
    const groups = new Set(series.map((/** @type {any} */ { group }) => group || "none"));
    assert.deepEqual(new Set(before.rows.map(([group]) => group)), groups);
    await page.send("Page.reload");
    await page.until(() => document.querySelector("main tbody tr a"), "the page again");
    const { rows, ...choices } = await read();
    assert.deepEqual(choices, { by: "provider", compares: true, measure: "Requests" });
    assert.equal(rows.length, before.rows.length);
    clean();
  });

  test("an endpoint is made, its secret shown once, and a test event reaches it", async (context) => {
    const page = of();
    const known = await call("GET", "webhooks/endpoints?limit=1").catch(() => null);
    if (!known) return context.skip("this executable has no GET /manage/v1/webhooks/endpoints");
    /** @type {{ type: string, signature: unknown }[]} */
    const arrived = [];
    const receiver = createServer(async (request, response) => {
      let text = "";
      for await (const piece of request) text += piece;
      arrived.push({ type: JSON.parse(text).type, signature: request.headers["x-modelux-signature"] });
      response.end("ok");
    });
    await new Promise((resolve) => receiver.listen(0, "127.0.0.1", () => resolve(null)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (receiver.address());
    await visit("#/alerts", ".card");
    await press(page, "New endpoint");
    await fill(page, "Address", `http://127.0.0.1:${port}/hook`);
    await fill(page, "Name", "on-call");
    await press(page, "Make the endpoint");
    await sees(page, "Copy the secret now");
    await press(page, "I have copied it");
    await page.until(() => !document.querySelector("dialog[open]") && location.hash === "#/alerts", "the list");
    await press(page, "on-call");
    await press(page, "Send a test event");
    await sees(page, "delivered");
    assert.match(String(arrived[0]?.signature), /^[0-9a-f]{64}$/);
    const list = (await call("GET", "webhooks/endpoints?limit=200")).data;
    const made = list.find((/** @type {any} */ { name }) => name === "on-call");
    await call("DELETE", `webhooks/endpoints/${made.id}`);
    receiver.close();
    clean();
  });

  test("a fallback is added: five clicks", async (context) => {
    const page = of();
    const answer = await call("GET", "routing-configs/default?project_id=demo");
    const knows = await page.evaluate(async () =>
      (await (await fetch("/manage/v1/openapi.yaml")).text()).includes("fallback_chain"),
    );
    if (!knows) return context.skip("this executable has no fallback chains");
    const { version, id, config } = answer.data;
    await visit("#/", "canvas");
    await press(page, "Routing");
    await page.until(() => document.querySelector("main tbody tr a"), "the list");
    await page.evaluate(
      (/** @type {string} */ wanted) =>
        /** @type {HTMLElement} */ (document.querySelector(`main a[href*="${wanted}"]`)).click(),
      id,
    );
    await fill(page, "Policy", "fallback_chain");
    await press(page, "Add target");
    await page.until(
      () => {
        const field = /** @type {HTMLInputElement | undefined} */ (
          [...document.querySelectorAll("main input[name=model]")].pop()
        );
        if (!field || field.value) return false;
        field.value = "sandbox/echo";
        return field.dispatchEvent(new Event("input", { bubbles: true }));
      },
      "the new target",
    );
    await press(page, `Save as version ${version + 1}`);
    await sees(page, `Version ${version + 1} of @default is in force`);
    const saved = (await call("GET", `routing-configs/${id}`)).data;
    assert.equal(saved.policy, "fallback_chain");
    assert.deepEqual(saved.config.models.map((/** @type {any} */ { model }) => model), [config.model, "sandbox/echo"]);
    await call("PATCH", `routing-configs/${id}`, { policy: "single", config });
    clean();
  });

  test("a rule with a fault says where it lies while it is typed; a completion mends it", async (context) => {
    const page = of();
    const config = await call("GET", "routing-configs/rules?project_id=demo").catch(() => null);
    if (!config) return context.skip("this executable has no config @rules");
    await visit(`#/routing/${config.data.id}`, "input[name=if]");
    const type = (/** @type {string} */ text) =>
      page.evaluate((/** @type {string} */ wanted) => {
        const input = /** @type {HTMLInputElement} */ (document.querySelector("main input[name=if]"));
        input.focus();
        input.value = wanted;
        input.setSelectionRange(wanted.length, wanted.length);
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }, text);
    await type("request.max_tokens = 5");
    await page.until(() => document.querySelector("main .wrong mark")?.textContent === "=", "the place of the fault");
    page.errors = page.errors.filter((error) => !/422/.test(error));
    await type("request.max_t");
    await press(page, "request.max_tokens");
    await press(page, ">");
    await type("request.max_tokens > 5");
    await page.until(() => !document.querySelector("main .wrong mark"), "no fault any more");
    await sees(page, "What it would do");
    await page.until(() => document.querySelector("main .plan .metric-figure"), "what it would cost");
    page.errors = page.errors.filter((error) => !/422/.test(error));
    clean();
  });

  test("a dry run shows what the API says", async (context) => {
    const page = of();
    const config = await call("GET", "routing-configs/fallback?project_id=demo").catch(() => null);
    if (!config) return context.skip("this executable has no config @fallback");
    await visit(`#/routing/${config.data.id}?view=try`, "textarea");
    await press(page, "Try it");
    await page.until(() => document.querySelector("main .plan-text"), "the result");
    const request = { model: "@fallback", messages: [{ role: "user", content: "Say hello." }], max_tokens: 200 };
    const told = (await call("POST", "dry-run", { project_id: "demo", request })).data;
    const targets = await page.evaluate(() =>
      [...document.querySelectorAll("main .grid tbody tr td:first-child")].map((cell) => cell.textContent),
    );
    assert.deepEqual(targets, told.candidates.map((/** @type {any} */ { target }) => target));
    clean();
  });

  test("a team is capped at $50 with a downgrade: three clicks", async (context) => {
    const page = of();
    const list = await call("GET", "budgets?limit=1").catch(() => null);
    if (!list) return context.skip("this executable has no GET /manage/v1/budgets");
    await visit("#/", "canvas");
    await press(page, "Budgets");
    await press(page, "New budget");
    await fill(page, "Name", "team-ml");
    await fill(page, "On", "tag");
    await fill(page, "Tag", "team");
    await fill(page, "Value", "ml");
    await fill(page, "Cap, USD", "50");
    await fill(page, "At the cap", "downgrade");
    await fill(page, "Use instead", "sandbox/echo");
    await press(page, "Make the budget");
    await sees(page, "Budget team-ml made");
    const budgets = (await call("GET", "budgets?limit=200")).data;
    const made = budgets.find((/** @type {any} */ { name }) => name === "team-ml");
    assert.deepEqual(
      [made.cap_usd, made.action, made.downgrade_to, made.scope.key, made.scope.value],
      [50, "downgrade", "sandbox/echo", "team", "ml"],
    );
    await page.until(() => document.querySelector("main tbody [role=meter]"), "its meter");
    await call("DELETE", `budgets/${made.id}`);
    clean();
  });
}
