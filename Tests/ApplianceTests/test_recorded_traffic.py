"""Real provider traffic through the executable: bytes out as they came, requests in as recorded, metering as reported."""

import json

import pytest

from support.fixtures import needs_recordings
from support import recordings
from support.recordings import CHAT, EMBEDDINGS, Replay

pytestmark = needs_recordings

CHATS = recordings.load(CHAT) if recordings.RECORDINGS.is_dir() else []
EMBEDDED = recordings.load(EMBEDDINGS) if recordings.RECORDINGS.is_dir() else []
STREAMS = [exchange for exchange in CHATS if exchange["stream"] and exchange["response"]["status"] == 200]
BUCKETS = ("input", "cached_input", "cache_write_5m", "cache_write_1h", "output")


def name_of(exchange):
    return exchange["id"]


@pytest.fixture(scope="module")
def replay():
    server = Replay()
    yield server
    server.close()


@pytest.fixture(scope="module")
def split_replay():
    """The same recordings, every chunk cut into pieces of seven bytes."""
    server = Replay("--chunk-bytes", 7)
    yield server
    server.close()


class Route:
    """Sends recorded requests to a replay upstream through the executable; makes the providers that it needs."""

    def __init__(self, appliance, replay):
        self.appliance, self.replay, self.providers = appliance, replay, {}

    def provider(self, exchange):
        """The provider whose configuration brings the recorded path out again, and the model's name at it."""
        root, path, version = self.replay.base_url(exchange)
        vendor = {**CHAT, **EMBEDDINGS}[exchange["surface"]]
        model = (exchange["request"]["body"] or {}).get("model") or exchange["model"] or "recorded"
        fields = {}
        if vendor == "azure":
            head, found, deployment = path.partition("/openai/deployments/")
            if found:
                # The recorded deployment may bear another name than the model.
                # One recording has no version in its address; Azure wants one.
                base, fields = root + head, {"api_version": version or "2024-10-21", "deployments": {model: deployment}}
            else:
                base = root + path[: -len("/openai/v1")]
        else:
            base = root + path
        key = (vendor, base, json.dumps(fields))
        if key not in self.providers:
            name = f"r{self.replay.port}-{len(self.providers)}"
            self.appliance.make_provider(name, base, vendor=vendor, api_key="replay:none", **fields)
            self.providers[key] = name
        return self.providers[key], model

    def play(self, exchange, body=None, headers=None):
        """The client's answer, and the request as the upstream got it."""
        self.replay.reset()
        provider, model = self.provider(exchange)
        body = dict(exchange["request"]["body"] if body is None else body, model=f"{provider}/{model}")
        path = "/openai/v1/embeddings" if exchange["surface"] in EMBEDDINGS else "/openai/v1/chat/completions"
        answer = self.appliance.post(
            path,
            json.dumps(body, ensure_ascii=False).encode(),
            headers={"X-Modelux-Provider-Key": "replay:" + exchange["id"][-8:], **(headers or {})},
        )
        return answer, self.replay.seen(), model


@pytest.fixture(scope="module")
def route(appliance, replay):
    return Route(appliance, replay)


@pytest.fixture(scope="module")
def split_route(appliance, split_replay):
    return Route(appliance, split_replay)


def recorded_body(exchange):
    return exchange["response"]["body"].encode("utf-8")


def asked_for_usage(body):
    return bool((body.get("stream_options") or {}).get("include_usage"))


def events_of(data):
    """The stream's events with their blank lines, whatever the line ends."""
    separator = b"\r\n\r\n" if b"\r\n\r\n" in data else b"\n\n"
    parts = data.split(separator)
    return [part + separator for part in parts[:-1]] + ([parts[-1]] if parts[-1].strip() else [])


def is_usage_only(event):
    """The extra chunk that a provider sends when it is asked for usage."""
    for line in event.splitlines():
        if line.startswith(b"data:") and b"{" in line:
            value = json.loads(line[5:])
            return value.get("choices") == [] and bool(value.get("usage"))
    return False


def check_answer(exchange, answer):
    status, body = exchange["response"]["status"], recorded_body(exchange)
    if status == 200 and exchange["stream"]:
        assert answer.status == 200
        wanted = events_of(body)
        if not asked_for_usage(exchange["request"]["body"]):
            wanted = [event for event in wanted if not is_usage_only(event)]
        assert events_of(answer.body) == wanted
    elif status == 200:
        assert answer.status == 200 and answer.body == body
    else:
        # A provider's refusal reaches the caller as it came, or in our shape if it was about the provider's own limits.
        assert answer.status == status
        assert answer.body == body or answer.error["message"]


def check_request(exchange, seen, model):
    """The upstream got what was recorded, apart from what we must change."""
    assert len(seen) == 1, [entry["path"] for entry in seen]
    wanted, got = dict(exchange["request"]["body"]), dict(seen[0]["body"])
    if "model" not in wanted or "/openai/deployments/" in seen[0]["path"]:
        # Azure reads the deployment from the path, and nothing from here.
        got.pop("model", None)
        wanted.pop("model", None)
    if wanted.get("stream") and not asked_for_usage(wanted):
        assert got["stream_options"]["include_usage"] is True
        got["stream_options"] = {**got["stream_options"]}
        del got["stream_options"]["include_usage"]
        if not got["stream_options"] and "stream_options" not in wanted:
            del got["stream_options"]
        elif isinstance(wanted.get("stream_options"), dict):
            wanted["stream_options"] = {k: v for k, v in wanted["stream_options"].items() if k != "include_usage"}
    assert got == wanted
    # One recorded address has a doubled slash, which we do not repeat.
    warnings = [text for text in seen[0].get("warnings", []) if "path //" not in text.replace("recorded //", "path //")]
    assert not warnings, warnings
    assert not [name for name in seen[0]["headers"] if name.startswith("x-modelux")]


def check_metering(appliance, exchange, answer):
    usage = recordings.reported_usage().usage(exchange)
    if answer.status != 200 or not usage or "error" in usage:
        return
    row = appliance.log(answer.request_id)
    assert row, "no log row"
    got = {bucket: row["usage"][bucket + "_tokens"] or 0 for bucket in BUCKETS}
    assert got == {bucket: usage.get(bucket) or 0 for bucket in BUCKETS}
    assert row["usage"]["estimated"] is False
    if usage.get("reasoning") is not None:
        assert row["usage"]["reasoning_tokens"] == usage["reasoning"]


def check(route, exchange):
    answer, seen, model = route.play(exchange)
    check_answer(exchange, answer)
    check_request(exchange, seen, model)
    check_metering(route.appliance, exchange, answer)


@pytest.mark.parametrize("exchange", CHATS, ids=name_of)
def test_a_recorded_chat(route, exchange):
    check(route, exchange)


@pytest.mark.parametrize("exchange", CHATS, ids=name_of)
def test_a_recorded_chat_in_pieces_of_seven_bytes(split_route, exchange):
    check(split_route, exchange)


@pytest.mark.parametrize("exchange", EMBEDDED, ids=name_of)
def test_recorded_embeddings(route, exchange):
    check(route, exchange)


@pytest.mark.parametrize(
    "exchange", [exchange for exchange in STREAMS if asked_for_usage(exchange["request"]["body"])], ids=name_of
)
def test_the_usage_chunk_is_withheld_from_a_client_that_did_not_ask(route, exchange):
    body = {name: value for name, value in exchange["request"]["body"].items() if name != "stream_options"}
    answer, seen, _ = route.play(exchange, body)
    assert seen[0]["body"]["stream_options"]["include_usage"] is True
    wanted = [event for event in events_of(recorded_body(exchange)) if not is_usage_only(event)]
    assert events_of(answer.body) == wanted
    check_metering(route.appliance, exchange, answer)


@pytest.mark.parametrize(
    "exchange", [exchange for exchange in STREAMS if len(events_of(recorded_body(exchange))) > 4], ids=name_of
)
def test_a_stream_that_breaks_off_ends_in_an_error_and_an_estimate(appliance, replay, route, exchange):
    replay.reset()
    provider, model = route.provider(exchange)
    cut = Replay("--cut-after", 3)
    try:
        answer, _, _ = Route(appliance, cut).play(exchange)
    finally:
        cut.close()
    assert answer.status == 200
    kept = events_of(recorded_body(exchange))[:3]
    got = events_of(answer.body)
    wanted = (
        [event for event in kept if not is_usage_only(event)]
        if not asked_for_usage(exchange["request"]["body"])
        else kept
    )
    assert got[: len(wanted)] == wanted
    last = json.loads(got[-1].split(b"data:", 1)[1])
    assert last["error"]["type"] and last["error"]["message"]
    assert b"[DONE]" not in answer.body
    assert sum(b'"error"' in event for event in got[len(wanted) :]) == 1
    row = appliance.log(answer.request_id)
    assert row["attempts"][-1]["outcome"] != "success" and row["error_code"]
    assert row["usage"]["estimated"] is True


@needs_recordings
def test_there_are_recordings_of_every_openai_dialect_vendor():
    assert {exchange["provider"] for exchange in CHATS} >= {
        "openai",
        "groq",
        "fireworks",
        "azure",
        "vllm",
        "openrouter",
    }
    assert len(CHATS) > 60 and len(EMBEDDED) >= 5
