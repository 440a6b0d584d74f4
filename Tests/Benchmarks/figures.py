"""figures.py   start time and memory of the executable by itself: no upstream, no comparison, any number of cores."""

import json
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "ApplianceTests"))

from support.appliance import Appliance
from support.load import Load
from support.paths import BINARY
from support.upstream import Upstream


def first_answer():
    """Milliseconds from exec to the first chat answer, and idle megabytes two seconds later."""
    begun = time.monotonic()
    with Appliance(mode="serve") as appliance:
        while appliance.chat("sandbox/echo").status != 200:
            pass
        milliseconds = (time.monotonic() - begun) * 1000
        time.sleep(2)
        return milliseconds, appliance.memory_mb()


def crowd():
    """Peak megabytes under 256 connections that all have a request under way."""
    upstream = Upstream()
    with Appliance(mode="serve") as appliance:
        appliance.make_provider("witness", upstream.url)
        load = Load(appliance.proxy_port, appliance.key, "witness", connections=256, streams=0.3).start()
        peak = 0
        for _ in range(40):
            time.sleep(0.1)
            peak = max(peak, appliance.memory_mb())
        load.stop()
    upstream.close()
    return peak, len(load.answered)


def admission():
    """What budgets cost a request, by the program's own clock."""
    answer = subprocess.run([str(BINARY), "bench", "--json"], capture_output=True, text=True, timeout=300)
    return json.loads(answer.stdout)


def main():
    starts = [first_answer() for _ in range(5)]
    print(
        f"start to first answer (key made on the way): {statistics.median(ms for ms, _ in starts):.0f} ms (bound 300)"
    )
    print(f"idle RSS: {statistics.median(mb for _, mb in starts):.0f} MB (bound 60)")
    peak, answered = crowd()
    print(f"RSS under 256 connections: {peak:.0f} MB (bound 150; {answered} answers)")
    for row in admission():
        print(f"{row['name']}: {row['value']} {row['unit']} (bound {row['bound']})")


main()
