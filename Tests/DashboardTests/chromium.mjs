// @ts-check
// Drives the Chromium of the machine through its DevTools protocol over a pipe. Nothing to install, no port opened.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const flags = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--hide-scrollbars",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-extensions",
  "--force-color-profile=srgb",
  "--remote-debugging-pipe",
];
const deadline = 15_000;

export class Browser {
  /** @param {string} [executable] */
  constructor(executable = process.env.CHROMIUM ?? "chromium") {
    this.profile = mkdtempSync(join(tmpdir(), "modelux-dashboard-"));
    this.process = spawn(executable, [...flags, `--user-data-dir=${this.profile}`, "about:blank"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    this.input = /** @type {import("node:stream").Writable} */ (this.process.stdio[3]);
    this.next = 1;
    /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
    this.waiting = new Map();
    /** @type {Set<(message: any) => void>} */
    this.listeners = new Set();
    let rest = "";
    const output = /** @type {import("node:stream").Readable} */ (this.process.stdio[4]);
    output.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      const messages = (rest + text).split("\0");
      rest = messages.pop() ?? "";
      for (const message of messages) this.receive(JSON.parse(message));
    });
  }

  /** @param {any} message */
  receive(message) {
    const answer = this.waiting.get(message.id);
    if (!answer) return this.listeners.forEach((listener) => listener(message));
    this.waiting.delete(message.id);
    if (message.error) answer.reject(new Error(`${message.error.message} ${message.error.data ?? ""}`));
    else answer.resolve(message.result);
  }

  /**
   * @param {string} method
   * @param {object} [params]
   * @param {string} [sessionId]
   * @returns {Promise<any>}
   */
  send(method, params = {}, sessionId) {
    const id = this.next++;
    this.input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  /** A page with cookies and storage of its own. */
  async page() {
    const { browserContextId } = await this.send("Target.createBrowserContext");
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank", browserContextId });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, sessionId);
    await page.start();
    return page;
  }

  async close() {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    await Promise.race([this.send("Browser.close").catch(() => {}), ended]);
    await ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

export class Page {
  /**
   * @param {Browser} browser
   * @param {string} session
   */
  constructor(browser, session) {
    this.browser = browser;
    this.session = session;
    /**
     * Errors in the console, exceptions, and reports of the content security policy.
     * @type {string[]}
     */
    this.errors = [];
    /**
     * Every address asked for.
     * @type {string[]}
     */
    this.requests = [];
    /** @type {Map<string, string>} */
    this.loading = new Map();
    /** Bytes of files as they came over the wire; answers of the API are not counted. */
    this.transferred = 0;
    this.dialogs = 0;
  }

  /**
   * @param {string} method
   * @param {object} [params]
   */
  send(method, params) {
    return this.browser.send(method, params, this.session);
  }

  async start() {
    this.browser.listeners.add((message) => message.sessionId === this.session && this.note(message));
    await Promise.all(["Page", "Runtime", "Log", "Network"].map((domain) => this.send(`${domain}.enable`)));
  }

  /** @param {any} message */
  note({ method, params }) {
    if (method === "Runtime.exceptionThrown")
      this.errors.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === "Runtime.consoleAPICalled" && ["error", "warning", "assert"].includes(params.type))
      this.errors.push(params.args.map((/** @type {any} */ arg) => arg.value ?? arg.description).join(" "));
    if (method === "Log.entryAdded" && ["error", "warning"].includes(params.entry.level))
      this.errors.push(`${params.entry.text} ${params.entry.url ?? ""}`.trim());
    if (method === "Network.requestWillBeSent") {
      this.requests.push(params.request.url);
      this.loading.set(params.requestId, params.request.url);
    }
    if (method === "Network.loadingFinished" && !this.loading.get(params.requestId)?.includes("/manage/")) {
      this.transferred += params.encodedDataLength;
    }
    if (method === "Page.javascriptDialogOpening") {
      this.dialogs += 1;
      this.send("Page.handleJavaScriptDialog", { accept: false });
    }
  }

  /** @param {{ width: number, height: number, theme: "light" | "dark" }} looks */
  async looks({ width, height, theme }) {
    await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    // Without motion: a colour that is on its way to another would be measured.
    const features = [
      { name: "prefers-color-scheme", value: theme },
      { name: "prefers-reduced-motion", value: "reduce" },
    ];
    await this.send("Emulation.setEmulatedMedia", { features });
  }

  /**
   * Opens an address; one that differs only after the `#` does not reload.
   * @param {string} url
   */
  async open(url) {
    await this.send("Page.navigate", { url });
  }

  /**
   * What an expression or the call of a function gives in the page.
   * @param {string | Function} code
   * @param {...unknown} args
   * @returns {Promise<any>}
   */
  async evaluate(code, ...args) {
    const expression =
      typeof code === "function" ? `(${code})(${args.map((arg) => JSON.stringify(arg)).join(",")})` : code;
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /**
   * Waits until something holds in the page, looking at every frame.
   * @param {string | Function} code
   * @param {string} what
   * @param {...unknown} args
   */
  async until(code, what, ...args) {
    const begun = Date.now();
    for (;;) {
      const value = await this.evaluate(code, ...args).catch(() => null);
      if (value) return value;
      if (Date.now() - begun > deadline) {
        const text = await this.evaluate("document.body.innerText");
        throw new Error(`${what}: not within ${deadline / 1000} s. The page says: ${text.slice(-400)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 16));
    }
  }

  /**
   * Presses one key.
   * @param {string} key
   */
  async press(key) {
    const text = key.length === 1 ? key : key === "Enter" ? "\r" : undefined;
    await this.send("Input.dispatchKeyEvent", {
      type: "keyDown",
      key,
      text,
      code: key,
      windowsVirtualKeyCode:
        key === "Enter" ? 13 : key === "Escape" ? 27 : key === "Tab" ? 9 : key.toUpperCase().charCodeAt(0),
    });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", key, code: key });
  }

  /**
   * @param {{ isWhole?: boolean }} [options]
   * @returns {Promise<Buffer>} a PNG
   */
  async picture({ isWhole = false } = {}) {
    const { data } = await this.send("Page.captureScreenshot", {
      format: "png",
      captureBeyondViewport: isWhole,
      ...(isWhole ? { clip: await this.whole() } : {}),
    });
    return Buffer.from(data, "base64");
  }

  async whole() {
    const { cssContentSize } = await this.send("Page.getLayoutMetrics");
    return { x: 0, y: 0, width: cssContentSize.width, height: cssContentSize.height, scale: 1 };
  }
}
