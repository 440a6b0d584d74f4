"""ratios.py RESULTS   the figures of the standing benchmark as ratios to nginx, each with the bound it must keep."""

import json
import pathlib
import statistics
import sys


def runs(folder, name):
    return json.loads((folder / f"{name}.json").read_text())["pinned"]


def median(rounds, load, *path):
    """The median over the rounds of one value; every round is one start of the target."""
    values = []
    for each in rounds:
        value = each[load] if load else each
        for part in path:
            value = value[part]
        values.append(value)
    return statistics.median(values)


def per_chunk(rounds):
    """Microseconds of CPU for one streamed chunk."""
    return statistics.median(each["s100"]["cpu_s"] / each["s100"]["chunks"] * 1e6 for each in rounds)


def per_request(rounds):
    """Microseconds of CPU for one request at 64 connections."""
    return statistics.median(each["c64"]["cpu_s"] / each["c64"]["requests"] * 1e6 for each in rounds)


def main():
    folder = pathlib.Path(sys.argv[1])
    direct, nginx, ours = (runs(folder, name) for name in ("direct", "nginx", "modelux"))
    if not (direct and nginx and ours):
        sys.exit(
            "no valid run of "
            + ", ".join(n for n, r in (("direct", direct), ("nginx", nginx), ("modelux", ours)) if not r)
        )
    base = median(direct, "c1", "latency", "p50")
    errors = sum(
        sum((each[load].get("errors") or {}).values())
        for each in ours
        for load in ("c1", "r100", "c64", "c256", "s10", "s100")
    )
    rows = []

    def row(what, mine, theirs, form, bound, higher_is_better=False):
        ratio = mine / theirs if theirs else float("inf")
        kept = ratio >= bound if higher_is_better else ratio <= bound
        sign = "≥" if higher_is_better else "≤"
        rows.append(
            (
                what,
                form.format(mine),
                form.format(theirs),
                f"{ratio:.2f}",
                f"{sign} {bound}",
                "ok" if kept else "MISSED",
            )
        )

    row("requests/s, 64 connections", median(ours, "c64", "rps"), median(nginx, "c64", "rps"), "{:,.0f}", 0.5, True)
    row("requests/s, 256 connections", median(ours, "c256", "rps"), median(nginx, "c256", "rps"), "{:,.0f}", 0.5, True)
    row(
        "µs added at p50, 1 connection",
        median(ours, "c1", "latency", "p50") - base,
        median(nginx, "c1", "latency", "p50") - base,
        "{:.0f}",
        2,
    )
    row("µs CPU a request, 64 connections", per_request(ours), per_request(nginx), "{:.1f}", 2)
    row("µs CPU a chunk, 100 streams", per_chunk(ours), per_chunk(nginx), "{:.1f}", 3)
    row(
        "chunk age p99 µs, 100 streams",
        median(ours, "s100", "chunk", "p99"),
        median(nginx, "s100", "chunk", "p99"),
        "{:.0f}",
        5,
    )
    width = max(len(each[0]) for each in rows)
    print(f"\n{'':<{width}} {'modelux':>10} {'nginx':>10} {'ratio':>7}  bound")
    for what, mine, theirs, ratio, bound, verdict in rows:
        print(f"{what:<{width}} {mine:>10} {theirs:>10} {ratio:>7}  {bound:<6} {verdict}")
    megabytes = 1e-6
    for what, value, bound in (
        ("start to first answer, ms", median(ours, None, "ready_s") * 1000, 300),
        ("idle RSS, MB", median(ours, None, "idle_rss") * megabytes, 60),
        ("RSS at 256 connections, MB", median(ours, "c256", "peak_rss") * megabytes, 150),
        ("errors", errors, 0),
    ):
        print(f"{what:<{width}} {value:>10.0f} {'':>10} {'':>7}  ≤ {bound:<4} {'ok' if value <= bound else 'MISSED'}")


main()
