// @ts-check
// The records with most of something, from a list that can only be asked for those above a bound. Pure.

/** @typedef {{ data: any[], next_cursor: string | null }} Page */

/** By what requests can be put in order besides time; `least` is the filter of the API that bounds it. */
export const orders = Object.freeze([
  { id: "cost", label: "Dearest", least: "min_cost_usd", of: (/** @type {any} */ row) => row.cost?.total_usd ?? 0 },
  {
    id: "latency",
    label: "Slowest",
    least: "min_latency_ms",
    of: (/** @type {any} */ row) => row.latency?.total_ms ?? 0,
  },
]);

const mostRounds = 12;

/**
 * Raises the bound until all above it fit on one page: each page has enough records above the next bound, so that
 * nothing is missed.
 * @param {(least: number) => Promise<Page>} ask for the records with at least so much
 * @param {(record: any) => number} of
 * @param {number} wanted
 * @param {number} [least] a bound to begin with
 * @returns {Promise<{ rows: any[], isExact: boolean }>} the most first
 */
export async function top(ask, of, wanted, least = 0) {
  let bound = least;
  for (let round = 0; ; round++) {
    const page = await ask(bound);
    const sorted = [...page.data].sort((a, b) => of(b) - of(a));
    if (page.next_cursor === null) return { rows: sorted.slice(0, wanted), isExact: true };
    const next = of(sorted[Math.min(wanted, sorted.length) - 1]);
    // Very many with the same amount: some of them are as good as others.
    if (!(next > bound) || round >= mostRounds) return { rows: sorted.slice(0, wanted), isExact: next <= bound };
    bound = next;
  }
}
