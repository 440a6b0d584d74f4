// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { top } from "../../Resources/dashboard/top.js";

/** A list as the API gives it: the newest page of those above a bound. */
function list(/** @type {number[]} */ values, size = 10) {
  const asked = { times: 0 };
  const ask = async (/** @type {number} */ least) => {
    asked.times += 1;
    const found = values.filter((value) => value >= least).map((value) => ({ value }));
    return { data: found.slice(0, size), next_cursor: found.length > size ? "more" : null };
  };
  return { ask, asked };
}
const of = (/** @type {any} */ row) => row.value;

test("the most come first, whatever their order in time", async () => {
  // A fixed sequence that looks like chance.
  const values = Array.from({ length: 5000 }, (_, index) => (index * 7919) % 10_007);
  const { ask, asked } = list(values, 200);
  const { rows, isExact } = await top(ask, of, 20);
  const expected = [...values].sort((a, b) => b - a).slice(0, 20);
  assert.deepEqual(rows.map(of), expected);
  assert.ok(isExact);
  assert.ok(asked.times <= 6, `${asked.times} calls`);
});

test("a short list is asked for once; an empty one too", async () => {
  const { ask, asked } = list([1, 3, 2]);
  assert.deepEqual((await top(ask, of, 2)).rows.map(of), [3, 2]);
  assert.equal(asked.times, 1);
  assert.deepEqual((await top(list([]).ask, of, 2)).rows, []);
});

test("very many with the same amount do not keep it busy", async () => {
  const { ask, asked } = list(Array.from({ length: 100 }, () => 5));
  const { rows } = await top(ask, of, 3);
  assert.deepEqual(rows.map(of), [5, 5, 5]);
  assert.ok(asked.times <= 3);
});

test("a bound that is set already stays the least", async () => {
  const { ask } = list([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.deepEqual((await top(ask, of, 3, 11)).rows.map(of), [12, 11]);
});
