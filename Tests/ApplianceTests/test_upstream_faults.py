"""Upstreams that fail: one stated error each, money for what was seen, and the next request works."""

import base64
import json
import socket
import threading
import time

import pytest

from support.appliance import Appliance
from support.paths import free_port
from support.raw import Raw, head
from support.upstream import wish

QUICK = {
    "MODELUX_UPSTREAM_CONNECT_TIMEOUT": "1s",
    "MODELUX_UPSTREAM_FIRST_BYTE_TIMEOUT": "600ms",
    "MODELUX_UPSTREAM_READ_TIMEOUT": "600ms",
    "MODELUX_UPSTREAM_TOTAL_TIMEOUT": "3s",
}


@pytest.fixture(scope="module")
def hasty(upstream):
    """An appliance that waits for its upstreams well under a second."""
    with Appliance(environment=QUICK) as running:
        running.key = running.make_key("faults")
        running.make_provider("witness", upstream.url, vendor="openai")
        yield running
        assert running.alive, running.said()[-3000:]


@pytest.fixture(autouse=True)
def next_request_works(hasty):
    yield
    answer = hasty.chat("witness/gpt-4o-mini", "afterwards")
    assert answer.status == 200, answer


def ask(hasty, text, stream=False, **options):
    return hasty.chat("witness/gpt-4o-mini", text, stream=stream, **options)


def last_event(answer):
    return json.loads(answer.events()[-1].split(b"data:", 1)[1])


def check_broken_stream(hasty, answer, chunks):
    """What came is relayed, then one typed error event and no `[DONE]`; the row is priced by what was seen."""
    assert answer.status == 200
    assert sum(b'"content": "w' in event or b'"content":"w' in event for event in answer.events()) == chunks
    assert last_event(answer)["error"]["type"] == "api_error"
    assert b"[DONE]" not in answer.body and answer.body.count(b'"error"') == 1
    row = hasty.log(answer.request_id)
    assert row["usage"]["estimated"] is True and row["usage"]["output_tokens"] >= chunks // 2
    assert row["cost"]["total_usd"] > 0
    assert row["attempts"][-1]["outcome"] in ("connection_error", "timeout", "server_error")
    return row


# Resets.


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("action", ["reset", "close"])
def test_a_connection_that_dies_before_any_byte_is_502(hasty, action, stream):
    answer = ask(hasty, wish(action), stream)
    assert (answer.status, answer.error["code"]) == (502, "provider_error")
    row = hasty.log(answer.request_id)
    assert row["status"] == 502 and row["attempts"][-1]["outcome"] == "connection_error"
    # The provider may have worked, and charged: the input is booked, as an estimate.
    assert row["usage"]["estimated"] is True and row["usage"]["output_tokens"] == 0


def test_a_stale_pooled_connection_is_replaced_unseen(hasty, upstream):
    for number in range(20):
        assert ask(hasty, f"warm {number}").status == 200
    identifier = f"stale-{time.monotonic()}"
    # The upstream drops a reused connection without a byte; a request that was never answered goes out once more.
    answer = ask(hasty, wish("close", id=identifier, first=1))
    assert answer.status == 200
    assert sum(identifier in entry["body"] for entry in upstream.seen()) == 2


@pytest.mark.parametrize("action", ["reset", "close"])
def test_a_stream_that_dies_in_the_middle_ends_in_one_error_event(hasty, action):
    answer = ask(hasty, wish(action, at="middle", chunks=4), stream=True)
    row = check_broken_stream(hasty, answer, 4)
    assert row["attempts"][-1]["outcome"] == "connection_error"


@pytest.mark.parametrize("action", ["reset", "close"])
def test_a_body_that_dies_in_the_middle_is_never_passed_off_as_whole(hasty, action):
    """Either 502, or a body that ends short of its length."""
    data = json.dumps(
        {"model": "witness/gpt-4o-mini", "messages": [{"role": "user", "content": wish(action, at="middle")}]}
    )
    with Raw(hasty.proxy_port) as raw:
        raw.send(
            head(
                "POST /v1/chat/completions HTTP/1.1",
                "Host: x",
                f"Authorization: Bearer {hasty.key}",
                "Content-Type: application/json",
                f"Content-Length: {len(data)}",
                "Connection: close",
            )
        )
        raw.send(data)
        answer, closed = raw.read_until_closed()
    assert closed
    if b" 502 " in answer.split(b"\r\n")[0]:
        return
    fields = answer.partition(b"\r\n\r\n")
    assert b"1000" in fields[0] and len(fields[2]) < 1000


# Silence.


@pytest.mark.parametrize("stream", [False, True])
def test_an_upstream_that_says_nothing_is_504_in_time(hasty, upstream, stream):
    identifier = f"silent-{stream}-{time.monotonic()}"
    begun = time.monotonic()
    answer = ask(hasty, wish("hang", id=identifier), stream)
    waited = time.monotonic() - begun
    assert (answer.status, answer.error["code"]) == (504, "provider_timeout")
    assert 0.55 <= waited <= 1.2
    assert hasty.log(answer.request_id)["attempts"][-1]["outcome"] == "timeout"
    assert upstream.wait_for(lambda entry: identifier in entry["body"] and entry["end"] == "caller left", 2)


def test_a_stream_that_falls_silent_ends_in_time(hasty):
    begun = time.monotonic()
    answer = ask(hasty, wish("hang", at="middle", chunks=3), stream=True)
    assert 0.55 <= time.monotonic() - begun <= 1.5
    row = check_broken_stream(hasty, answer, 3)
    assert row["attempts"][-1]["outcome"] == "timeout"


def test_a_stream_that_never_ends_is_cut_at_the_total_time(hasty):
    begun = time.monotonic()
    answer = ask(hasty, wish("stream", chunks=100, delay_ms=100), stream=True)
    assert 2.8 <= time.monotonic() - begun <= 4
    assert last_event(answer)["error"]["type"] == "api_error"


def test_an_address_where_nothing_listens_is_502_at_once(hasty):
    name = f"nobody-{time.monotonic_ns()}"
    hasty.make_provider(name, f"http://127.0.0.1:{free_port()}/v1")
    begun = time.monotonic()
    answer = hasty.chat(f"{name}/m")
    assert (answer.status, answer.error["code"]) == (502, "provider_error")
    assert time.monotonic() - begun < 1


def test_an_address_that_swallows_packets_is_504_in_time(hasty):
    """A listener whose queue is full: the connection never stands."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    stuffing = []
    try:
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
            stuffing.append(filler)
        name = f"full-{time.monotonic_ns()}"
        hasty.make_provider(name, f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
        begun = time.monotonic()
        answer = hasty.chat(f"{name}/m")
        assert answer.status in (502, 504)
        assert 0.9 <= time.monotonic() - begun <= 1.7
    finally:
        listener.close()
        for filler in stuffing:
            filler.close()


def test_a_hung_upstream_does_not_slow_the_others(hasty):
    threads = [threading.Thread(target=ask, args=(hasty, wish("hang"))) for _ in range(32)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    begun = time.monotonic()
    for _ in range(20):
        assert hasty.chat("sandbox/echo").status == 200
    assert time.monotonic() - begun < 0.5 * 20
    for thread in threads:
        thread.join()


# Errors that the upstream tells.


@pytest.mark.parametrize(
    "status, wanted, code",
    [
        (400, 400, None),
        (401, (401, 502), None),
        (403, (403, 502), None),
        (404, 404, None),
        (422, 422, None),
        (429, 429, "provider_rate_limited"),
        (500, 502, "provider_error"),
        (502, 502, "provider_error"),
        (503, (502, 503), None),
        (504, (502, 504), None),
        (529, (502, 503, 529), None),
    ],
)
def test_an_upstreams_error_reaches_the_caller_as_an_error(hasty, status, wanted, code):
    answer = ask(hasty, wish("status", status=status))
    assert answer.status in (wanted if isinstance(wanted, tuple) else (wanted, status))
    assert answer.error["message"]
    assert code is None or answer.error["code"] in (code, None)
    row = hasty.log(answer.request_id)
    assert row["attempts"][-1]["status"] == status and row["attempts"][-1]["outcome"] != "success"
    assert row["cost"]["total_usd"] == 0


def test_a_retry_after_is_passed_on(hasty):
    answer = ask(hasty, wish("status", status=429, headers={"retry-after": "7"}))
    assert answer.status == 429 and answer.headers["retry-after"] == "7"


@pytest.mark.parametrize("status", [429, 500, 502, 503])
@pytest.mark.parametrize("stream", [False, True])
def test_html_is_never_reflected(hasty, status, stream):
    page = "<html><body><script>alert(1)</script>nginx</body></html>"
    answer = ask(hasty, wish("status", status=status, body=page, kind="text/html"), stream)
    assert answer.status >= 429
    assert b"<script" not in answer.body and b"<html" not in answer.body
    assert answer.headers["content-type"].startswith("application/json") and answer.error["message"]


@pytest.mark.parametrize("status", [301, 302, 307])
def test_redirects_are_not_followed(hasty, upstream, status):
    marker = f"redirect-{status}-{time.monotonic()}"
    answer = ask(hasty, wish("status", status=status, id=marker, headers={"location": f"{upstream.url}/elsewhere"}))
    assert answer.status == 502
    assert sum(marker in entry["body"] for entry in upstream.seen()) == 1


# Nonsense.

OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
SSE = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def chunked(*parts):
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


NONSENSE = {
    "not HTTP": b"\x16\x03\x01\x02\x00 this is not HTTP at all\r\n\r\n",
    "nothing but a newline": b"\r\n",
    "HTTP/0.9": b"<html>hello</html>",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "status of four digits": b"HTTP/1.1 2000 OK\r\ncontent-length: 0\r\n\r\n",
    "status that is no number": b"HTTP/1.1 abc OK\r\ncontent-length: 0\r\n\r\n",
    "two lengths": OK + b"content-length: 2\r\ncontent-length: 3\r\n\r\n{}x",
    "negative length": OK + b"content-length: -1\r\n\r\n{}",
    "length and chunked": OK + b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "length past 2^64": OK + b"content-length: 99999999999999999999999\r\n\r\n{}",
    "chunk size junk": OK + b"transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "chunk size past 2^64": OK + b"transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    "bare line feeds": b"HTTP/1.1 200 OK\ncontent-length: 2\n\n{}",
    "a folded header": OK + b"x-a: b\r\n c\r\ncontent-length: 2\r\n\r\n{}",
    "a NUL in a header": OK + b"x-a: b\x00c\r\ncontent-length: 2\r\n\r\n{}",
    "a head of a megabyte": OK + b"x-a: " + b"a" * (1 << 20) + b"\r\ncontent-length: 2\r\n\r\n{}",
    "ten thousand headers": OK + b"".join(b"x-%d: a\r\n" % n for n in range(10_000)) + b"content-length: 2\r\n\r\n{}",
}


@pytest.mark.parametrize("name", NONSENSE)
def test_what_is_not_http_is_502(hasty, name):
    answer = ask(hasty, wish("raw", base64=base64.b64encode(NONSENSE[name]).decode()))
    assert (answer.status, answer.error["code"]) == (502, "provider_error")
    assert hasty.alive


BODIES = {
    "half of the JSON": b'{"id": "x", "choices": [{"ind',
    "an empty body": b"",
    "a list": b"[1, 2]",
    "invalid UTF-8": b'{"choices": [{"message": {"content": "\xff\xfe"}}]}',
    "deep nesting": b"[" * 50_000 + b"]" * 50_000,
    "usage that is text": b'{"choices": [], "usage": "many"}',
    "usage that is negative": b'{"choices": [], "usage": {"prompt_tokens": -5, "completion_tokens": -7}}',
    "usage of 2^63": b'{"choices": [], "usage": {"prompt_tokens": 9223372036854775808, "completion_tokens": 1}}',
    "usage of 1e400": b'{"choices": [], "usage": {"prompt_tokens": 1e400, "completion_tokens": 1.5}}',
    "usage of a number of a thousand digits": b'{"choices": [], "usage": {"prompt_tokens": ' + b"9" * 1000 + b"}}",
    "more cached than prompt": b'{"usage": {"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 9}}}',
    "details that are null": b'{"usage": {"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": null}}',
}


@pytest.mark.parametrize("name", BODIES)
def test_an_odd_body_is_relayed_and_never_priced_below_zero(hasty, name):
    body = BODIES[name]
    data = OK + b"content-length: %d\r\n\r\n" % len(body) + body
    answer = ask(hasty, wish("raw", base64=base64.b64encode(data).decode()))
    assert answer.status in (200, 502)
    if answer.status == 200:
        assert answer.body == body
    row = hasty.log(answer.request_id)
    assert row["cost"]["total_usd"] >= 0
    assert all((row["usage"][bucket] or 0) >= 0 for bucket in row["usage"] if bucket.endswith("_tokens"))
    assert row["cost"]["total_usd"] < 1000


STREAMS = {
    "broken JSON": chunked(b"data: {\n\n", b"data: [DONE]\n\n") + b"0\r\n\r\n",
    "a comment and nothing else": chunked(b": keep-alive\n\n") + b"0\r\n\r\n",
    "no end of line": chunked(b"data: {}") + b"0\r\n\r\n",
    "invalid UTF-8": chunked(b"data: \xff\xfe\n\n", b"data: [DONE]\n\n") + b"0\r\n\r\n",
    "usage of 2^63 in a stream": chunked(
        b'data: {"choices":[],"usage":{"prompt_tokens":9223372036854775808,"completion_tokens":-1}}\n\n',
        b"data: [DONE]\n\n",
    )
    + b"0\r\n\r\n",
    "an error event": chunked(b'event: error\ndata: {"error":{"message":"overloaded"}}\n\n') + b"0\r\n\r\n",
    "a chunk size that is junk": chunked(b'data: {"choices":[]}\n\n') + b"xyz\r\n",
    "an end without the last chunk": chunked(b'data: {"choices":[]}\n\n'),
    "NUL bytes": chunked(b"\x00" * 1000) + b"0\r\n\r\n",
    "carriage returns": chunked(b'data: {"choices":[]}\r\rdata: [DONE]\r\r') + b"0\r\n\r\n",
}


@pytest.mark.parametrize("name", STREAMS)
def test_an_odd_stream_ends_and_harms_nothing(hasty, name):
    answer = ask(hasty, wish("raw", base64=base64.b64encode(SSE + STREAMS[name]).decode()), stream=True)
    assert answer.status in (200, 502)
    row = hasty.log(answer.request_id)
    assert row["cost"]["total_usd"] >= 0
    assert (row["usage"]["output_tokens"] or 0) >= 0
    assert hasty.alive


def test_a_line_without_end_does_not_grow_memory(hasty):
    """64 MB of one stream line: relayed or refused, never kept."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = server.accept()
        connection.recv(65536)
        try:
            connection.sendall(SSE)
            block = b"x" * (1 << 20)
            connection.sendall(chunked(b"data: " + block))
            for _ in range(63):
                connection.sendall(chunked(block))
            connection.sendall(b"0\r\n\r\n")
        except OSError:
            pass
        connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    name = f"endless-{time.monotonic_ns()}"
    hasty.make_provider(name, f"http://127.0.0.1:{server.getsockname()[1]}/v1")
    before = hasty.memory_mb()
    answer = hasty.chat(f"{name}/m", stream=True, timeout=30)
    assert answer.status in (200, 502)
    assert hasty.memory_mb() - before < 48
    thread.join(5)
    server.close()


def test_usage_that_never_came_is_estimated(hasty):
    answer = ask(hasty, wish("answer", usage=None, text="one two three four five six"))
    row = hasty.log(answer.request_id)
    assert row["usage"]["estimated"] is True and row["usage"]["output_tokens"] > 0 and row["usage"]["input_tokens"] > 0
    answer = ask(hasty, wish("stream", usage=None, chunks=12), stream=True)
    row = hasty.log(answer.request_id)
    assert row["usage"]["estimated"] is True and row["usage"]["output_tokens"] >= 8


# The caller leaves.


@pytest.mark.parametrize("manner", ["close", "reset"])
def test_a_caller_who_leaves_mid_stream_cancels_the_upstream(hasty, upstream, manner):
    marker = f"leaving-{manner}-{time.monotonic()}"
    data = json.dumps(
        {
            "model": "witness/gpt-4o-mini",
            "stream": True,
            "messages": [{"role": "user", "content": wish("stream", chunks=250, delay_ms=10, id=marker)}],
        }
    )
    raw = Raw(hasty.proxy_port)
    raw.send(
        head(
            "POST /v1/chat/completions HTTP/1.1",
            "Host: x",
            f"Authorization: Bearer {hasty.key}",
            "Content-Type: application/json",
            f"Content-Length: {len(data)}",
        )
    )
    raw.send(data)
    first, rest = raw.read_head()
    while rest.count(b"data: ") < 20:
        rest += raw.socket.recv(65536)
    identifier = next(
        line.split(b": ", 1)[1].decode()
        for line in first.split(b"\r\n")
        if line.lower().startswith(b"x-modelux-request-id")
    )
    getattr(raw, manner)()
    left = time.monotonic()
    entry = upstream.wait_for(lambda entry: marker in entry["body"] and entry["end"] == "caller left", 3)
    assert entry["ended_at"] - left <= 0.25
    row = hasty.log(identifier)
    assert row["usage"]["estimated"] is True and row["status"] == 499
    assert 10 <= row["usage"]["output_tokens"] <= entry["chunks_sent"] * 4
    assert row["cost"]["total_usd"] > 0
    assert row["attempts"][-1]["outcome"] == "cancelled"


def test_a_caller_who_leaves_before_the_answer_cancels_the_upstream(hasty, upstream):
    marker = f"impatient-{time.monotonic()}"
    data = json.dumps(
        {"model": "witness/gpt-4o-mini", "messages": [{"role": "user", "content": wish("hang", id=marker)}]}
    )
    with Raw(hasty.proxy_port) as raw:
        raw.send(
            head(
                "POST /v1/chat/completions HTTP/1.1",
                "Host: x",
                f"Authorization: Bearer {hasty.key}",
                "Content-Type: application/json",
                f"Content-Length: {len(data)}",
            )
        )
        raw.send(data)
        upstream.wait_for(lambda entry: marker in entry["body"])
    left = time.monotonic()
    entry = upstream.wait_for(lambda entry: marker in entry["body"] and entry["end"] == "caller left", 3)
    assert entry["ended_at"] - left <= 0.25


def test_a_hundred_callers_who_leave_at_once_leave_nothing_behind(hasty, upstream):
    upstream.reset()
    before = hasty.descriptors()
    connections = []
    for number in range(100):
        data = json.dumps(
            {
                "model": "witness/gpt-4o-mini",
                "stream": True,
                "messages": [
                    {"role": "user", "content": wish("stream", chunks=250, delay_ms=10, id=f"crowd-{number}")}
                ],
            }
        )
        raw = Raw(hasty.proxy_port)
        raw.send(
            head(
                "POST /v1/chat/completions HTTP/1.1",
                "Host: x",
                f"Authorization: Bearer {hasty.key}",
                "Content-Type: application/json",
                f"Content-Length: {len(data)}",
            )
        )
        raw.send(data)
        connections.append(raw)
    for raw in connections:
        raw.read_head()
    for raw in connections:
        raw.reset()
    hasty.wait_until(
        lambda: sum(entry["end"] == "caller left" for entry in upstream.seen() if "crowd-" in entry["body"]) == 100,
        3,
        "all upstream streams to be cancelled",
    )
    hasty.wait_until(lambda: hasty.descriptors() <= before + 5, 3, "descriptors to be given back")
