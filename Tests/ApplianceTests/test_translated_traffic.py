"""Recorded answers of every provider, asked for from both surfaces: the caller of either SDK gets what the provider said."""

import json
import urllib.parse

import pytest

from support import answers, recordings
from support.fixtures import needs_recordings
from support.recordings import Replay

pytestmark = needs_recordings

# surface of the recording -> (dialect, vendor)
SURFACES = {
    "openai.chat": ("openai", "openai"),
    "groq.chat": ("openai", "groq"),
    "fireworks.chat": ("openai", "fireworks"),
    "azure.chat": ("openai", "azure"),
    "azure.ai-inference-chat": ("openai", "openai_compatible"),
    "compat.chat": ("openai", "openai_compatible"),
    "gemini.openai-chat": ("openai", "openai_compatible"),
    "bedrock.mantle-chat": ("openai", "openai_compatible"),
    "anthropic.messages": ("anthropic", "anthropic"),
    "compat.anthropic-messages": ("anthropic", "anthropic"),
    "azure.anthropic-messages": ("anthropic", "azure"),
    "gemini.generateContent": ("gemini", "google"),
    "gemini.streamGenerateContent": ("gemini", "google"),
    "vertex.generateContent": ("gemini", "google"),
    "vertex.streamGenerateContent": ("gemini", "google"),
    "bedrock.converse": ("bedrock", "bedrock"),
    "bedrock.converse-stream": ("bedrock", "bedrock"),
}
EXCHANGES = recordings.load(SURFACES) if recordings.RECORDINGS.is_dir() else []
ANSWERED = [exchange for exchange in EXCHANGES if exchange["response"]["status"] == 200]
REFUSED = [exchange for exchange in EXCHANGES if exchange["response"]["status"] != 200]
BUCKETS = ("input", "cached_input", "cache_write_5m", "cache_write_1h", "output")
PATHS = {"openai": "/openai/v1/chat/completions", "anthropic": "/anthropic/v1/messages"}
TAILS = ("/chat/completions", "/v1/messages")


def name_of(exchange):
    return exchange["id"]


@pytest.fixture(scope="module", params=[None, 7], ids=["whole", "in pieces of 7 bytes"])
def replay(request):
    server = Replay(*(["--chunk-bytes", request.param] if request.param else []))
    yield server
    server.close()


class Play:
    """Asks for recorded answers through the executable, from either surface."""

    def __init__(self, appliance, replay):
        self.appliance, self.replay, self.providers = appliance, replay, {}

    def provider(self, exchange):
        dialect, vendor = SURFACES[exchange["surface"]]
        path = urllib.parse.unquote(urllib.parse.urlsplit(exchange["request"]["url"]).path)
        root = f"http://127.0.0.1:{self.replay.port}/@{exchange['provider']}"
        fields = {}
        if vendor == "azure":
            path = path.partition("/openai/")[0].partition("/anthropic/")[0]
            if "/openai/deployments/" in exchange["request"]["url"]:
                fields = {"api_version": "2024-10-21"}
        elif dialect in ("openai", "anthropic"):
            path = next((path[: -len(tail)] for tail in TAILS if path.endswith(tail)), path)
        elif "/publishers/" in path:
            path = path.partition("/models/")[0]
        else:
            path = ""
        key = (vendor, root + path, json.dumps(fields))
        if key not in self.providers:
            name = f"t{self.replay.port}-{len(self.providers)}"
            secret = "replay::secret::us-east-1" if vendor == "bedrock" else "replay:none"
            self.appliance.make_provider(name, root + path, vendor=vendor, api_key=secret, **fields)
            self.providers[key] = name
        return self.providers[key]

    def ask(self, exchange, surface):
        """A short question of that surface; the credential names the recorded answer."""
        body = exchange["request"]["body"] or {}
        model = exchange["model"] or body.get("model") or "recorded"
        if SURFACES[exchange["surface"]][1] == "azure" and "claude" in exchange["surface"]:
            model = "claude-" + model
        question = {
            "model": f"{self.provider(exchange)}/{model}",
            "stream": exchange["stream"],
            "max_tokens": 64,
            "messages": [{"role": "user", "content": "hi"}],
        }
        if surface == "openai" and exchange["stream"]:
            question["stream_options"] = {"include_usage": True}
        headers = {"X-Modelux-Provider-Key": "replay:" + exchange["id"][-8:], "anthropic-version": "2023-06-01"}
        return self.appliance.post(PATHS[surface], json.dumps(question).encode(), headers=headers)


@pytest.fixture(scope="module")
def play(appliance, replay):
    return Play(appliance, replay)


def check_metering(appliance, exchange, answer):
    usage = recordings.reported_usage().usage(exchange)
    if not usage or "error" in usage or usage.get("output") is None:
        return
    row = appliance.log(answer.request_id)
    assert row, "no log row"
    got = {bucket: row["usage"][bucket + "_tokens"] or 0 for bucket in BUCKETS}
    assert got == {bucket: usage.get(bucket) or 0 for bucket in BUCKETS}
    assert row["usage"]["estimated"] is False


@pytest.mark.parametrize("surface", PATHS)
@pytest.mark.parametrize("exchange", ANSWERED, ids=name_of)
def test_a_recorded_answer_says_the_same_on_both_surfaces(play, exchange, surface):
    dialect, _ = SURFACES[exchange["surface"]]
    wanted = answers.of_recording(exchange, dialect)
    answer = play.ask(exchange, surface)
    if wanted.finish is None and exchange["stream"]:
        pytest.skip("the recorded stream breaks off")
    assert answer.status == 200, answer.body
    got = answers.of_caller(answer.body, surface, exchange["stream"])
    assert got.text == wanted.text
    assert got.tools == wanted.tools
    assert got.finish == wanted.finish
    check_metering(play.appliance, exchange, answer)
    if surface == "openai":
        check_openai_shape(answer, exchange)
    else:
        check_anthropic_shape(answer, exchange)


def check_openai_shape(answer, exchange):
    if exchange["stream"]:
        assert answer.body.rstrip().endswith(b"data: [DONE]")


def check_anthropic_shape(answer, exchange):
    """The order of events that Anthropic's own SDK relies on."""
    if not exchange["stream"]:
        message = answer.json()
        assert message["type"] == "message" and message["role"] == "assistant" and message["usage"]["output_tokens"] >= 0
        return
    kinds = [chunk["type"] for chunk in answer.chunks() if chunk["type"] != "ping"]
    assert kinds[0] == "message_start" and kinds[-1] == "message_stop" and kinds[-2] == "message_delta"
    open_block = None
    for chunk in answer.chunks():
        if chunk["type"] == "content_block_start":
            assert open_block is None
            open_block = chunk["index"]
        elif chunk["type"] == "content_block_delta":
            assert chunk["index"] == open_block
        elif chunk["type"] == "content_block_stop":
            assert chunk["index"] == open_block
            open_block = None
    assert open_block is None


@pytest.mark.parametrize("surface", PATHS)
@pytest.mark.parametrize("exchange", REFUSED, ids=name_of)
def test_a_recorded_refusal_comes_in_the_shape_of_the_caller(play, exchange, surface):
    answer = play.ask(exchange, surface)
    assert answer.status >= 400
    body = answer.json()
    assert body["error"]["type"] and body["error"]["message"]
    if surface == "anthropic":
        assert body["type"] == "error"
    status = exchange["response"]["status"]
    credential = status in (401, 402, 403)
    if not credential and status < 500:
        assert answer.status == status
    elif credential:
        # The caller brought the key, so it may know that it is refused.
        assert answer.status in (status, 502)
    else:
        assert answer.status >= 500


@pytest.mark.parametrize("surface", PATHS)
@pytest.mark.parametrize(
    "exchange", [exchange for exchange in ANSWERED if exchange["stream"]][::4], ids=name_of
)
def test_a_stream_that_breaks_off_ends_in_one_error_of_the_callers_shape(appliance, exchange, surface):
    if len(recordings.reported_usage().events(exchange)) < 5:
        pytest.skip("too short to be cut")
    cut = Replay("--cut-after", 2)
    try:
        answer = Play(appliance, cut).ask(exchange, surface)
    finally:
        cut.close()
    if answer.status == 200:
        errors = [chunk for chunk in answer.chunks() if chunk.get("error")]
        assert len(errors) == 1 and errors[0]["error"]["message"]
        assert b"[DONE]" not in answer.body and b"message_stop" not in answer.body
        if surface == "anthropic":
            assert errors[0]["type"] == "error" and answer.body.count(b"event: error") == 1
    else:
        assert answer.status >= 500
    row = appliance.log(answer.request_id)
    assert row["attempts"][-1]["outcome"] != "success" and row["error_code"]
    assert row["cost"]["total_usd"] >= 0


def test_there_are_recordings_of_every_dialect():
    assert {SURFACES[exchange["surface"]][0] for exchange in ANSWERED} == {"openai", "anthropic", "gemini", "bedrock"}
    assert len(ANSWERED) > 100
