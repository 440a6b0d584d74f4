// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { Feed } from "../../Resources/dashboard/feed.js";

const row = (/** @type {number} */ number) => ({
  request_id: `r${number}`,
  created_at: `2026-05-04T00:00:${String(number).padStart(2, "0")}Z`,
});
const ids = (/** @type {Feed} */ feed) => feed.rows.map(({ request_id: id }) => Number(id.slice(1)));

/** A log as the API pages it: the newest first, the cursor is the last id of the page before. */
function log(/** @type {number[]} */ numbers) {
  const all = [...numbers];
  const ask = async (/** @type {{ limit: number, cursor?: string }} */ { limit, cursor }) => {
    const newest = [...all].sort((a, b) => b - a).filter((number) => cursor === undefined || number < Number(cursor));
    const page = newest.slice(0, limit);
    return { data: page.map(row), next_cursor: newest.length > limit ? String(page.at(-1)) : null };
  };
  return { all, ask };
}

test("pages follow each other to the end", async () => {
  const feed = new Feed(log([1, 2, 3, 4, 5]).ask, 2);
  await feed.load();
  assert.deepEqual(ids(feed), [5, 4]);
  assert.deepEqual((await feed.more()).length, 2);
  await feed.more();
  assert.deepEqual(ids(feed), [5, 4, 3, 2, 1]);
  assert.equal(feed.cursor, null);
  assert.deepEqual(await feed.more(), []);
});

test("new records come on top, each once, a slow call where it belongs", async () => {
  const feed = new Feed(log([1, 2, 4]).ask, 5);
  await feed.load();
  feed.add([row(4), row(6)]);
  feed.add([row(3), row(6)]);
  assert.deepEqual(ids(feed), [6, 4, 3, 2, 1]);
});

test("older pages never bring a row twice", async () => {
  const { ask } = log([1, 2, 3, 4]);
  const feed = new Feed(ask, 2);
  await feed.load();
  feed.add([row(2)]);
  await feed.more();
  assert.deepEqual(ids(feed), [4, 3, 2, 1]);
});

test("catching up joins what is there, or begins anew when there would be a gap", async () => {
  const { all, ask } = log([1, 2, 3, 4]);
  const feed = new Feed(ask, 2);
  await feed.load();
  await feed.more();
  all.push(5);
  await feed.catchUp();
  assert.deepEqual(ids(feed), [5, 4, 3, 2, 1]);
  all.push(6, 7, 8);
  await feed.catchUp();
  assert.deepEqual(ids(feed), [8, 7]);
  assert.equal(feed.cursor, "7");
});

test("a flood is better asked for than added", () => {
  const feed = new Feed(log([]).ask, 3);
  assert.equal(feed.isFlooded([row(1), row(2)]), false);
  assert.equal(feed.isFlooded([row(1), row(2), row(3)]), true);
});
