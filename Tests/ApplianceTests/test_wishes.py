"""Request extensions, response headers and the decision trace."""

import json
import re

import pytest

from support.upstream import wish

ALWAYS = ["x-modelux-request-id", "x-modelux-provider-used", "x-modelux-model-used", "x-modelux-attempts"]


def test_a_plain_answer_carries_our_headers(appliance, provider):
    answer = appliance.chat(f"{provider}/gpt-4o-mini")
    assert answer.status == 200
    for name in ALWAYS + ["x-modelux-cost-usd"]:
        assert name in answer.headers, name
    assert answer.headers["x-modelux-provider-used"] == provider
    assert answer.headers["x-modelux-model-used"].endswith("gpt-4o-mini")
    assert answer.headers["x-modelux-attempts"] == "1"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer.request_id)
    assert re.fullmatch(r"\d+(\.\d{1,9})?", answer.headers["x-modelux-cost-usd"])


def test_a_stream_carries_our_headers_before_its_first_byte(appliance, provider):
    answer = appliance.chat(f"{provider}/gpt-4o-mini", stream=True)
    assert answer.headers["content-type"].startswith("text/event-stream")
    for name in ALWAYS:
        assert name in answer.headers, name
    assert "x-modelux-cost-usd" not in answer.headers


def test_request_ids_are_unique(appliance):
    assert len({appliance.chat().request_id for _ in range(20)}) == 20


def test_the_cost_header_equals_the_log(appliance):
    answer = appliance.chat("sandbox/lorem", max_tokens=50)
    row = appliance.log(answer.request_id)
    assert float(answer.headers["x-modelux-cost-usd"]) == pytest.approx(row["cost"]["total_usd"], abs=1e-9)
    assert row["cost"]["total_usd"] > 0 and row["cost"]["price_id"]


def test_what_is_ours_never_reaches_the_provider(appliance, provider, upstream):
    upstream.reset()
    answer = appliance.chat(
        f"{provider}/gpt-4o-mini",
        "ours",
        **{
            "mlx:tags": {"team": "blue"},
            "mlx:end_user": "ada",
            "mlx:trace": True,
            "mlx:cache": {"skip": True},
            "seed": 7,
            "user": "kept",
            "metadata": {"trace_id": "t-1", "conversation_id": "c-1"},
            "store": False,
            "unknown_field": [1, {"a": None}],
        },
        headers={
            "X-Modelux-User-Id": "ada",
            "X-Modelux-User-Tags": "a=b",
            "X-Modelux-Trace-Id": "t",
            "X-Modelux-Retention": "none",
            "X-Modelux-Sdk": "test/1",
            "Cookie": "session=secret",
            "X-Custom": "custom",
        },
    )
    assert answer.status == 200
    seen = upstream.wait_for(lambda entry: "ours" in entry["body"])
    body = json.loads(seen["body"])
    assert not [name for name in body if name.startswith("mlx:")]
    assert (
        body["seed"] == 7
        and body["user"] == "kept"
        and body["store"] is False
        and body["unknown_field"] == [1, {"a": None}]
    )
    assert body["model"] == "gpt-4o-mini"
    head = seen["head"].lower()
    assert "x-modelux" not in head and "cookie" not in head and appliance.key not in seen["head"]
    assert "bearer up-test-key" in head


def test_the_body_is_patched_not_rewritten(appliance, provider, upstream):
    upstream.reset()
    body = (
        b'{ "messages" : [ {"role":"user","content":"odd \\u00e9 \\ud83d\\ude00 spacing"} ],\n\t"model" : "%s/gpt-4o-mini" , '
        b'"temperature":1.0, "mlx:trace": true, "logit_bias":{"50256":-1e2} }'
    ) % provider.encode()
    assert appliance.post("/v1/chat/completions", body).status == 200
    seen = upstream.wait_for(lambda entry: "spacing" in entry["body"])
    assert b'{"role":"user","content":"odd \\u00e9 \\ud83d\\ude00 spacing"}' in seen["body"].encode()
    assert '"temperature":1.0' in seen["body"] and '"logit_bias":{"50256":-1e2}' in seen["body"]
    assert json.loads(seen["body"])["model"] == "gpt-4o-mini"


def recorded(appliance, **options):
    answer = appliance.chat(max_tokens=5, **options)
    assert answer.status == 200, answer
    return appliance.log(answer.request_id)


def test_tags_come_from_the_header_or_the_body(appliance):
    assert recorded(appliance, headers={"X-Modelux-User-Tags": "team=blue, env=prod"})["tags"] == {
        "team": "blue",
        "env": "prod",
    }
    assert recorded(appliance, **{"mlx:tags": {"team": "red"}})["tags"] == {"team": "red"}
    both = recorded(appliance, headers={"X-Modelux-User-Tags": "team=blue"}, **{"mlx:tags": {"team": "red"}})
    assert both["tags"]["team"] == "blue"


@pytest.mark.parametrize(
    "tags",
    [
        {f"k{n}": "v" for n in range(33)},
        {"k" * 65: "v"},
        {"k": "v" * 257},
        {"k": 7},
        {"": "v"},
        "team=blue",
        ["team"],
    ],
)
def test_tags_beyond_the_limits_are_400(appliance, tags):
    answer = appliance.chat(**{"mlx:tags": tags})
    assert answer.status == 400 and "tag" in answer.error["message"]


def test_tags_at_the_limits_are_taken(appliance):
    tags = {f"{n:02}" + "k" * 62: "v" * 256 for n in range(32)}
    assert recorded(appliance, **{"mlx:tags": tags})["tags"] == tags


@pytest.mark.parametrize("text", ["no-equals", "=v", "a=b,c"])
def test_a_tag_header_that_does_not_read_is_400(appliance, text):
    assert appliance.chat(headers={"X-Modelux-User-Tags": text}).status == 400


def test_the_end_user_comes_from_header_then_field_then_user(appliance):
    assert recorded(appliance, user="from user")["end_user"] == "from user"
    assert recorded(appliance, user="from user", **{"mlx:end_user": "from field"})["end_user"] == "from field"
    row = recorded(appliance, user="u", headers={"X-Modelux-User-Id": "from header"}, **{"mlx:end_user": "f"})
    assert row["end_user"] == "from header"


def test_trace_and_conversation_ids_are_recorded(appliance):
    row = recorded(appliance, metadata={"trace_id": "run-7", "conversation_id": "thread-9"})
    assert (row["trace_id"], row["conversation_id"]) == ("run-7", "thread-9")
    row = recorded(appliance, headers={"X-Modelux-Trace-Id": "run-8", "X-Modelux-Conversation-Id": "thread-10"})
    assert (row["trace_id"], row["conversation_id"]) == ("run-8", "thread-10")


@pytest.mark.parametrize(
    "name", ["X-Modelux-User-Id", "X-Modelux-Trace-Id", "X-Modelux-Conversation-Id", "X-Modelux-User-Tags"]
)
@pytest.mark.parametrize("value", ["a" * 5000, "tab\there", "é\x80\xff"])
def test_odd_header_values_are_refused_or_recorded_but_harm_nothing(appliance, name, value):
    text = ("k=" if name.endswith("Tags") else "") + value
    answer = appliance.chat(headers={name: text.encode("latin-1")})
    assert answer.status in (200, 400)
    assert appliance.chat().status == 200


def test_the_trace_is_in_the_answer_that_asked_for_it(appliance, provider):
    answer = appliance.chat(f"{provider}/gpt-4o-mini", **{"mlx:trace": True})
    ours = answer.json()["modelux"]
    assert ours["request_id"] == answer.request_id
    assert ours["cost_usd"] == pytest.approx(float(answer.headers["x-modelux-cost-usd"]), abs=1e-9)
    trace = ours["trace"]
    assert trace["request_id"] == answer.request_id
    assert trace["attempts"][0]["outcome"] == "success" and trace["attempts"][0]["provider"] == provider
    assert trace["candidates"][0]["verdict"] == "tried"
    assert "modelux" not in appliance.chat(f"{provider}/gpt-4o-mini").json()


def test_a_config_is_named_in_the_trace(appliance):
    trace = appliance.chat("@default", **{"mlx:trace": True}).json()["modelux"]["trace"]
    assert trace["resolved"] == "config" and trace["config"]["slug"] == "default" and trace["policy"] == "single"


def test_the_trace_of_a_stream_is_one_extra_chunk_before_done(appliance, provider):
    answer = appliance.chat(f"{provider}/gpt-4o-mini", stream=True, **{"mlx:trace": True})
    events = answer.events()
    assert events[-1] == b"data: [DONE]\n\n"
    extra = json.loads(events[-2][len(b"data: ") :])
    assert extra["choices"] == [] and extra["object"] == "chat.completion.chunk"
    assert extra["modelux"]["request_id"] == answer.request_id and extra["modelux"]["trace"]["attempts"]
    assert extra["modelux"]["cost_usd"] > 0
    assert sum(b'"modelux"' in event for event in events) == 1


def test_usage_is_asked_for_but_withheld(appliance, provider, upstream):
    upstream.reset()
    answer = appliance.chat(f"{provider}/gpt-4o-mini", "withheld", stream=True)
    assert (
        json.loads(upstream.wait_for(lambda entry: "withheld" in entry["body"])["body"])["stream_options"][
            "include_usage"
        ]
        is True
    )
    assert not [chunk for chunk in answer.chunks() if chunk.get("usage") or not chunk["choices"]]
    usage = appliance.log(answer.request_id)["usage"]
    assert (usage["input_tokens"], usage["output_tokens"], usage["estimated"]) == (11, 7, False)


def test_usage_that_was_asked_for_is_passed_on(appliance, provider):
    answer = appliance.chat(f"{provider}/gpt-4o-mini", stream=True, stream_options={"include_usage": True})
    assert answer.chunks()[-1]["usage"] == {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


def test_a_refusal_of_usage_by_the_client_is_overridden_upstream_only(appliance, provider, upstream):
    upstream.reset()
    answer = appliance.chat(
        f"{provider}/gpt-4o-mini", "refused usage", stream=True, stream_options={"include_usage": False}
    )
    assert (
        json.loads(upstream.wait_for(lambda entry: "refused usage" in entry["body"])["body"])["stream_options"][
            "include_usage"
        ]
        is True
    )
    assert not [chunk for chunk in answer.chunks() if chunk.get("usage")]


def test_the_callers_own_provider_key_is_used_and_forgotten(appliance, provider, upstream):
    upstream.reset()
    secret = "byo-secret-4711-abcdef-never-stored"
    answer = appliance.chat(f"{provider}/gpt-4o-mini", "own key", headers={"X-Modelux-Provider-Key": secret})
    assert answer.status == 200
    seen = upstream.wait_for(lambda entry: "own key" in entry["body"])
    assert f"Bearer {secret}" in seen["head"] and "x-modelux-provider-key" not in seen["head"].lower()
    assert secret not in json.dumps(appliance.log(answer.request_id))
    upstream.reset()
    appliance.chat(f"{provider}/gpt-4o-mini", "stored key")
    assert "Bearer up-test-key" in upstream.wait_for(lambda entry: "stored key" in entry["body"])["head"]


def test_retention_none_stores_no_bodies(appliance):
    answer = appliance.chat(text="forget these words", headers={"X-Modelux-Retention": "none"})
    row = appliance.log(answer.request_id)
    assert not row["request_body"] and not row["response_body"]
    assert row["usage"]["output_tokens"] > 0


def test_bodies_are_stored_otherwise(appliance):
    answer = appliance.chat(text="remember these words")
    row = None
    for _ in range(100):
        row = appliance.log(answer.request_id)
        if row["response_body"]:
            break
    assert "remember these words" in json.dumps(row["request_body"])
    assert "remember these words" in json.dumps(row["response_body"])


def test_the_row_is_readable_within_a_second(appliance):
    answer = appliance.chat()
    assert appliance.log(answer.request_id, seconds=1.0) is not None


def test_the_log_detail_has_every_field_of_the_contract(appliance):
    row = recorded(appliance, model="@default")
    wanted = {
        "request_id",
        "created_at",
        "project_id",
        "key_id",
        "surface",
        "endpoint",
        "stream",
        "requested_model",
        "provider",
        "model",
        "config",
        "variant",
        "status",
        "error_code",
        "end_user",
        "tags",
        "trace_id",
        "conversation_id",
        "usage",
        "cost",
        "latency",
        "cache",
        "attempts",
        "trace",
        "request_body",
        "response_body",
    }
    assert wanted <= set(row), wanted - set(row)
    assert {
        "input_tokens",
        "cached_input_tokens",
        "cache_write_5m_tokens",
        "cache_write_1h_tokens",
        "output_tokens",
        "reasoning_tokens",
        "estimated",
    } <= set(row["usage"])
    assert {"total_usd", "input_usd", "cached_input_usd", "cache_write_usd", "output_usd", "price_id"} <= set(
        row["cost"]
    )
    assert {"first_byte_ms", "total_ms", "gateway_ms"} <= set(row["latency"])
    assert row["surface"] == "openai" and row["stream"] is False and row["config"] == {"slug": "default", "version": 1}
    assert 0 <= row["latency"]["gateway_ms"] <= row["latency"]["total_ms"]


def test_a_dry_run_calls_no_provider(appliance, provider, upstream):
    upstream.reset()
    answer = appliance.chat(f"{provider}/gpt-4o-mini", "dry", headers={"X-Modelux-Dry-Run": "true"})
    if answer.status == 400:
        pytest.skip("dry runs are refused by this version")
    assert answer.status == 200
    assert not [entry for entry in upstream.seen() if "dry" in entry["body"]]


def test_a_provider_answer_passes_byte_for_byte(appliance, provider):
    text = 'quotes " and \\ and \u00e9 \U0001f600 and \u2028'
    answer = appliance.chat(f"{provider}/gpt-4o-mini", wish("answer", text=text))
    assert answer.json()["choices"][0]["message"]["content"] == text
    assert answer.headers["x-upstream"] == "witness" if "x-upstream" in answer.headers else True
