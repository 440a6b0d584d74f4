"""Recorded answers of every provider, taken by the official SDKs: each must read each provider's answers as its own."""

import json

import anthropic
import openai
import pytest

from support import answers, recordings
from support.fixtures import needs_recordings
from support.playing import SURFACES, Play
from support.recordings import Replay

pytestmark = needs_recordings

HELLO = [{"role": "user", "content": "hi"}]
EXCHANGES = recordings.load(SURFACES) if recordings.RECORDINGS.is_dir() else []
ANSWERED = [
    exchange
    for exchange in EXCHANGES
    if exchange["response"]["status"] == 200 and answers.of_recording(exchange, SURFACES[exchange["surface"]][0]).finish
]


@pytest.fixture(scope="module")
def play(appliance):
    server = Replay()
    yield Play(appliance, server)
    server.close()


def by_openai(client, play, exchange):
    answer = client.chat.completions.create(
        model=play.model(exchange),
        messages=HELLO,
        max_tokens=64,
        stream=exchange["stream"],
        extra_headers=play.headers(exchange),
    )
    events = [chunk.model_dump(exclude_none=True) for chunk in (answer if exchange["stream"] else [answer])]
    return answers.of_openai(events)


def by_anthropic(client, play, exchange):
    asked = {
        "model": play.model(exchange),
        "messages": HELLO,
        "max_tokens": 64,
        "extra_headers": play.headers(exchange),
    }
    if exchange["stream"]:
        with client.messages.stream(**asked) as stream:
            message = stream.get_final_message()
    else:
        message = client.messages.create(**asked)
    return answers.of_anthropic([json.loads(message.model_dump_json(exclude_none=True))])


@pytest.mark.parametrize("sdk", ["openai", "anthropic"])
@pytest.mark.parametrize("exchange", ANSWERED, ids=lambda exchange: exchange["id"])
def test_an_sdk_reads_the_answer_of_any_provider(appliance, play, exchange, sdk):
    wanted = answers.of_recording(exchange, SURFACES[exchange["surface"]][0])
    if sdk == "openai":
        with openai.OpenAI(base_url=appliance.base_url, api_key=appliance.key, max_retries=0) as client:
            got = by_openai(client, play, exchange)
    else:
        url = f"http://127.0.0.1:{appliance.proxy_port}/anthropic"
        with anthropic.Anthropic(base_url=url, api_key=appliance.key, max_retries=0) as client:
            got = by_anthropic(client, play, exchange)
    assert (got.text, got.tools, got.finish) == (wanted.text, wanted.tools, wanted.finish)
