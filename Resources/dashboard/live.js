// @ts-check
// What has just been recorded, as it is recorded. One stream for the page in view and none while nobody looks: a
// browser opens only six connections to one server, so streams of hidden tabs would stop the seventh tab.

import { tailAddress } from "./api.js";

/** Records that arrive together are handed on together, a few times a second at most. */
const gathering = 150;
const patience = 2000;
/**
 * A record that ended just before the stream opened is not in it, and may not be readable yet when it opens: within a
 * second it is.
 */
const settling = [400, 1200];

/**
 * @param {Record<string, string>} query the filters that matter
 * @param {object} listener
 * @param {(records: any[]) => void} listener.arrived new records, the oldest first
 * @param {() => void} listener.missed something may have been missed: ask again
 * @param {AbortSignal} signal
 */
export function live(query, { arrived, missed }, signal) {
  /** @type {EventSource | null} */
  let source = null;
  /** @type {any[]} */
  let waiting = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const hand = () => {
    timer = undefined;
    const records = waiting;
    waiting = [];
    if (!signal.aborted) arrived(records);
  };
  const close = () => {
    source?.close();
    source = null;
  };
  const open = () => {
    if (source || signal.aborted || document.hidden) return;
    const opened = new EventSource(tailAddress(query));
    source = opened;
    opened.addEventListener("open", () => {
      missed();
      for (const pause of settling) setTimeout(() => source === opened && missed(), pause);
    });
    opened.addEventListener("record", (event) => {
      waiting.push(JSON.parse(event.data));
      timer ??= setTimeout(hand, gathering);
    });
    // A lost connection is opened again by the browser itself. A refusal is final: asking for the data says why (the
    // session has ended), or stands in for the stream until there is room for one.
    opened.addEventListener("error", () => {
      if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
      source = null;
      missed();
      setTimeout(open, patience);
    });
  };

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()), { signal });
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    close();
  });
  open();
}

/**
 * Calls at once, then at most once in an interval however often it is asked.
 * @param {() => unknown} action
 * @param {number} interval milliseconds
 * @param {AbortSignal} signal
 */
export function throttled(action, interval, signal) {
  let isResting = false;
  let isWanted = false;
  const run = () => {
    isWanted = false;
    isResting = true;
    setTimeout(() => {
      isResting = false;
      if (isWanted && !signal.aborted) run();
    }, interval);
    action();
  };
  return () => {
    isWanted = true;
    if (!isResting) run();
  };
}
