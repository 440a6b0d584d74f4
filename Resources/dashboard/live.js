// @ts-check
// Says when something new has been recorded. Every page that shows the present listens here, so that there is one
// question a second and none while nobody looks.

import { logs } from "./api.js";

const interval = 500;
const patience = 5000;

/**
 * Calls back when the newest record changes, once at most per question.
 * @param {Record<string, string>} query the filters that matter
 * @param {() => Promise<unknown>} changed
 * @param {AbortSignal} signal
 * @param {string | null} [newest] the newest record already shown; without it the first answer counts as shown
 */
export async function live(query, changed, signal, newest) {
  let pause = interval;
  while (!signal.aborted) {
    if (!document.hidden) {
      try {
        const { data } = await logs({ ...query, limit: 1 }, { signal });
        const id = data[0]?.request_id ?? null;
        if (newest !== undefined && id !== newest) await changed();
        newest = id;
        pause = interval;
      } catch {
        pause = patience;
      }
    }
    await sleep(document.hidden ? interval : pause, signal);
  }
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 */
const sleep = (milliseconds, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve(undefined)), { once: true });
  });
