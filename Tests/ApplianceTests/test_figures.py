"""Start and idle figures, with bounds wide enough for a busy machine; packaging/bench prints the exact ones."""

import subprocess
import time

from support.paths import BINARY


def test_it_starts_fast_and_stays_small(fresh_appliance):
    appliance = fresh_appliance()
    first = time.monotonic()
    assert appliance.chat().status == 200
    answered = appliance.ready_seconds + time.monotonic() - first
    time.sleep(1)
    assert answered < 2.0, f"first answer after {answered:.2f} s"
    assert appliance.memory_mb() <= 60, f"{appliance.memory_mb():.0f} MB idle"


def test_a_second_start_with_data_is_as_fast(fresh_appliance):
    appliance = fresh_appliance()
    for _ in range(50):
        appliance.chat()
    assert appliance.terminate() == 0
    appliance.start()
    assert appliance.ready_seconds < 2.0


def test_it_is_one_file(appliance):
    """Nothing beside it but libc's own libraries."""
    linked = subprocess.run(["ldd", str(BINARY)], capture_output=True, text=True).stdout
    names = {line.split()[0].rpartition("/")[2] for line in linked.splitlines() if line.strip()}
    allowed = {
        "linux-vdso.so.1",
        "libc.so.6",
        "libm.so.6",
        "libdl.so.2",
        "libpthread.so.0",
        "librt.so.1",
        "libutil.so.1",
        "libresolv.so.2",
        "libgcc_s.so.1",
        "libstdc++.so.6",
        "ld-linux-x86-64.so.2",
        "ld-linux-aarch64.so.1",
    }
    assert names <= allowed | {"statically", "not"}, names - allowed
