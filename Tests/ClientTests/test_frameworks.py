"""LangChain and LiteLLM as clients: what agents are built with."""

import pytest

HELLO = [{"role": "user", "content": "hello there"}]


@pytest.fixture(scope="module")
def openai_chat(appliance):
    langchain_openai = pytest.importorskip("langchain_openai")
    return lambda model, **options: langchain_openai.ChatOpenAI(
        model=model, base_url=appliance.base_url, api_key=appliance.key, max_retries=0, **options
    )


@pytest.fixture(scope="module")
def anthropic_chat(appliance):
    langchain_anthropic = pytest.importorskip("langchain_anthropic")
    return lambda model, **options: langchain_anthropic.ChatAnthropic(
        model=model,
        base_url=f"http://127.0.0.1:{appliance.proxy_port}/anthropic",
        api_key=appliance.key,
        max_retries=0,
        max_tokens=200,
        **options,
    )


@pytest.fixture(params=["openai", "anthropic"])
def chat(request, openai_chat, anthropic_chat):
    return {"openai": openai_chat, "anthropic": anthropic_chat}[request.param]


def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"18 degrees in {city}"


def test_langchain_answers_and_streams(chat):
    model = chat("sandbox/echo")
    answer = model.invoke("hello there")
    assert answer.text == "hello there" if isinstance(answer.text, str) else answer.text() == "hello there"
    assert answer.usage_metadata["total_tokens"] > 0
    pieces = [chunk.content for chunk in model.stream("hello there") if chunk.content]
    joined = "".join(piece if isinstance(piece, str) else "".join(part.get("text", "") for part in piece) for piece in pieces)
    assert joined == "hello there"


def test_langchain_runs_a_tool_loop(chat):
    from langchain_core.messages import HumanMessage, ToolMessage

    model = chat("sandbox/tools").bind_tools([get_weather])
    messages = [HumanMessage("weather?")]
    first = model.invoke(messages)
    assert first.tool_calls[0]["name"] == "get_weather" and isinstance(first.tool_calls[0]["args"]["city"], str)
    messages += [first, ToolMessage("18 degrees", tool_call_id=first.tool_calls[0]["id"])]
    second = model.invoke(messages)
    assert "18 degrees" in str(second.content)


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_litellm_as_a_client(appliance, provider):
    litellm = pytest.importorskip("litellm")
    base = appliance.base_url if provider == "openai" else f"http://127.0.0.1:{appliance.proxy_port}/anthropic"
    answer = litellm.completion(
        model=f"{provider}/sandbox/echo", messages=HELLO, api_base=base, api_key=appliance.key, max_tokens=50
    )
    assert answer.choices[0].message.content == "hello there"
    chunks = litellm.completion(
        model=f"{provider}/sandbox/echo",
        messages=HELLO,
        api_base=base,
        api_key=appliance.key,
        max_tokens=50,
        stream=True,
    )
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "hello there"
