// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import * as format from "../../Resources/dashboard/format.js";

/**
 * @param {string} name
 * @param {(...args: any[]) => unknown} read
 * @param {[...args: any[]][]} rows the last item is what must come out
 */
const table = (name, read, rows) =>
  test(name, () => {
    for (const row of rows) assert.deepEqual(read(...row.slice(0, -1)), row.at(-1), JSON.stringify(row));
  });

table("money has cents from a dollar up and three significant digits below", format.money, [
  [0, "$0.00"],
  [1234.5, "$1,234.50"],
  [0.5, "$0.50"],
  [0.0123, "$0.0123"],
  [0.00021, "$0.00021"],
  [0.000123456, "$0.000123"],
  [0.000000001, "$0.000000001"],
  [4e-10, "<$0.000000001"],
  [-2.5, "−$2.50"],
  [250_000, "$250K"],
  [null, "–"],
  [undefined, "–"],
  [Number.NaN, "–"],
]);

table("money in a column always has six decimals", format.moneyColumn, [
  [0, "$0.000000"],
  [0.0002145, "$0.000215"],
  [12, "$12.000000"],
  [0.0000004, "<$0.000001"],
  [null, "–"],
]);

table("exact money keeps every nano-dollar and no more", format.moneyExact, [
  [0.000000001, "$0.000000001"],
  [0.1 + 0.2, "$0.30"],
  [105, "$105.00"],
]);

table("durations change their unit where people do", format.duration, [
  [0, "0 ms"],
  [0.31, "0.31 ms"],
  [9.999, "10 ms"],
  [640.4, "640 ms"],
  [999.6, "1.00 s"],
  [2000.3, "2.00 s"],
  [59_999, "1 min 0 s"],
  [200_000, "3 min 20 s"],
  [3_700_000, "1 h 1 min"],
  [90_000_000, "1 d 1 h"],
  [null, "–"],
]);

table("durations on an axis drop empty decimals", format.durationAxis, [
  [0, "0"],
  [200, "200 ms"],
  [2000, "2 s"],
  [2500, "2.50 s"],
  [60_000, "1 min"],
  [7_200_000, "2 h"],
]);

table("counts are exact to 9,999 in little room", format.short, [
  [0, "0"],
  [9999, "9,999"],
  [12_345, "12.3K"],
  [4_500_000, "4.5M"],
  [null, "–"],
]);

table("shares of one", format.percent, [
  [0, "0%"],
  [0.004, "0.4%"],
  [0.5, "50%"],
  [1, "100%"],
  [Number.NaN, "–"],
]);

table("a change is said only where there is something to compare with", format.change, [
  [112, 100, "+12%"],
  [97, 100, "−3%"],
  [100.2, 100, "±0%"],
  [1500, 100, "×15"],
  [5, 0, null],
  [5, null, null],
]);

table("bytes", format.bytes, [
  [0, "0 B"],
  [512, "512 B"],
  [4300, "4.2 KiB"],
  [5 * 1024 ** 3, "5 GiB"],
]);

const now = new Date(2026, 4, 4, 14, 3, 22);

test("a moment of today shows no day, an older one does", () => {
  assert.equal(format.moment(new Date(2026, 4, 4, 9, 5, 1), now), "09:05:01");
  assert.equal(format.moment(new Date(2026, 4, 3, 9, 5, 1), now), "3 May 09:05:01");
  assert.equal(format.moment("not a time", now), "–");
});

test("how long ago", () => {
  const before = (/** @type {number} */ seconds) => new Date(now.getTime() - seconds * 1000).toISOString();
  const said = [0, 12, 200, 7300, 200_000].map((seconds) => format.ago(before(seconds), now));
  assert.deepEqual(said, ["now", "12 s ago", "3 min ago", "2 h ago", "2 d ago"]);
});
