"""The executable by itself: without a network, on a full disk."""

import json
import os
import shutil
import subprocess
import time

import pytest

from support.appliance import Appliance
from support.paths import BINARY

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def fails(*words):
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True).returncode != 0


@as_root
def test_the_demo_starts_and_answers_without_a_network(tmp_path):
    if fails("unshare", "-n", "true"):
        pytest.skip("no network namespaces on this machine")
    process = subprocess.Popen(
        [
            "unshare",
            "-n",
            "sh",
            "-c",
            f"ip link set lo up 2>/dev/null; exec {BINARY} demo --json --data {tmp_path}/data "
            "--proxy 127.0.0.1:8080 --admin 127.0.0.1:5100",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        begun = time.monotonic()
        info = json.loads(process.stdout.readline())
        assert time.monotonic() - begun < 3
        answer = subprocess.run(
            [
                "nsenter",
                "-t",
                str(process.pid),
                "-n",
                "curl",
                "-s",
                "--max-time",
                "10",
                "http://127.0.0.1:8080/v1/chat/completions",
                "-H",
                f"Authorization: Bearer {info['api_key']}",
                "-H",
                "Content-Type: application/json",
                "-d",
                '{"model":"@default","messages":[{"role":"user","content":"alone"}]}',
            ],
            capture_output=True,
            text=True,
        )
        assert json.loads(answer.stdout)["choices"], answer
    finally:
        process.kill()
        process.wait()


@pytest.mark.skipif(shutil.which("strace") is None, reason="no strace on this machine")
def test_it_connects_to_nobody_by_itself(tmp_path):
    trace = tmp_path / "trace"
    with Appliance(prefix=["strace", "-f", "-qq", "-e", "trace=connect", "-o", str(trace)]) as appliance:
        for _ in range(20):
            appliance.chat("@default")
            appliance.chat("sandbox/lorem", stream=True)
        appliance.admin("GET", "/")
        time.sleep(2)
        subprocess.run(["kill", str(appliance.info["pid"])])
        appliance.process.wait(20)
    connects = [line for line in trace.read_text().splitlines() if "connect(" in line and "AF_UNIX" not in line]
    assert not connects, connects[:5]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 96 MB."""
    point = tmp_path / "disk"
    point.mkdir()
    if fails("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(point)):
        pytest.skip("no tmpfs mount on this machine")
    yield point
    subprocess.run(["umount", "-l", str(point)])


@as_root
def test_a_full_disk_keeps_the_ledger_and_comes_back(small_disk):
    with Appliance(data=small_disk / "data", environment={"MODELUX_LEDGER_SEGMENT_SIZE": "4MiB"}) as appliance:
        key = appliance.make_key("full")
        assert appliance.chat(key=key).status == 200
        filler = small_disk / "filler"
        # Without a buffer: what is left in one would be written once more at the end, and fail there.
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 65536)
            except OSError:
                pass
        served, refused, last = 0, 0, None
        for number in range(3000):
            answer = appliance.chat("sandbox/lorem", "y" * 2000, key=key, max_tokens=50)
            assert answer.status in (200, 503), answer
            served += answer.status == 200
            refused += answer.status == 503
            last = answer if answer.status == 200 else last
        assert served >= 1000, f"{served} served, {refused} refused"
        filler.unlink()
        appliance.wait_until(lambda: appliance.chat(key=key).status == 200, 6, "service after space has returned")
        after = appliance.chat(key=key)
        assert appliance.log(after.request_id, seconds=6) is not None
        assert appliance.log(last.request_id, seconds=6) is not None
        assert appliance.alive
