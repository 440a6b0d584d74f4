"""The ledger as it lies on disk, read with SQLite and nothing of the executable's own."""

import collections
import sqlite3

HELD, SETTLED, UNSETTLED = 0, 1, 2


class Ledger:
    """A look at `ledger.db` in a data directory; read-only, also while the executable runs."""

    def __init__(self, data):
        self.path = data / "ledger.db"

    def query(self, text, *values):
        with sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10) as connection:
            connection.row_factory = sqlite3.Row
            rows = connection.execute(text, values).fetchall()
        connection.close()
        return rows

    def rows(self):
        """Every attempt."""
        return self.query("SELECT * FROM attempts")

    def by_model(self):
        """Attempts by the model's name at the provider."""
        found = collections.defaultdict(list)
        for row in self.rows():
            found[row["model"]].append(row)
        return found

    def rollup_drift(self):
        """Columns in which the hourly figures differ from the sum of the rows."""
        columns = {
            "attempts": "count(*)",
            "input_tokens": "sum(input_tokens)",
            "output_tokens": "sum(output_tokens)",
            "cost_nano_usd": "sum(total_nano_usd)",
        }
        rows = self.query("SELECT " + ", ".join(columns.values()) + " FROM attempts WHERE state <> ?", HELD)[0]
        drift = {}
        for table in ("rollups_hourly", "rollups_minutely"):
            sums = self.query("SELECT " + ", ".join(f"sum({name})" for name in columns) + f" FROM {table}")[0]
            drift.update(
                {
                    f"{table}.{name}": (rolled, booked)
                    for name, rolled, booked in zip(columns, sums, rows)
                    if rolled != booked
                }
            )
        return drift

    def integrity(self):
        return self.query("PRAGMA integrity_check")[0][0]


def reconcile(ledger, sent, seen):
    """What does not add up between the callers' answers, the upstream's witness and the ledger; empty when all does.

    - every answer that a caller received whole has exactly one row, settled, with the tokens that the upstream told;
    - every request that the upstream saw has at least one row of its attempt: settled, or unsettled at what was held
      (`seen` is empty after a power cut: what nobody was answered may be gone with the last milliseconds);
    - no (operation, attempt) is there twice.
    """
    problems, rows = [], ledger.by_model()
    pairs = collections.Counter((bytes(row["operation"]), row["attempt"]) for each in rows.values() for row in each)
    problems += [
        f"{pair[0].hex()} attempt {pair[1]} is there {count} times" for pair, count in pairs.items() if count > 1
    ]
    for each in sent:
        if not each.whole:
            continue
        own = [row for row in rows[each.marker] if row["state"] == SETTLED]
        if len(own) != 1:
            problems.append(
                f"{each.marker} was answered whole and has {len(own)} settled rows of {len(rows[each.marker])}"
            )
            continue
        if each.reported:
            told = (each.reported["prompt_tokens"], each.reported["completion_tokens"])
            booked = (own[0]["input_tokens"], own[0]["output_tokens"])
            if told != booked:
                problems.append(f"{each.marker}: told {told}, booked {booked}")
    for entry in seen:
        marker = entry["model"]
        if not rows.get(marker):
            problems.append(f"{marker} reached the upstream and has no row")
    return problems
