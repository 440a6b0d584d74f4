"""Where the inference listener answers, and how it refuses what it does not serve."""

import pytest

CHAT = {"model": "sandbox/echo", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}


@pytest.mark.parametrize("prefix", ["/openai/v1", "/v1"])
def test_chat_answers_under_both_prefixes(appliance, prefix):
    answer = appliance.post(prefix + "/chat/completions", CHAT)
    assert answer.status == 200
    assert "hello" in answer.json()["choices"][0]["message"]["content"]
    assert answer.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("prefix", ["/openai/v1", "/v1"])
def test_models_and_embeddings_answer_under_both_prefixes(appliance, prefix):
    listed = appliance.request("GET", prefix + "/models", headers={"authorization": f"Bearer {appliance.key}"})
    assert listed.status == 200 and listed.json()["object"] == "list"
    names = {model["id"] for model in listed.json()["data"]}
    assert "sandbox/echo" in names and "@default" in names
    embedded = appliance.post(prefix + "/embeddings", {"model": "sandbox/embed", "input": "a"})
    assert embedded.status == 200 and embedded.json()["data"][0]["embedding"]


@pytest.mark.parametrize("model", ["@default", "sandbox/echo"])
def test_every_form_of_the_model_field_answers(appliance, model):
    answer = appliance.chat(model, "hi", max_tokens=5)
    assert answer.status == 200 and answer.headers["x-modelux-provider-used"] == "sandbox"


def test_a_bare_name_finds_its_vendor(appliance, upstream):
    appliance.make_provider("bare-openai", upstream.url, vendor="openai", is_default=True)
    answer = appliance.chat("gpt-4o-mini", "hi", **{"mlx:trace": True})
    assert answer.status == 200
    assert answer.headers["x-modelux-provider-used"] == "bare-openai"
    assert answer.json()["modelux"]["trace"]["resolved"] == "auto"
    assert upstream.wait_for(lambda entry: '"gpt-4o-mini"' in entry["body"])


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_needs_no_key(appliance, path):
    assert appliance.request("GET", path).status == 200
    assert appliance.admin("GET", path).status == 200


def test_metrics_are_on_the_management_listener_only(appliance):
    told = appliance.admin("GET", "/metrics")
    assert told.status == 200 and b"modelux_" in told.body
    assert appliance.request("GET", "/metrics").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/manage/v1/logs",
        "/api/manage/v1/keys",
        "/v1",
        "/v2/chat/completions",
        "/openai/v1/chat/completions/x",
        "/openai/v1/chat%2fcompletions",
        "/v1/../manage/v1/keys",
        "//v1/chat/completions",
    ],
)
def test_unknown_paths_are_404_in_the_callers_shape(appliance, path):
    answer = appliance.post(path, CHAT)
    assert answer.status == 404
    assert answer.error["type"] == "not_found_error" and answer.error["message"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_wrong_methods_are_405_and_name_the_right_one(appliance, method):
    answer = appliance.request(method, "/v1/chat/completions", headers={"authorization": f"Bearer {appliance.key}"})
    assert answer.status == 405
    assert "POST" in answer.headers.get("allow", "")
    assert answer.error["code"] == "method_not_allowed"


def test_trace_is_refused_before_it_is_read(appliance):
    assert appliance.request("TRACE", "/v1/chat/completions").status == 405


def test_the_management_listener_does_not_serve_inference(appliance):
    assert appliance.admin("GET", "/v1/models").status == 404


def test_a_query_string_does_not_change_the_route(appliance):
    assert appliance.post("/v1/chat/completions?api-version=2024-02-01", CHAT).status == 200


def test_a_connection_serves_many_requests(appliance):
    connection = appliance.connection()
    for number in range(5):
        connection.request(
            "POST",
            "/v1/chat/completions",
            '{"model":"sandbox/echo","messages":[{"role":"user","content":"%d"}]}' % number,
            {"authorization": f"Bearer {appliance.key}", "content-type": "application/json"},
        )
        answer = connection.getresponse()
        assert answer.status == 200 and str(number).encode() in answer.read()
    connection.close()
