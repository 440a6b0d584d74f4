// @ts-check
// What people change in the dashboard, from the first click to what the API then says.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fill, press, sees } from "./hands.mjs";

const evil = `<img src=x onerror=alert(1)><b>"'&`;

/**
 * @typedef {object} Stage
 * @property {() => import("./chromium.mjs").Page} page
 * @property {(hash: string, sign: string) => Promise<void>} visit
 * @property {() => void} clean
 * @property {(method: string, path: string, body?: object) => Promise<any>} call the management API, with its key
 */

/** @param {Stage} stage */
export function settingsTests({ page: of, visit, clean, call }) {
  test("a key is made, its secret shown once; it is changed, and revoked by its name", async () => {
    const page = of();
    await visit("#/keys", "tbody tr a");
    await press(page, "New key");
    await page.until(() => location.hash.includes("new=1"), "the new key in the address");
    await press(page, "Make the key");
    await sees(page, "This is needed");
    await fill(page, "Name", "made-by-hand");
    await fill(page, "Allowed addresses", "nowhere");
    await press(page, "Make the key");
    await page.until(
      () => document.querySelector("dialog textarea[aria-invalid=true]"),
      "the server's complaint at its field",
    );
    page.errors = page.errors.filter((error) => !/422/.test(error));
    await fill(page, "Allowed addresses", "10.0.0.0/8");
    await press(page, "Make the key");
    await sees(page, "Copy the secret now");
    const secret = await page.evaluate(() => document.querySelector("dialog .secret code")?.textContent);
    assert.match(secret, /^mlx_sk_[0-9A-Za-z]{43}$/);
    await press(page, "I have copied it");
    await page.until(() => !document.querySelector("dialog[open]") && !location.hash.includes("new"), "the list");
    const isThere = (/** @type {string} */ text) => document.body.innerHTML.includes(text);
    assert.equal(await page.evaluate(isThere, secret), false);

    await press(page, "made-by-hand");
    await fill(page, "Requests a minute", "42");
    await press(page, "Save");
    await sees(page, "Key made-by-hand saved");
    const keys = (await call("GET", "keys?limit=200")).data;
    const key = keys.find((/** @type {any} */ { name }) => name === "made-by-hand");
    assert.deepEqual([key.rate_limit, key.allowed_ips], [42, ["10.0.0.0/8"]]);

    await page.until(() => !document.querySelector("dialog[open]"), "the closed sheet");
    await press(page, "made-by-hand");
    await press(page, "Revoke…");
    await sees(page, "Revoke the key made-by-hand?");
    await press(page, "Revoke the key");
    await sees(page, "Key made-by-hand revoked");
    assert.ok((await call("GET", `keys/${key.id}`)).data.revoked_at);
    clean();
  });

  test("a sheet closes by Escape and by the way back, and a link opens it again", async () => {
    const page = of();
    await visit("#/projects", "tbody tr a");
    await press(page, "New project");
    await page.until(() => document.querySelector("dialog[open] input"), "the sheet");
    await page.press("Escape");
    await page.until(() => !document.querySelector("dialog[open]") && location.hash === "#/projects", "it is closed");
    await page.evaluate(() => void (location.hash = "#/projects?new=1"));
    await page.until(() => document.querySelector("dialog[open]"), "it is open by its address");
    await page.evaluate(() => history.back());
    await page.until(() => !document.querySelector("dialog[open]"), "it is closed by the way back");
    clean();
  });

  test("planted markup in the names of things is shown as text everywhere", async () => {
    const page = of();
    const project = (await call("POST", "projects", { name: evil, slug: "evil" })).data;
    const key = (await call("POST", "keys", { name: evil, project_id: project.id, allowed_models: [evil] })).data;
    await call("POST", "management-keys", { name: evil, role: "viewer" });
    const places = [
      ["#/projects", "tbody tr a"],
      [`#/projects?open=${project.id}`, "dialog[open] form"],
      ["#/keys", "tbody tr a"],
      [`#/keys?open=${key.id}`, "dialog[open] form"],
      ["#/members", "tbody tr a"],
      ["#/audit", "tbody tr a"],
      ["#/analytics?by=project", "h1"],
      ["#/routing", "tbody tr a"],
      ["#/routing?new=1", "dialog[open] form"],
    ];
    for (const [hash, sign] of places) {
      await visit(hash, sign);
      const planted = "main img, main b:not(.meter b), main [onerror]";
      const found = await page.evaluate((/** @type {string} */ of) => document.querySelectorAll(of).length, planted);
      assert.equal(found, 0, hash);
    }
    await call("DELETE", `projects/${project.id}`);
    clean();
  });

  test("a routing config is changed in the builder, compared, and taken back", async () => {
    const page = of();
    const config = (await call("GET", "routing-configs/default?project_id=demo")).data;
    const other = config.config.model === "sandbox/echo" ? "sandbox/tools" : "sandbox/echo";
    await visit(`#/routing/${config.id}`, "#build-policy");
    await fill(page, "Model", other);
    await press(page, `Save as version ${config.version + 1}`);
    await sees(page, `Version ${config.version + 1} of @default is in force`);
    assert.equal((await call("GET", `routing-configs/${config.id}`)).data.config.model, other);

    await sees(page, `Versions ${config.version + 1}`);
    await visit(`#/routing/${config.id}?view=versions`, ".changes");
    const shown = await page.evaluate(() => document.querySelector(".changes")?.textContent);
    assert.ok(shown.includes(config.config.model) && shown.includes(other), shown);
    await page.evaluate(
      (/** @type {number} */ version) =>
        /** @type {HTMLElement} */ (document.querySelector(`[data-version="${version}"]`)).click(),
      config.version,
    );
    await press(page, "Go back to it…");
    await press(page, `Go back to version ${config.version}`);
    await sees(page, `Version ${config.version + 2} of @default is in force`);
    assert.equal((await call("GET", `routing-configs/${config.id}`)).data.config.model, config.config.model);
    clean();
  });

  test("a draft that cannot be saved says why at the setting", async () => {
    const page = of();
    const config = (await call("GET", "routing-configs/default?project_id=demo")).data;
    await visit(`#/routing/${config.id}`, "#build-policy");
    await fill(page, "Model", "nobody/knows-this");
    await press(page, `Save as version ${config.version + 1}`);
    await page.until(() => document.querySelector("main input[name=model][aria-invalid=true]"), "the complaint");
    page.errors = page.errors.filter((error) => !/422|404/.test(error));
    clean();
  });
}
