"""Recorded answers of every provider, asked for from both surfaces: the caller of either SDK gets what the provider said."""

import pytest

from support import answers, recordings
from support.fixtures import needs_recordings
from support.playing import PATHS, SURFACES, Play
from support.recordings import Replay

pytestmark = needs_recordings

EXCHANGES = recordings.load(SURFACES) if recordings.RECORDINGS.is_dir() else []
ANSWERED = [exchange for exchange in EXCHANGES if exchange["response"]["status"] == 200]
REFUSED = [exchange for exchange in EXCHANGES if exchange["response"]["status"] != 200]
BUCKETS = ("input", "cached_input", "cache_write_5m", "cache_write_1h", "output")


def name_of(exchange):
    return exchange["id"]


@pytest.fixture(scope="module", params=[None, 7], ids=["whole", "in pieces of 7 bytes"])
def replay(request):
    server = Replay(*(["--chunk-bytes", request.param] if request.param else []))
    yield server
    server.close()


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
