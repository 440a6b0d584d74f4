"""Too much of something: the stated limit, bounded memory, and service
for everybody else."""

import json
import resource
import socket
import threading
import time

import pytest

from support.appliance import Appliance
from support.load import Load
from support.paths import FULL
from support.raw import Raw, head, statuses
from support.upstream import wish

MEGABYTE = 1 << 20
LIMIT = 32 * MEGABYTE
SHORT = {
    "MODELUX_PROXY_HEAD_TIMEOUT": "2s",
    "MODELUX_PROXY_BODY_TIMEOUT": "2s",
    "MODELUX_PROXY_WRITE_TIMEOUT": "4s",
    "MODELUX_PROXY_IDLE_TIMEOUT": "3s",
}


@pytest.fixture(scope="module")
def strict(upstream):
    """An appliance with short patience for its callers."""
    with Appliance(environment=SHORT) as running:
        running.key = running.make_key("exhaustion")
        running.make_provider("witness", upstream.url)
        yield running
        assert running.alive, running.said()[-3000:]


def start(appliance, *fields):
    """The beginning of a chat request's head, not yet ended."""
    lines = [
        "POST /v1/chat/completions HTTP/1.1",
        "Host: x",
        f"Authorization: Bearer {appliance.key}",
        "Content-Type: application/json",
        *fields,
    ]
    return "\r\n".join(lines) + "\r\n"


def slowest_of(appliance, count=20):
    """The longest of so many good requests."""
    longest = 0
    for _ in range(count):
        begun = time.monotonic()
        assert appliance.chat().status == 200
        longest = max(longest, time.monotonic() - begun)
    return longest


# Slow senders and readers.


def test_a_slow_head_is_closed_in_time(strict):
    with Raw(strict.proxy_port) as raw:
        begun = time.monotonic()
        raw.send(start(strict)[:40])
        stopper = threading.Event()

        def drip():
            while not stopper.wait(0.2):
                try:
                    raw.send("a")
                except OSError:
                    return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        answer, closed = raw.read_until_closed(8)
        stopper.set()
        assert closed and 1.5 <= time.monotonic() - begun <= 4
        assert statuses(answer) in ([], [408])


def test_a_body_that_stops_is_closed_in_time(strict):
    with Raw(strict.proxy_port) as raw:
        begun = time.monotonic()
        raw.send(start(strict, "Content-Length: 5000") + "\r\n" + "{")
        answer, closed = raw.read_until_closed(8)
        assert closed and 1.5 <= time.monotonic() - begun <= 4
        assert statuses(answer) in ([], [408])


@pytest.mark.parametrize("what", ["head", "body"])
def test_a_crowd_of_slow_senders_does_not_slow_the_others(strict, what):
    crowd = []
    for _ in range(1000):
        raw = Raw(strict.proxy_port)
        raw.send(start(strict)[:60] if what == "head" else start(strict, "Content-Length: 5000") + "\r\n{")
        crowd.append(raw)
    assert slowest_of(strict) < 0.5
    for raw in crowd:
        raw.close()


def test_a_caller_who_does_not_read_is_closed_and_its_stream_ends(strict, upstream):
    marker = f"deaf-{time.monotonic()}"
    data = json.dumps(
        {
            "model": "witness/m",
            "stream": True,
            "messages": [{"role": "user", "content": wish("flood", megabytes=100, id=marker)}],
        }
    )
    with Raw(strict.proxy_port, receive_buffer=4096) as raw:
        raw.send(start(strict, f"Content-Length: {len(data)}") + "\r\n" + data)
        before = strict.memory_mb()
        entry = upstream.wait_for(lambda entry: marker in entry["body"] and entry["end"] == "caller left", 12)
        assert entry["bytes_sent"] < 20 * MEGABYTE
        assert strict.memory_mb() - before < 8


def test_an_idle_connection_is_closed_in_time(strict):
    with Raw(strict.proxy_port) as raw:
        data = json.dumps({"model": "sandbox/echo", "messages": [{"role": "user", "content": "a"}]})
        raw.send(start(strict, f"Content-Length: {len(data)}") + "\r\n" + data)
        raw.read_head()
        begun = time.monotonic()
        _, closed = raw.read_until_closed(8)
        assert closed and 2 <= time.monotonic() - begun <= 5


# Large bodies.


def oversize(size):
    frame = b'{"model":"sandbox/echo","max_tokens":1,"messages":[{"role":"user","content":"%s"}]}'
    return frame % (b"a" * (size - len(frame) + 2))


def test_a_body_of_exactly_the_limit_is_taken(strict):
    body = oversize(LIMIT)
    assert len(body) == LIMIT
    assert strict.post("/v1/chat/completions", body, timeout=60).status == 200


def test_one_byte_more_is_413_before_it_is_read(strict):
    with Raw(strict.proxy_port) as raw:
        raw.send(start(strict, f"Content-Length: {LIMIT + 1}") + "\r\n")
        answer, closed = raw.read_until_closed(5)
        assert statuses(answer) == [413] and closed
        assert b"body_too_large" in answer and b"32" in answer


def test_one_byte_more_in_chunks_is_413_after_the_limit(strict):
    before, sent = strict.memory_mb(), 0
    with Raw(strict.proxy_port, timeout=20) as raw:
        raw.send(start(strict, "Transfer-Encoding: chunked") + "\r\n")
        block = b"%x\r\n%s\r\n" % (MEGABYTE, b"a" * MEGABYTE)
        try:
            for _ in range(100):
                raw.send(block)
                sent += MEGABYTE
        except OSError:
            pass
        answer, closed = raw.read_until_closed(5)
    assert closed and (not statuses(answer) or statuses(answer) == [413])
    # What was under way in the socket buffers counts as sent.
    assert LIMIT <= sent <= LIMIT + 16 * MEGABYTE
    assert strict.memory_mb() - before < 120
    assert strict.chat().status == 200


def test_a_hundred_large_senders_at_once_do_not_add_up(strict):
    """Each declares too much: refused by its head, nothing is buffered."""
    before = strict.memory_mb()
    crowd = []
    for _ in range(100):
        raw = Raw(strict.proxy_port)
        raw.send(start(strict, f"Content-Length: {100 * MEGABYTE}") + "\r\n")
        crowd.append(raw)
    for raw in crowd:
        try:
            raw.send(b"a" * 65536)
        except OSError:
            pass
        answer, _ = raw.read_until_closed(5)
        assert not statuses(answer) or statuses(answer) == [413]
        raw.close()
    assert strict.memory_mb() - before < 64


def test_large_bodies_leave_no_memory_behind(strict):
    for _ in range(3):
        assert strict.post("/v1/chat/completions", oversize(8 * MEGABYTE), timeout=60).status == 200
    settled = strict.memory_mb()
    for _ in range(20):
        assert strict.post("/v1/chat/completions", oversize(8 * MEGABYTE), timeout=60).status == 200
    # Twenty bodies are 160 MB; what may stay is the queue for the body store, and what the allocator holds on to.
    strict.wait_until(lambda: strict.memory_mb() - settled < 96, 5, "memory to be given back")


# Slow readers of a fast stream.


def test_slow_readers_of_fast_streams_hold_the_upstream_back(strict, upstream):
    upstream.reset()
    count = 500 if FULL else 100
    data = json.dumps(
        {
            "model": "witness/m",
            "stream": True,
            "messages": [{"role": "user", "content": wish("flood", megabytes=10, id="slow")}],
        }
    )
    before, crowd = strict.memory_mb(), []
    for _ in range(count):
        raw = Raw(strict.proxy_port, receive_buffer=8192)
        raw.send(start(strict, f"Content-Length: {len(data)}") + "\r\n" + data)
        crowd.append(raw)
    end = time.monotonic() + 2.5
    while time.monotonic() < end:
        for raw in crowd:
            raw.socket.setblocking(False)
            try:
                raw.socket.recv(256)
            except BlockingIOError:
                pass
        time.sleep(0.1)
    grown = strict.memory_mb() - before
    held = [entry["bytes_sent"] for entry in upstream.seen()]
    for raw in crowd:
        raw.reset()
    # The kernel's socket buffers hold what was sent. Our share is at most 64 kB a stream, what requests need anyway, and
    # the one account that all streams share for the bodies that they collect (records.queue_limit).
    assert grown < 0.064 * count + 64 + 24, f"{grown:.0f} MB for {count} streams"
    assert max(held) < 10 * MEGABYTE
    assert strict.chat().status == 200


# The idle crowd.


def test_an_idle_crowd_costs_little_and_disturbs_nobody(fresh_appliance):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(10_000, hard - 500)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    appliance = fresh_appliance(environment={"MODELUX_PROXY_IDLE_TIMEOUT": "5m", "MODELUX_PROXY_HEAD_TIMEOUT": "5m"})
    for _ in range(200):
        appliance.chat()
    before, baseline = appliance.memory_mb(), slowest_of(appliance)
    crowd = []
    try:
        for _ in range(count):
            connection = socket.socket()
            connection.connect(("127.0.0.1", appliance.proxy_port))
            crowd.append(connection)
        appliance.wait_until(lambda: appliance.descriptors() >= count, 20, "all connections to be accepted")
        grown = (appliance.memory_mb() - before) * 1024 / count
        slowest = slowest_of(appliance)
        assert grown <= 20, f"{grown:.1f} kB for each of {count} idle connections"
        assert slowest < max(0.25, 3 * baseline)
    finally:
        for connection in crowd:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    appliance.wait_until(lambda: appliance.descriptors() < 500, 10, "descriptors to be given back")
    assert appliance.chat().status == 200


# No descriptors left.


def test_without_descriptors_it_waits_and_comes_back(fresh_appliance):
    appliance = fresh_appliance(prefix=["prlimit", "--nofile=256:256"])
    assert appliance.chat().status == 200
    crowd = []
    for _ in range(1000):
        connection = socket.socket()
        connection.setblocking(False)
        connection.connect_ex(("127.0.0.1", appliance.proxy_port))
        crowd.append(connection)
    time.sleep(1)
    used, begun = appliance.cpu_seconds(), time.monotonic()
    time.sleep(2)
    share = (appliance.cpu_seconds() - used) / (time.monotonic() - begun)
    assert appliance.alive, appliance.said()[-2000:]
    assert share < 0.2, f"{share:.0%} of a core while there is nothing to do"
    assert appliance.admin("GET", "/healthz", timeout=5).status == 200
    assert appliance.manage("GET", "/keys", timeout=5).status == 200
    for connection in crowd:
        connection.close()
    appliance.wait_until(lambda: answers(appliance), 4, "service to come back")


def answers(appliance):
    try:
        return appliance.chat(timeout=2).status == 200
    except OSError:
        return False


def test_two_hundred_and_fifty_six_connections_stay_under_150_megabytes(fresh_appliance, upstream):
    appliance = fresh_appliance()
    appliance.make_provider("witness", upstream.url)
    key = appliance.make_key("crowd")
    load = Load(appliance.proxy_port, key, "witness", connections=256, streams=0.3).start()
    time.sleep(4)
    peak = appliance.memory_mb()
    load.stop()
    assert len(load.answered) > 200
    assert peak <= 150, f"{peak:.0f} MB"
