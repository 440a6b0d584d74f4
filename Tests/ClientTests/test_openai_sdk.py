"""The official `openai` package, as its users use it, over real sockets."""

import asyncio
import json
import time

import openai
import pydantic
import pytest

from support.appliance import Appliance
from support.upstream import wish

HELLO = [{"role": "user", "content": "hello there"}]


def make_client(appliance, **options):
    return openai.OpenAI(
        base_url=appliance.base_url,
        api_key=options.pop("api_key", appliance.key),
        timeout=options.pop("timeout", 20),
        max_retries=options.pop("max_retries", 0),
        **options,
    )


@pytest.fixture(scope="module")
def client(appliance):
    with make_client(appliance) as made:
        yield made


# Answers.


@pytest.mark.parametrize("model", ["sandbox/echo", "@default"])
def test_chat(client, model):
    answer = client.chat.completions.create(model=model, messages=HELLO, max_tokens=50)
    assert answer.object == "chat.completion" and answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content and answer.choices[0].finish_reason in ("stop", "length")
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0


def test_the_default_prefix_of_the_sdk_works_too(appliance):
    with openai.OpenAI(base_url=f"http://127.0.0.1:{appliance.proxy_port}/v1", api_key=appliance.key) as client:
        assert client.chat.completions.create(model="sandbox/echo", messages=HELLO).choices[0].message.content


def test_max_tokens_ends_an_answer(client):
    answer = client.chat.completions.create(
        model="sandbox/echo",
        messages=[{"role": "user", "content": "one two three four five six seven eight"}],
        max_tokens=7,
    )
    assert answer.choices[0].finish_reason == "length" and answer.usage.completion_tokens == 7


def test_our_headers_are_readable_through_the_sdk(client):
    raw = client.chat.completions.with_raw_response.create(model="sandbox/echo", messages=HELLO)
    assert raw.headers["x-modelux-provider-used"] == "sandbox"
    assert raw.parse().choices[0].message.content


def test_a_stream(client):
    chunks = list(client.chat.completions.create(model="sandbox/lorem", messages=HELLO, max_tokens=40, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert len(chunks) > 5 and text
    assert chunks[-1].choices[0].finish_reason in ("stop", "length")
    assert all(chunk.usage is None for chunk in chunks)


def test_a_stream_with_usage(client):
    chunks = list(
        client.chat.completions.create(
            model="sandbox/lorem", messages=HELLO, max_tokens=40, stream=True, stream_options={"include_usage": True}
        )
    )
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens == 40
    assert all(chunk.usage is None for chunk in chunks[:-1])


def test_stream_and_answer_say_the_same(client):
    whole = (
        client.chat.completions.create(model="sandbox/lorem", messages=HELLO, max_tokens=30).choices[0].message.content
    )
    chunks = client.chat.completions.create(model="sandbox/lorem", messages=HELLO, max_tokens=30, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == whole


def test_a_stream_arrives_as_it_is_made(client):
    begun, arrivals = time.monotonic(), []
    for _ in client.chat.completions.create(model="sandbox/slow", messages=HELLO, max_tokens=25, stream=True):
        arrivals.append(time.monotonic() - begun)
    assert arrivals[0] < 0.3 and arrivals[-1] > 0.4
    assert arrivals[len(arrivals) // 2] < arrivals[-1] - 0.1


def test_the_streaming_helper_of_the_sdk(client):
    with client.chat.completions.stream(model="sandbox/lorem", messages=HELLO, max_tokens=20) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_completion()
    assert "content.delta" in kinds and "content.done" in kinds
    assert final.choices[0].message.content


WEATHER = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather of a city.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
                "required": ["city"],
            },
        },
    }
]


@pytest.mark.parametrize("stream", [False, True])
def test_tools_there_and_back(client, stream):
    question = [{"role": "user", "content": "What is the weather in Paris?"}]
    if stream:
        calls = {}
        for chunk in client.chat.completions.create(
            model="sandbox/tools", messages=question, tools=WEATHER, stream=True
        ):
            for call in (chunk.choices[0].delta.tool_calls or []) if chunk.choices else []:
                entry = calls.setdefault(call.index, {"id": "", "name": "", "arguments": ""})
                entry["id"] += call.id or ""
                entry["name"] += call.function.name or ""
                entry["arguments"] += call.function.arguments or ""
        call = calls[0]
    else:
        answer = client.chat.completions.create(model="sandbox/tools", messages=question, tools=WEATHER)
        assert answer.choices[0].finish_reason == "tool_calls"
        made = answer.choices[0].message.tool_calls[0]
        call = {"id": made.id, "name": made.function.name, "arguments": made.function.arguments}
    assert call["name"] == "get_weather" and isinstance(json.loads(call["arguments"])["city"], str) and call["id"]
    answer = client.chat.completions.create(
        model="sandbox/tools",
        tools=WEATHER,
        messages=question
        + [
            {
                "role": "assistant",
                "tool_calls": [
                    {
                        "id": call["id"],
                        "type": "function",
                        "function": {"name": call["name"], "arguments": call["arguments"]},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": call["id"], "content": "sunny"},
        ],
    )
    assert answer.choices[0].message.content and not answer.choices[0].message.tool_calls


class Person(pydantic.BaseModel):
    name: str
    age: int
    tags: list[str]
    active: bool


def test_structured_output_parses_into_a_model(client):
    answer = client.chat.completions.parse(model="sandbox/echo", messages=HELLO, response_format=Person)
    assert isinstance(answer.choices[0].message.parsed, Person)


def test_a_json_schema_by_hand(client):
    schema = {
        "type": "object",
        "properties": {"color": {"type": "string", "enum": ["red", "blue"]}, "count": {"type": "integer"}},
        "required": ["color", "count"],
        "additionalProperties": False,
    }
    answer = client.chat.completions.create(
        model="sandbox/echo",
        messages=HELLO,
        response_format={"type": "json_schema", "json_schema": {"name": "thing", "strict": True, "schema": schema}},
    )
    value = json.loads(answer.choices[0].message.content)
    assert value["color"] in ("red", "blue") and isinstance(value["count"], int)


def test_embeddings(client):
    # The SDK asks for base64 unless told otherwise, and decodes it.
    answer = client.embeddings.create(model="sandbox/embed", input=["first text", "second text"])
    assert [row.index for row in answer.data] == [0, 1] and len(answer.data[0].embedding) == len(
        answer.data[1].embedding
    ) > 8
    assert abs(sum(x * x for x in answer.data[0].embedding) - 1) < 1e-3
    assert answer.usage.prompt_tokens > 0


def test_embeddings_of_a_chosen_size_and_form(client):
    answer = client.embeddings.create(model="sandbox/embed", input="text", dimensions=16, encoding_format="float")
    assert len(answer.data[0].embedding) == 16
    again = client.embeddings.create(model="sandbox/embed", input="text", dimensions=16)
    assert again.data[0].embedding == pytest.approx(answer.data[0].embedding, abs=1e-6)


def test_models(client):
    names = [model.id for model in client.models.list()]
    assert "sandbox/echo" in names and "@default" in names
    assert len(names) == len(set(names))


def test_extra_fields_and_headers_of_ours(appliance, client):
    raw = client.chat.completions.with_raw_response.create(
        model="sandbox/echo",
        messages=HELLO,
        extra_body={"mlx:tags": {"team": "sdk"}, "mlx:trace": True},
        extra_headers={"X-Modelux-User-Id": "ada"},
    )
    answer = raw.parse()
    assert answer.model_extra["modelux"]["trace"]["attempts"]
    row = appliance.log(raw.headers["x-modelux-request-id"])
    assert row["tags"] == {"team": "sdk"} and row["end_user"] == "ada"


# Errors.


def test_a_wrong_key_is_an_authentication_error(appliance):
    with make_client(appliance, api_key="mlx_sk_wrong") as client, pytest.raises(openai.AuthenticationError) as caught:
        client.chat.completions.create(model="sandbox/echo", messages=HELLO)
    assert caught.value.code == "invalid_key" and caught.value.type == "authentication_error"


def test_an_unknown_config_is_a_not_found_error(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="@no-such-config", messages=HELLO)
    assert caught.value.code == "routing_config_not_found"


def test_an_unknown_model_is_a_bad_request_error(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="no-such-model", messages=HELLO)
    assert caught.value.code == "unknown_model" and caught.value.param == "model"


def test_a_key_without_the_model_is_a_permission_error(appliance):
    secret = appliance.make_key("sdk echo only", allowed_models=["sandbox/echo"])
    with make_client(appliance, api_key=secret) as client, pytest.raises(openai.PermissionDeniedError):
        client.chat.completions.create(model="sandbox/lorem", messages=HELLO)


def test_our_rate_limit_is_a_rate_limit_error_with_retry_after(appliance):
    secret = appliance.make_key("sdk two a minute", rate_limit=2)
    with make_client(appliance, api_key=secret) as client:
        for _ in range(2):
            client.chat.completions.create(model="sandbox/echo", messages=HELLO)
        with pytest.raises(openai.RateLimitError) as caught:
            client.chat.completions.create(model="sandbox/echo", messages=HELLO)
    assert caught.value.code == "rate_limited"
    assert int(caught.value.response.headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    "status, kind",
    [
        (400, openai.BadRequestError),
        (404, openai.NotFoundError),
        (422, openai.UnprocessableEntityError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (503, openai.InternalServerError),
    ],
)
def test_a_providers_error_is_the_error_that_the_sdk_knows(client, provider, status, kind):
    with pytest.raises(kind):
        client.chat.completions.create(
            model=f"{provider}/m", messages=[{"role": "user", "content": wish("status", status=status)}]
        )


def test_a_broken_stream_raises(client, provider):
    with pytest.raises(openai.APIError) as caught:
        for _ in client.chat.completions.create(
            model=f"{provider}/m",
            stream=True,
            messages=[{"role": "user", "content": wish("reset", at="middle", chunks=3)}],
        ):
            pass
    assert caught.value.message


def test_the_flaky_model_fails_and_recovers(client):
    kinds = set()
    for _ in range(12):
        try:
            client.chat.completions.create(model="sandbox/flaky", messages=HELLO)
            kinds.add("answer")
        except (openai.InternalServerError, openai.RateLimitError) as error:
            kinds.add(type(error).__name__)
    assert kinds == {"answer", "InternalServerError", "RateLimitError"}


# Retries and timeouts.


def test_the_sdk_retries_what_it_may_and_succeeds(appliance, provider, upstream):
    upstream.reset()
    text = wish("status", status=500, id=f"retry-{time.monotonic()}", first=2)
    with make_client(appliance, max_retries=3) as client:
        answer = client.chat.completions.create(model=f"{provider}/m", messages=[{"role": "user", "content": text}])
    assert answer.choices[0].message.content
    assert len([entry for entry in upstream.seen() if "retry-" in entry["body"]]) == 3


def test_the_sdk_waits_as_long_as_retry_after_says(appliance, provider):
    text = wish("status", status=429, headers={"retry-after": "1"}, id=f"after-{time.monotonic()}", first=1)
    begun = time.monotonic()
    with make_client(appliance, max_retries=2) as client:
        client.chat.completions.create(model=f"{provider}/m", messages=[{"role": "user", "content": text}])
    assert 0.9 <= time.monotonic() - begun <= 4


def test_the_sdks_timeout_raises_and_cancels_the_upstream(appliance, provider, upstream):
    marker = f"timeout-{time.monotonic()}"
    with make_client(appliance, timeout=0.5) as client, pytest.raises(openai.APITimeoutError):
        client.chat.completions.create(
            model=f"{provider}/m", messages=[{"role": "user", "content": wish("hang", id=marker)}]
        )
    assert upstream.wait_for(lambda entry: marker in entry["body"] and entry["end"] == "caller left", 3)


def test_our_timeout_is_an_internal_server_error(upstream):
    with Appliance(environment={"MODELUX_UPSTREAM_FIRST_BYTE_TIMEOUT": "400ms"}) as hasty:
        hasty.make_provider("witness", upstream.url)
        with make_client(hasty) as client, pytest.raises(openai.InternalServerError) as caught:
            client.chat.completions.create(model="witness/m", messages=[{"role": "user", "content": wish("hang")}])
        assert caught.value.status_code == 504 and caught.value.code == "provider_timeout"


# Many at once.


def test_two_hundred_concurrent_streams(appliance, provider):
    async def one(client, number):
        text = []
        stream = await client.chat.completions.create(
            model=f"{provider}/m",
            stream=True,
            stream_options={"include_usage": True},
            messages=[{"role": "user", "content": wish("stream", chunks=20, delay_ms=20, id=f"many-{number}")}],
        )
        usage = None
        async for chunk in stream:
            usage = chunk.usage or usage
            if chunk.choices:
                text.append(chunk.choices[0].delta.content or "")
        assert "".join(text).split() == [f"w{n}" for n in range(20)], number
        return usage.completion_tokens

    async def everyone():
        async with openai.AsyncOpenAI(
            base_url=appliance.base_url, api_key=appliance.key, timeout=60, max_retries=0
        ) as client:
            return await asyncio.gather(*(one(client, number) for number in range(200)))

    assert asyncio.run(everyone()) == [7] * 200


def test_the_async_client_embeds_and_chats_at_once(appliance):
    async def everyone():
        async with openai.AsyncOpenAI(
            base_url=appliance.base_url, api_key=appliance.key, timeout=60, max_retries=0
        ) as client:
            chats = [
                client.chat.completions.create(
                    model="sandbox/echo", messages=[{"role": "user", "content": f"number {n}"}]
                )
                for n in range(50)
            ]
            vectors = [client.embeddings.create(model="sandbox/embed", input=f"number {n}") for n in range(50)]
            return await asyncio.gather(*chats), await asyncio.gather(*vectors)

    chats, vectors = asyncio.run(everyone())
    assert all(f"number {number}" in answer.choices[0].message.content for number, answer in enumerate(chats))
    assert len({tuple(answer.data[0].embedding[:4]) for answer in vectors}) == 50
