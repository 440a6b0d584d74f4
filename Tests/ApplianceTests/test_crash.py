"""Sudden ends: nothing that a caller received is lost, nothing is booked twice, damage is said."""

import json
import random
import shutil
import signal
import threading
import time

import pytest

from support.appliance import Appliance
from support.killing import Rounds
from support.ledger import Ledger
from support.paths import FULL
from support.raw import Raw, head
from support.upstream import wish


def test_kill_9_under_load_loses_nothing_and_books_nothing_twice(fresh_appliance, upstream):
    random.seed(20260403)
    appliance = fresh_appliance(mode="serve")
    appliance.make_provider("witness", upstream.url)
    rounds = Rounds(appliance, upstream, appliance.key)
    for _ in range(200 if FULL else 20):
        rounds.one(appliance.kill, appliance.start)
    problems = rounds.problems()
    assert not problems, f"{len(problems)} of {rounds.answered} answers, the first: {problems[:10]}"
    assert Ledger(appliance.data).integrity() == "ok"
    assert Ledger(appliance.data).rollup_drift() == {}
    assert rounds.answered > 20 * 10
    # The log agrees with the ledger.
    for sent in random.sample([sent for sent in rounds.sent if sent.whole], 50):
        row = appliance.log(sent.request_id, seconds=10)
        assert row and row["model"] == sent.marker and row["cost"]["total_usd"] is not None
    assert max(rounds.starts) < 3.0, f"a start took {max(rounds.starts):.2f} s"


def test_kill_9_a_moment_after_an_answer_still_has_its_row(fresh_appliance):
    """The smallest window: one answer, then death at once."""
    appliance = fresh_appliance()
    for _ in range(5):
        answer = appliance.chat()
        appliance.kill()
        appliance.start()
        row = appliance.log(answer.request_id)
        assert row and row["usage"]["output_tokens"] > 0


def test_a_request_under_way_at_the_crash_is_booked_at_what_was_held(fresh_appliance, upstream):
    appliance = fresh_appliance(mode="serve")
    appliance.make_provider("priced", upstream.url, vendor="openai")
    marker = f"under-way-{time.monotonic()}"
    thread = threading.Thread(
        target=lambda: swallow(lambda: appliance.chat("priced/gpt-4o-mini", wish("hang", id=marker), max_tokens=100))
    )
    thread.start()
    upstream.wait_for(lambda entry: marker in entry["body"])
    appliance.kill()
    thread.join()
    appliance.start()
    rows = [row for row in Ledger(appliance.data).rows() if row["provider"] == "priced"]
    assert len(rows) == 1 and rows[0]["state"] == 2
    assert rows[0]["held_nano_usd"] > 0


def swallow(call):
    try:
        call()
    except Exception:
        pass


# A polite stop.


def stream_request(appliance, chunks, delay, marker):
    data = json.dumps(
        {
            "model": "witness/m",
            "stream": True,
            "messages": [{"role": "user", "content": wish("stream", chunks=chunks, delay_ms=delay, id=marker)}],
        }
    )
    raw = Raw(appliance.proxy_port)
    raw.send(
        head(
            "POST /v1/chat/completions HTTP/1.1",
            "Host: x",
            f"Authorization: Bearer {appliance.key}",
            "Content-Type: application/json",
            f"Content-Length: {len(data)}",
        )
    )
    raw.send(data)
    return raw


def test_sigterm_lets_streams_finish_and_takes_no_more(fresh_appliance, upstream):
    appliance = fresh_appliance(mode="serve")
    appliance.make_provider("witness", upstream.url)
    streams = [stream_request(appliance, 50, 20, f"drain-{number}") for number in range(20)]
    for raw in streams:
        raw.read_head()
    idle = Raw(appliance.proxy_port)
    appliance.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    with pytest.raises(OSError):
        appliance.chat(timeout=2)
    for raw in streams:
        rest, closed = raw.read_until_closed(10)
        assert closed and b"data: [DONE]" in rest and rest.count(b"w49") == 1
    assert appliance.process.wait(5) == 0
    idle.close()
    assert sum(row["state"] == 1 for row in Ledger(appliance.data).rows()) >= 20


def test_sigterm_ends_what_does_not_end_by_itself(fresh_appliance, upstream):
    appliance = fresh_appliance(mode="serve", environment={"MODELUX_PROXY_DRAIN_TIMEOUT": "1s"})
    appliance.make_provider("witness", upstream.url)
    raw = stream_request(appliance, 1000, 50, "endless drain")
    raw.read_head()
    begun = time.monotonic()
    appliance.process.send_signal(signal.SIGTERM)
    rest, closed = raw.read_until_closed(10)
    assert closed and b'"error"' in rest and b"[DONE]" not in rest
    assert appliance.process.wait(10) == 0
    assert 0.8 <= time.monotonic() - begun <= 4
    rows = Ledger(appliance.data).rows()
    assert len(rows) == 1 and rows[0]["state"] == 1 and rows[0]["output_tokens"] > 0


def test_an_idle_stop_is_quick(fresh_appliance):
    appliance = fresh_appliance()
    keep = Raw(appliance.proxy_port)
    begun = time.monotonic()
    assert appliance.terminate() == 0
    assert time.monotonic() - begun < 2
    keep.close()


# Damaged files.


@pytest.fixture(scope="module")
def used_data(tmp_path_factory):
    """A data directory with some history, closed properly and copied for each case."""
    data = tmp_path_factory.mktemp("used") / "data"
    with Appliance(data=data) as appliance:
        for _ in range(100):
            assert appliance.chat().status == 200
        time.sleep(1)
        appliance.terminate()
    return data


def damage_flips(source, path):
    data = bytearray(path.read_bytes())
    for _ in range(source.randint(1, 64)):
        data[source.randrange(len(data))] ^= 1 << source.randrange(8)
    path.write_bytes(data)


def damage_truncate(source, path):
    data = path.read_bytes()
    path.write_bytes(data[: source.randrange(len(data))])


def damage_zero_page(source, path):
    data = bytearray(path.read_bytes())
    at = source.randrange(max(1, len(data) // 4096)) * 4096
    data[at : at + 4096] = bytes(len(data[at : at + 4096]))
    path.write_bytes(data)


def damage_text(_, path):
    path.write_text("this is no database\n")


def damage_empty(_, path):
    path.write_bytes(b"")


DAMAGES = [damage_flips, damage_truncate, damage_zero_page, damage_text, damage_empty]


@pytest.mark.parametrize("number", range(300 if FULL else 30))
def test_a_damaged_file_is_refused_or_survived_but_never_trapped(used_data, tmp_path, number):
    source = random.Random(number)
    data = tmp_path / "data"
    shutil.copytree(used_data, data, symlinks=True)
    files = sorted(
        path
        for path in data.rglob("*")
        if path.is_file() and path.stat().st_size and path.suffix in (".db", ".seg", ".key", ".db-wal")
    )
    path, damage = files[number % len(files)], DAMAGES[(number // len(files) + number) % len(DAMAGES)]
    damage(source, path)
    what = f"{damage.__name__} of {path.relative_to(data)}"
    try:
        appliance = Appliance(mode="serve", data=data, wait=15)
    except AssertionError as refused:
        text = str(refused)
        code = int(text.split("ended with ")[1].split()[0]) if "ended with" in text else None
        assert code == 78, f"{what}: {text[:600]}"
        assert (
            path.name.split("-")[0] in text or "journal" in text or "key" in text
        ), f"{what}: the refusal names no file: {text[:600]}"
        return
    try:
        answer = appliance.chat()
        assert answer.status in (200, 401, 503), what
        assert appliance.manage("GET", "/logs").status in (200, 500, 503), what
        time.sleep(0.3)
        assert appliance.alive, f"{what}: {appliance.said()[-1000:]}"
    finally:
        appliance.close()
        appliance.output.unlink(missing_ok=True)


def test_a_second_process_on_the_same_data_is_refused(fresh_appliance):
    appliance = fresh_appliance(mode="serve")
    with pytest.raises(AssertionError) as refused:
        Appliance(mode="serve", data=appliance.data, wait=10)
    assert "ended with" in str(refused.value)
    assert appliance.chat().status == 200


@pytest.mark.parametrize(
    "text, names",
    [
        ("proxy:\n  adress: 127.0.0.1:1\n", "adress"),
        ("nonsense: 1\n", "nonsense"),
        ("proxy: [1\n", "modelux.yaml"),
        ("proxy:\n  body_limit: lots\n", "body_limit"),
        ("ledger:\n  durability: maybe\n", "durability"),
    ],
)
def test_a_bad_settings_file_is_refused_and_named(tmp_path, text, names):
    settings = tmp_path / "modelux.yaml"
    settings.write_text(text)
    with pytest.raises(AssertionError) as refused:
        Appliance(mode="serve", data=tmp_path / "data", arguments=["--config", str(settings)], wait=10)
    assert "ended with 78" in str(refused.value) and names in str(refused.value)
