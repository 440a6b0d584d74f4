"""Requests made to confuse: refused with 400 and a closed connection, and the upstream sees
nothing that the caller did not plainly ask for."""

import json
import random
import time

import pytest

from support.paths import FULL
from support.raw import Raw, head, statuses


def request(appliance, marker, *fields, first="POST /v1/chat/completions HTTP/1.1", body=None, host="Host: x"):
    """A request's bytes with the given framing fields; the body names the marker."""
    data = plain_body(marker) if body is None else body
    lines = [first, host, f"Authorization: Bearer {appliance.key}", "Content-Type: application/json", *fields]
    return head(*[line for line in lines if line]).encode("latin-1") + data


def plain_body(marker):
    return json.dumps({"model": "witness/gpt-4o-mini", "messages": [{"role": "user", "content": marker}]}).encode()


def chunks(data):
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)


def smuggled(appliance):
    """What an attacker hides behind the first request."""
    return request(appliance, "smuggled", f"Content-Length: {len(plain_body('smuggled'))}")


# Name → (framing fields, body made from (plain body, hidden request)).
LENGTH = len(plain_body("outer"))
FRAMINGS = {
    "length and chunked": (
        [f"Content-Length: {LENGTH}", "Transfer-Encoding: chunked"],
        lambda body, hidden: chunks(body) + hidden,
    ),
    "chunked and length": (
        ["Transfer-Encoding: chunked", "Content-Length: 4"],
        lambda body, hidden: chunks(body) + hidden,
    ),
    "two equal lengths": (
        [f"Content-Length: {LENGTH}", f"Content-Length: {LENGTH}"],
        lambda body, hidden: body + hidden,
    ),
    "two different lengths": ([f"Content-Length: {LENGTH}", "Content-Length: 0"], lambda body, hidden: body + hidden),
    "a list of lengths": ([f"Content-Length: {LENGTH}, {LENGTH}"], lambda body, hidden: body + hidden),
    "a length with a plus": ([f"Content-Length: +{LENGTH}"], lambda body, hidden: body + hidden),
    "a negative length": (["Content-Length: -1"], lambda body, hidden: body + hidden),
    "a length in hex": ([f"Content-Length: 0x{LENGTH:x}"], lambda body, hidden: body + hidden),
    "a length with a space": ([f"Content-Length: {LENGTH // 10} {LENGTH % 10}"], lambda body, hidden: body + hidden),
    "an empty length": (["Content-Length:"], lambda body, hidden: body + hidden),
    "a length past 2^64": (["Content-Length: 18446744073709551617"], lambda body, hidden: body + hidden),
    "a length of letters": (["Content-Length: ten"], lambda body, hidden: body + hidden),
    "a length with a decimal point": ([f"Content-Length: {LENGTH}.0"], lambda body, hidden: body + hidden),
    "xchunked": (["Transfer-Encoding: xchunked"], lambda body, hidden: chunks(body) + hidden),
    "chunked, identity": (["Transfer-Encoding: chunked, identity"], lambda body, hidden: chunks(body) + hidden),
    "identity": (["Transfer-Encoding: identity", f"Content-Length: {LENGTH}"], lambda body, hidden: body + hidden),
    "gzip, chunked": (["Transfer-Encoding: gzip, chunked"], lambda body, hidden: chunks(body) + hidden),
    "chunked twice in one line": (["Transfer-Encoding: chunked, chunked"], lambda body, hidden: chunks(body) + hidden),
    "chunked twice in two lines": (
        ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
        lambda body, hidden: chunks(body) + hidden,
    ),
    "chunked and x": (
        ["Transfer-Encoding: chunked", "Transfer-Encoding: x"],
        lambda body, hidden: chunks(body) + hidden,
    ),
    "a quoted chunked": (['Transfer-Encoding: "chunked"'], lambda body, hidden: chunks(body) + hidden),
    "chunked with a parameter": (["Transfer-Encoding: chunked;q=1"], lambda body, hidden: chunks(body) + hidden),
    "a vertical tab in chunked": (["Transfer-Encoding: \x0bchunked"], lambda body, hidden: chunks(body) + hidden),
    "an empty encoding": (["Transfer-Encoding: ", f"Content-Length: {LENGTH}"], lambda body, hidden: body + hidden),
    "a space before the colon": ([f"Content-Length : {LENGTH}"], lambda body, hidden: body + hidden),
    "a tab before the colon": ([f"Content-Length\t: {LENGTH}"], lambda body, hidden: body + hidden),
    "a space before chunked's colon": (
        ["Transfer-Encoding : chunked", f"Content-Length: {LENGTH}"],
        lambda body, hidden: body + hidden,
    ),
    "a leading space": ([f" Content-Length: {LENGTH}"], lambda body, hidden: body + hidden),
    "a folded line": (["X-A: b", f"\tContent-Length: {LENGTH}"], lambda body, hidden: body + hidden),
    "a folded encoding": (["Transfer-Encoding:", " chunked"], lambda body, hidden: chunks(body) + hidden),
    "a NUL in a name": ([f"Content-Length: {LENGTH}", "X-\x00A: b"], lambda body, hidden: body + hidden),
    "a NUL in a value": ([f"Content-Length: {LENGTH}", "X-A: b\x00c"], lambda body, hidden: body + hidden),
    "a bare CR in a value": ([f"Content-Length: {LENGTH}", "X-A: b\rX-B: c"], lambda body, hidden: body + hidden),
    "a bare LF in a value": ([f"Content-Length: {LENGTH}", "X-A: b\nX-B: c"], lambda body, hidden: body + hidden),
    "a header without a colon": ([f"Content-Length: {LENGTH}", "nonsense"], lambda body, hidden: body + hidden),
    "a header without a name": ([f"Content-Length: {LENGTH}", ": value"], lambda body, hidden: body + hidden),
    "a parenthesis in a name": ([f"Content-Length: {LENGTH}", "X(a): b"], lambda body, hidden: body + hidden),
    "a chunk size with a sign": (
        ["Transfer-Encoding: chunked"],
        lambda body, hidden: b"+%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) + hidden,
    ),
    "a chunk size with 0x": (
        ["Transfer-Encoding: chunked"],
        lambda body, hidden: b"0x%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) + hidden,
    ),
    "a chunk size with a space": (
        ["Transfer-Encoding: chunked"],
        lambda body, hidden: b"%x \r\n%s\r\n0\r\n\r\n" % (len(body), body) + hidden,
    ),
    "a chunk size past 2^64": (
        ["Transfer-Encoding: chunked"],
        lambda body, hidden: b"10000000000000000%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) + hidden,
    ),
    "a negative chunk size": (
        ["Transfer-Encoding: chunked"],
        lambda body, hidden: b"-1\r\n" + body + b"\r\n0\r\n\r\n" + hidden,
    ),
    "no chunk size": (["Transfer-Encoding: chunked"], lambda body, hidden: b"\r\n" + body + b"\r\n0\r\n\r\n" + hidden),
    "a chunk ended by LF": (
        ["Transfer-Encoding: chunked"],
        lambda body, hidden: b"%x\n%s\n0\n\n" % (len(body), body) + hidden,
    ),
    "an extension with a bare LF": (
        ["Transfer-Encoding: chunked"],
        lambda body, hidden: b"%x;a\nb\r\n%s\r\n0\r\n\r\n" % (len(body), body) + hidden,
    ),
    "an extension of a megabyte": (
        ["Transfer-Encoding: chunked"],
        lambda body, hidden: b"%x;" % len(body) + b"a" * (1 << 20) + b"\r\n" + body + b"\r\n0\r\n\r\n" + hidden,
    ),
    "a chunk longer than its size": (
        ["Transfer-Encoding: chunked"],
        lambda body, hidden: b"%x\r\n%s\r\n0\r\n\r\n" % (len(body) - 3, body) + hidden,
    ),
    "a trailer that sets a length": (
        ["Transfer-Encoding: chunked"],
        lambda body, hidden: b"%x\r\n%s\r\n0\r\nContent-Length: 5\r\n bad\r\n\r\n" % (len(body), body) + hidden,
    ),
}
FIRST_LINES = {
    "two spaces": "POST  /v1/chat/completions HTTP/1.1",
    "a tab": "POST\t/v1/chat/completions HTTP/1.1",
    "a leading space": " POST /v1/chat/completions HTTP/1.1",
    "a trailing space": "POST /v1/chat/completions HTTP/1.1 ",
    "no version": "POST /v1/chat/completions",
    "version 1.2": "POST /v1/chat/completions HTTP/1.2",
    "version 2.0": "POST /v1/chat/completions HTTP/2.0",
    "a lower-case version": "POST /v1/chat/completions http/1.1",
    "a space in the target": "POST /v1/chat/ completions HTTP/1.1",
    "a control character in the target": "POST /v1/chat/completions\x01 HTTP/1.1",
    "a NUL in the target": "POST /v1/chat/completions\x00 HTTP/1.1",
    "no target": "POST HTTP/1.1",
    "a method with a colon": "PO:ST /v1/chat/completions HTTP/1.1",
    "a fragment": "POST /v1/chat/completions#x HTTP/1.1",
}


@pytest.fixture
def witness(appliance, provider, upstream):
    upstream.reset()
    return upstream


def outcome(appliance, data):
    with Raw(appliance.proxy_port) as raw:
        try:
            raw.send(data)
        except OSError:
            pass
        return raw.read_until_closed(5)


@pytest.mark.parametrize("name", FRAMINGS)
def test_doubtful_framing_is_refused(appliance, witness, name):
    fields, make = FRAMINGS[name]
    answer, closed = outcome(
        appliance, request(appliance, "outer", *fields, body=make(plain_body("outer"), smuggled(appliance)))
    )
    # A coding that we do not have is 501 by RFC 9112, everything else 400.
    assert statuses(answer) in ([400], [501]), answer[:300]
    assert closed
    seen = witness.seen()
    assert len(seen) <= 1 and not [entry for entry in seen if "smuggled" in entry["body"]]


@pytest.mark.parametrize("name", FIRST_LINES)
def test_a_doubtful_first_line_is_refused(appliance, witness, name):
    data = request(appliance, "outer", f"Content-Length: {LENGTH}", first=FIRST_LINES[name])
    answer, closed = outcome(appliance, data)
    assert closed and len(statuses(answer)) <= 1
    assert not statuses(answer) or statuses(answer)[0] in (400, 505)
    assert witness.seen() == []


@pytest.mark.parametrize("host", [None, "Host: a\r\nHost: b", "Host: a b", "Host: a/b", "Host: a@b"])
def test_a_doubtful_host_is_refused(appliance, witness, host):
    answer, closed = outcome(appliance, request(appliance, "outer", f"Content-Length: {LENGTH}", host=host))
    assert statuses(answer) == [400] and closed
    assert witness.seen() == []


def test_absolute_form_is_served_and_connect_is_not(appliance, witness):
    data = request(
        appliance,
        "absolute",
        f"Content-Length: {len(plain_body('absolute'))}",
        "Connection: close",
        first="POST http://elsewhere.example/v1/chat/completions HTTP/1.1",
    )
    answer, _ = outcome(appliance, data)
    assert statuses(answer)[0] in (200, 400)
    answer, _ = outcome(appliance, head("CONNECT provider.example:443 HTTP/1.1", "Host: provider.example:443").encode())
    assert statuses(answer)[0] in (400, 404, 405)


@pytest.mark.parametrize(
    "fields",
    [
        ["Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABk"],
        ["Upgrade: websocket", "Connection: Upgrade"],
    ],
)
def test_an_upgrade_is_ignored(appliance, witness, fields):
    data = request(appliance, "outer", f"Content-Length: {LENGTH}", "Connection: close", *fields)
    answer, _ = outcome(appliance, data)
    assert statuses(answer) in ([200], [400])


def test_pipelined_requests_are_each_answered_in_order(appliance, witness):
    bodies = [plain_body(f"pipelined {number}") for number in range(5)]
    data = b"".join(
        request(
            appliance, "", f"Content-Length: {len(body)}", *(["Connection: close"] if number == 4 else []), body=body
        )
        for number, body in enumerate(bodies)
    )
    answer, closed = outcome(appliance, data)
    assert statuses(answer) == [200] * 5 and closed
    assert [json.loads(entry["body"])["messages"][0]["content"] for entry in witness.seen()] == [
        f"pipelined {n}" for n in range(5)
    ]


def test_valid_chunks_in_any_split_arrive_as_one_body(appliance, witness):
    body = plain_body("in pieces")
    for size in (1, 7, 64, len(body)):
        parts = b"".join(
            b"%X;x=y\r\n%s\r\n" % (len(body[at : at + size]), body[at : at + size]) for at in range(0, len(body), size)
        )
        data = request(
            appliance, "", "Transfer-Encoding: chunked", "Connection: close", body=parts + b"0\r\nX-Trailer: a\r\n\r\n"
        )
        answer, _ = outcome(appliance, data)
        assert statuses(answer) == [200], answer[:200]
    assert len(witness.seen()) == 4
    assert all(json.loads(entry["body"])["messages"][0]["content"] == "in pieces" for entry in witness.seen())


def test_a_request_sent_byte_by_byte_is_understood(appliance, witness):
    data = request(appliance, "slowly", f"Content-Length: {len(plain_body('slowly'))}", "Connection: close")
    with Raw(appliance.proxy_port) as raw:
        raw.socket.setsockopt(6, 1, 1)
        for at in range(len(data)):
            raw.send(data[at : at + 1])
        answer, _ = raw.read_until_closed(5)
    assert statuses(answer) == [200]


# Nothing that a caller writes can become a header towards the provider.


INJECTIONS = [
    "a\r\nX-Injected: yes",
    "a\nX-Injected: yes",
    "a\rX-Injected: yes",
    "a\x00b",
    "\u2028X-Injected",
    "a\\r\\nX-Injected: yes",
    "é\U0001f600",
]


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("place", ["model", "mlx:end_user", "mlx:tags", "user", "metadata"])
def test_a_field_cannot_inject_a_header(appliance, witness, place, text):
    fields = (
        {"mlx:tags": {"k": text}}
        if place == "mlx:tags"
        else {"metadata": {"trace_id": text}} if place == "metadata" else {place: text}
    )
    if place == "model":
        answer = appliance.chat(f"witness/{text}", "injected")
    else:
        answer = appliance.chat("witness/gpt-4o-mini", "injected", **fields)
    assert answer.status in (200, 400)
    assert "x-injected" not in answer.headers
    for entry in witness.seen():
        assert not [name for name, _ in entry["headers"] if name.lower() == "x-injected"]
        assert "\x00" not in entry["head"]


@pytest.mark.parametrize("value", ["a\nX-Injected: yes", "a\rX-Injected: yes", "a\x00b", "a\x7fb", "a\x80b"])
def test_the_callers_provider_key_cannot_inject_a_header(appliance, witness, value):
    data = request(
        appliance,
        "byo",
        f"Content-Length: {len(plain_body('byo'))}",
        f"X-Modelux-Provider-Key: {value}",
        "Connection: close",
    )
    answer, _ = outcome(appliance, data)
    assert len(statuses(answer)) == 1
    for entry in witness.seen():
        assert not [name for name, _ in entry["headers"] if name.lower() == "x-injected"]


@pytest.mark.parametrize("value", ["k\r\nX-Injected: yes", "k\nv", "k\x00v"])
def test_a_providers_stored_key_with_a_line_end_is_refused(appliance, value):
    answer = appliance.manage(
        "POST",
        "/providers",
        {
            "vendor": "openai_compatible",
            "name": f"inject-{time.monotonic_ns()}",
            "base_url": "http://127.0.0.1:1/v1",
            "api_key": value,
        },
    )
    assert answer.status in (400, 422)


# The head has limits.


@pytest.mark.parametrize(
    "fields",
    [["X-A: " + "a" * 80_000], [f"X-{number}: a" for number in range(10_000)], ["X-A: " + "a" * 2_000_000]],
    ids=["one of 80 kB", "ten thousand", "two megabytes"],
)
def test_a_head_past_its_limits_is_431(appliance, witness, fields):
    answer, closed = outcome(appliance, request(appliance, "outer", *fields, f"Content-Length: {LENGTH}"))
    assert statuses(answer) == [431] and closed
    assert witness.seen() == []


def test_a_long_target_is_refused(appliance, witness):
    data = request(appliance, "outer", f"Content-Length: {LENGTH}", first="POST /v1/" + "a" * 100_000 + " HTTP/1.1")
    answer, closed = outcome(appliance, data)
    assert statuses(answer)[0] in (400, 414, 431) and closed


# Bodies and whole requests turned over at random, always the same for the same seed.


def mutate(source, data):
    """A few random edits."""
    data = bytearray(data)
    for _ in range(source.randint(1, 6)):
        at = source.randrange(len(data) + 1)
        kind = source.randrange(6)
        if kind == 0 and data:
            data[at % len(data)] = source.randrange(256)
        elif kind == 1:
            data[at:at] = bytes(source.randrange(256) for _ in range(source.randint(1, 8)))
        elif kind == 2:
            del data[at : at + source.randint(1, 10)]
        elif kind == 3:
            data[at:at] = source.choice(
                [
                    b"\x00",
                    b"\xc0\xaf",
                    b"\xed\xa0\x80",
                    b"\\ud800",
                    b"[" * 300,
                    b"1e999999",
                    b"-",
                    b'"',
                    b"{",
                    b"}",
                    b"\\",
                    b"\r\n",
                    b"\xff",
                ]
            )
        elif kind == 4 and data:
            start = source.randrange(len(data))
            data[at:at] = data[start : start + source.randint(1, 40)]
        else:
            data[at:at] = b'"model":"sandbox/lorem",'
    return bytes(data)


SEED_BODY = json.dumps(
    {
        "model": "sandbox/echo",
        "stream": False,
        "max_tokens": 5,
        "temperature": 0.5,
        "mlx:tags": {"a": "b"},
        "mlx:trace": True,
        "messages": [{"role": "user", "content": 'h\u00e9llo \U0001f600 "quoted" \\'}],
        "metadata": {"trace_id": "x"},
        "stop": ["a", None],
    },
    ensure_ascii=False,
).encode()


def test_mutated_bodies_never_cost_more_than_a_400(appliance):
    source, connection = random.Random(20260401), appliance.connection()
    for number in range(20_000 if FULL else 4_000):
        body = mutate(source, SEED_BODY)
        try:
            connection.request(
                "POST",
                "/v1/chat/completions",
                body,
                {"authorization": f"Bearer {appliance.key}", "content-type": "application/json"},
            )
            answer = connection.getresponse()
            data = answer.read()
        except OSError as error:
            raise AssertionError(f"case {number}: {error!r} for {body!r}") from error
        assert answer.status < 500, (number, answer.status, body, data)
    connection.close()
    assert appliance.alive


def test_mutated_requests_never_stop_the_listener(appliance, provider, upstream):
    source = random.Random(20260402)
    data = request(appliance, "outer", f"Content-Length: {LENGTH}")
    for number in range(5_000 if FULL else 1_000):
        with Raw(appliance.proxy_port, timeout=3) as raw:
            try:
                raw.send(mutate(source, data))
                raw.socket.shutdown(1)
            except OSError:
                continue
            answer, _ = raw.read_until_closed(3)
            assert all(status < 500 or status in (501, 505) for status in statuses(answer)), (number, answer[:300])
    assert appliance.alive and appliance.chat().status == 200


GIANTS = {
    "a string of ten megabytes": lambda: b'{"model":"sandbox/echo","max_tokens":1,"messages":[{"role":"user","content":"'
    + b"a" * 10_000_000
    + b'"}]}',
    "a million keys": lambda: b'{"model":"sandbox/echo","max_tokens":1,"messages":[{"role":"user","content":"a"}],"x":{'
    + b",".join(b'"k%d":1' % n for n in range(1_000_000))
    + b"}}",
    "a million messages": lambda: b'{"model":"sandbox/echo","max_tokens":1,"messages":['
    + b'{"role":"user","content":"a"},' * 999_999
    + b'{"role":"user","content":"a"}]}',
    "a number of a million digits": lambda: b'{"model":"sandbox/echo","messages":[{"role":"user","content":"a"}],"seed":'
    + b"9" * 1_000_000
    + b"}",
    "max_tokens past 2^63": lambda: b'{"model":"sandbox/echo","messages":[{"role":"user","content":"a"}],"max_tokens":99999999999999999999}',
    "max_tokens below zero": lambda: b'{"model":"sandbox/echo","messages":[{"role":"user","content":"a"}],"max_tokens":-5}',
    "max_tokens that is no number": lambda: b'{"model":"sandbox/echo","messages":[{"role":"user","content":"a"}],"max_tokens":"many"}',
    "ten megabytes of white space": lambda: b'{"model":"sandbox/echo","max_tokens":1,"messages":[{"role":"user","content":"a"}]'
    + b" " * 10_000_000
    + b"}",
    "ten megabytes of backslashes": lambda: b'{"model":"sandbox/echo","max_tokens":1,"messages":[{"role":"user","content":"'
    + b"\\\\" * 5_000_000
    + b'"}]}',
}


@pytest.mark.parametrize("name", GIANTS)
def test_a_giant_is_answered_in_time_and_forgotten(appliance, name):
    begun = time.monotonic()
    answer = appliance.post("/v1/chat/completions", GIANTS[name]())
    assert answer.status in (200, 400), answer.body[:300]
    assert time.monotonic() - begun < 5
    assert appliance.alive and appliance.chat().status == 200
