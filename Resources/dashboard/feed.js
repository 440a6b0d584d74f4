// @ts-check
// The rows of a list that grows at both ends: older pages below, new records on top, each row once. No DOM here.

/** @typedef {{ request_id: string, created_at: string }} Row */
/** @typedef {{ data: any[], next_cursor: string | null }} Page */

/** Beyond this many rows a list that grows by itself begins anew with its newest page. */
const most = 2000;

export class Feed {
  /**
   * @param {(extra: { limit: number, cursor?: string }) => Promise<Page>} ask
   * @param {number} [pageSize]
   */
  constructor(ask, pageSize = 50) {
    this.ask = ask;
    this.pageSize = pageSize;
    /** @type {any[]} the newest first */
    this.rows = [];
    /** @type {string | null} */
    this.cursor = null;
  }

  /** Begins with the newest page. */
  async load() {
    const page = await this.ask({ limit: this.pageSize });
    this.rows = page.data;
    this.cursor = page.next_cursor;
  }

  /**
   * The next older page, if there is one.
   * @returns {Promise<any[]>} the rows that were not there yet
   */
  async more() {
    if (this.cursor === null) return [];
    const page = await this.ask({ limit: this.pageSize, cursor: this.cursor });
    const older = this.unknown(page.data);
    this.rows = [...this.rows, ...older];
    this.cursor = page.next_cursor;
    return older;
  }

  /**
   * Takes in records that were just written. A slow call may be older than calls that ended before it.
   * @param {any[]} records
   */
  add(records) {
    const fresh = this.unknown(records);
    if (fresh.length === 0) return;
    this.rows = [...fresh, ...this.rows].sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
  }

  /** Asks what is new; when that does not join what is there, the list begins anew instead of having a gap. */
  async catchUp() {
    const page = await this.ask({ limit: this.pageSize });
    const known = new Set(this.rows.map((row) => row.request_id));
    const joins = page.data.length < this.pageSize || page.data.some((row) => known.has(row.request_id));
    if (joins && this.rows.length > 0 && this.rows.length <= most) return this.add(page.data);
    this.rows = page.data;
    this.cursor = page.next_cursor;
  }

  /** Whether so much came at once, or over time, that asking for the newest page is the better way. */
  isFlooded(/** @type {any[]} */ records) {
    return records.length >= this.pageSize || this.rows.length > most;
  }

  /** @param {any[]} records */
  unknown(records) {
    const known = new Set(this.rows.map((row) => row.request_id));
    return records.filter((record) => !known.has(record.request_id));
  }
}
