"""The official `anthropic` package, as its users use it, over real sockets; every answer but Anthropic's is translated."""

import base64

import anthropic
import pydantic
import pytest

HELLO = [{"role": "user", "content": "hello there"}]
WEATHER = {
    "name": "get_weather",
    "description": "The weather of a city",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
PIXEL = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
        "a5f645400000000049454e44ae426082"
    )
).decode()


def make_client(appliance, path="/anthropic", **options):
    return anthropic.Anthropic(
        base_url=f"http://127.0.0.1:{appliance.proxy_port}{path}",
        api_key=options.pop("api_key", appliance.key),
        timeout=20,
        max_retries=0,
        **options,
    )


@pytest.fixture(scope="module")
def client(appliance):
    with make_client(appliance) as made:
        yield made


@pytest.mark.parametrize("path", ["/anthropic", "", "/anthropic/v1"])
def test_a_message_on_every_base_url(appliance, path):
    with make_client(appliance, path) as client:
        message = client.messages.create(model="sandbox/echo", max_tokens=50, messages=HELLO)
    assert message.type == "message" and message.role == "assistant" and message.stop_reason == "end_turn"
    assert message.content[0].text == "hello there"
    assert message.usage.input_tokens > 0 and message.usage.output_tokens > 0


def test_a_bearer_token_is_taken_as_claude_code_sends_it(appliance):
    with anthropic.Anthropic(
        base_url=f"http://127.0.0.1:{appliance.proxy_port}/anthropic", auth_token=appliance.key, api_key=None
    ) as client:
        assert client.messages.create(model="@default", max_tokens=20, messages=HELLO).content


def test_a_limit_ends_a_message(client):
    message = client.messages.create(
        model="sandbox/echo", max_tokens=3, messages=[{"role": "user", "content": "one two three four five six"}]
    )
    assert message.stop_reason == "max_tokens" and message.usage.output_tokens == 3


def test_a_stream_by_the_helper_of_the_sdk(client):
    with client.messages.stream(model="sandbox/lorem", max_tokens=40, messages=HELLO) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert text and final.content[0].text == text
    assert final.stop_reason in ("end_turn", "max_tokens") and final.usage.output_tokens == 40


def test_stream_and_message_say_the_same(client):
    whole = client.messages.create(model="sandbox/lorem", max_tokens=30, messages=HELLO)
    with client.messages.stream(model="sandbox/lorem", max_tokens=30, messages=HELLO) as stream:
        final = stream.get_final_message()
    assert final.content[0].text == whole.content[0].text
    assert final.usage.output_tokens == whole.usage.output_tokens


def test_a_tool_loop_of_two_rounds(client):
    messages = [{"role": "user", "content": "What is the weather in Paris?"}]
    first = client.messages.create(model="sandbox/tools", max_tokens=200, messages=messages, tools=[WEATHER])
    assert first.stop_reason == "tool_use"
    call = next(block for block in first.content if block.type == "tool_use")
    assert call.name == "get_weather" and isinstance(call.input["city"], str)
    messages += [
        {"role": "assistant", "content": first.content},
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": call.id, "content": [{"type": "text", "text": "18 °C"}]}],
        },
    ]
    second = client.messages.create(model="sandbox/tools", max_tokens=200, messages=messages, tools=[WEATHER])
    assert second.stop_reason == "end_turn" and "18 °C" in second.content[0].text


def test_a_streamed_tool_call(client):
    with client.messages.stream(
        model="sandbox/tools", max_tokens=200, messages=HELLO, tools=[WEATHER], tool_choice={"type": "any"}
    ) as stream:
        final = stream.get_final_message()
    assert final.stop_reason == "tool_use"
    assert final.content[-1].type == "tool_use" and "city" in final.content[-1].input


def test_structured_output(client):
    class City(pydantic.BaseModel):
        name: str
        population: int

    message = client.messages.create(
        model="sandbox/lorem",
        max_tokens=200,
        messages=HELLO,
        extra_body={"output_config": {"format": {"type": "json_schema", "schema": City.model_json_schema()}}},
    )
    assert City.model_validate_json(message.content[0].text)


def test_an_image_is_taken(client):
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
    message = client.messages.create(
        model="sandbox/echo",
        max_tokens=50,
        messages=[{"role": "user", "content": [image, {"type": "text", "text": "what is it?"}]}],
    )
    assert "what is it?" in message.content[0].text


def test_what_cannot_be_expressed_is_named(client):
    raw = client.messages.with_raw_response.create(
        model="sandbox/echo", max_tokens=50, messages=HELLO, extra_body={"container": "c1"}
    )
    assert raw.headers["x-modelux-dropped"] == "container"


def test_the_system_prompt_and_stop_sequences_are_taken(client):
    message = client.messages.create(
        model="sandbox/echo",
        max_tokens=50,
        system=[{"type": "text", "text": "You are brief.", "cache_control": {"type": "ephemeral"}}],
        stop_sequences=["never"],
        messages=HELLO,
    )
    assert message.content[0].text == "hello there"


def test_tokens_are_counted(client):
    count = client.messages.count_tokens(model="sandbox/echo", messages=HELLO, system="be brief")
    assert 1 < count.input_tokens < 100


def test_models_are_listed(client):
    models = list(client.models.list())
    assert {"@default", "sandbox/echo"} <= {model.id for model in models}
    assert client.models.retrieve("sandbox/echo").id == "sandbox/echo"


@pytest.mark.parametrize(
    "error, options",
    [
        (anthropic.AuthenticationError, {"api_key": "mlx_sk_wrong"}),
        (anthropic.NotFoundError, {"model": "@nothing"}),
        (anthropic.BadRequestError, {"model": "nothing-like-it"}),
        (anthropic.BadRequestError, {"messages": "not a list"}),
    ],
)
def test_errors_are_the_classes_of_the_sdk(appliance, error, options):
    with make_client(appliance, **({"api_key": options.pop("api_key")} if "api_key" in options else {})) as client:
        with pytest.raises(error) as raised:
            client.messages.create(**{"model": "sandbox/echo", "max_tokens": 10, "messages": HELLO, **options})
    body = raised.value.body
    assert body["type"] == "error" and body["error"]["message"] and body["request_id"]


def test_the_trace_comes_in_a_ping_before_the_end(client):
    events = list(
        client.messages.create(
            model="@default", max_tokens=10, messages=HELLO, stream=True, extra_body={"mlx:trace": True}
        )
    )
    assert events[-1].type == "message_stop"
    raw = client.messages.with_raw_response.create(
        model="@default", max_tokens=10, messages=HELLO, extra_body={"mlx:trace": True}
    )
    assert raw.http_response.json()["modelux"]["trace"]["attempts"][0]["outcome"] == "success"
