"""Errors of the inference API: status, type and code, each naming what to change."""

import datetime
import json

import pytest

from support.raw import Raw, head, statuses

CHAT = {"model": "sandbox/echo", "messages": [{"role": "user", "content": "hello"}]}
JSON = "application/json"


def bearer(key):
    return {"authorization": f"Bearer {key}", "content-type": JSON}


@pytest.mark.parametrize(
    "headers, code",
    [
        ({}, "missing_key"),
        ({"authorization": ""}, "missing_key"),
        ({"authorization": "Basic dTpw"}, "missing_key"),
        ({"authorization": "Bearer "}, "missing_key"),
        ({"authorization": "Bearer mlx_sk_invalid"}, "invalid_key"),
        ({"authorization": "Bearer sk-something-else"}, "invalid_key"),
        ({"authorization": "Bearer mlx_sk_" + "0" * 43}, "invalid_key"),
        ({"authorization": "Bearer mlx_sk_" + "é" * 20}, "invalid_key"),
    ],
)
def test_401_says_which_kind(appliance, headers, code):
    headers = {name: value.encode("utf-8") for name, value in headers.items()}
    answer = appliance.request("POST", "/v1/chat/completions", json.dumps(CHAT), {**headers, "content-type": JSON})
    assert answer.status == 401
    assert answer.error["type"] == "authentication_error"
    assert answer.error["code"] == code
    assert "x-modelux-request-id" in answer.headers


def test_a_management_key_does_not_open_the_inference_api(appliance):
    answer = appliance.post("/v1/chat/completions", CHAT, key=appliance.management_key)
    assert (answer.status, answer.error["code"]) == (401, "invalid_key")


def test_a_project_key_does_not_open_the_management_api(appliance):
    assert appliance.manage("GET", "/keys", key=appliance.key).status == 401


def made_key(appliance, name, **fields):
    answer = appliance.manage("POST", "/keys", {"project_id": appliance.project(), "name": name, **fields})
    assert answer.status in (200, 201), answer
    return answer.json().get("data") or answer.json()


def test_a_revoked_key_is_refused_on_the_next_request(appliance):
    key = made_key(appliance, "to be revoked")
    assert appliance.post("/v1/chat/completions", CHAT, key=key["secret"]).status == 200
    assert appliance.manage("DELETE", f"/keys/{key['id']}").status in (200, 204)
    answer = appliance.post("/v1/chat/completions", CHAT, key=key["secret"])
    assert (answer.status, answer.error["code"]) == (401, "revoked_key")


def test_an_expired_key_is_refused(appliance):
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)
    key = made_key(appliance, "expires soon", expires_at=soon.strftime("%Y-%m-%dT%H:%M:%SZ"))
    appliance.wait_until(lambda: datetime.datetime.now(datetime.timezone.utc) > soon, 3, "the key to expire")
    answer = appliance.post("/v1/chat/completions", CHAT, key=key["secret"])
    assert (answer.status, answer.error["code"]) == (401, "expired_key")


def test_a_key_limited_to_models_refuses_others(appliance):
    key = made_key(appliance, "echo only", allowed_models=["sandbox/echo"])
    assert appliance.post("/v1/chat/completions", CHAT, key=key["secret"]).status == 200
    answer = appliance.post("/v1/chat/completions", {**CHAT, "model": "sandbox/lorem"}, key=key["secret"])
    assert (answer.status, answer.error["type"], answer.error["code"]) == (403, "permission_error", "model_not_allowed")


def test_a_key_limited_to_addresses_refuses_others(appliance):
    near = made_key(appliance, "loopback", allowed_ips=["127.0.0.0/8"])
    assert appliance.post("/v1/chat/completions", CHAT, key=near["secret"]).status == 200
    far = made_key(appliance, "elsewhere", allowed_ips=["192.0.2.0/24"])
    answer = appliance.post("/v1/chat/completions", CHAT, key=far["secret"])
    assert (answer.status, answer.error["code"]) == (403, "ip_not_allowed")


def test_the_rate_limit_of_a_key_says_when_to_come_back(appliance):
    key = made_key(appliance, "three a minute", rate_limit=3)
    answers = [appliance.post("/v1/chat/completions", CHAT, key=key["secret"]) for _ in range(5)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[0].headers["x-ratelimit-limit-requests"] == "3"
    assert answers[0].headers["x-ratelimit-remaining-requests"] == "2"
    assert answers[3].error["type"] == "rate_limit_error" and answers[3].error["code"] == "rate_limited"
    # The window slides over two minutes' counts: with little time left in this one, the wait reaches into the next.
    assert 1 <= int(answers[3].headers["retry-after"]) <= 80


@pytest.mark.parametrize(
    "body, code, names",
    [
        (b"", "invalid_json", ""),
        (b"{", "invalid_json", ""),
        (b"nonsense", "invalid_json", ""),
        (b"[]", "invalid_json", ""),
        (b'"text"', "invalid_json", ""),
        (b'{"model":"sandbox/echo","messages":[]} trailing', "invalid_json", ""),
        (b'{"model":"sandbox/echo","messages":[{"role":"user","content":"\xff\xfe"}]}', "invalid_json", ""),
        (b'{"messages":[{"role":"user","content":"a"}]}', "missing_field", "model"),
        (b'{"model":"","messages":[]}', None, "model"),
        (b'{"model":"no-such-model","messages":[{"role":"user","content":"a"}]}', "unknown_model", "gpt-"),
        (b'{"model":"nobody/model","messages":[{"role":"user","content":"a"}]}', "unknown_model", "nobody"),
        (b'{"model":"sandbox/none-such","messages":[{"role":"user","content":"a"}]}', "unknown_model", "none-such"),
        (b'{"model":17,"messages":[]}', None, "model"),
        (b'{"model":"sandbox/echo"}', "missing_field", "messages"),
    ],
)
def test_400_names_what_is_wrong(appliance, body, code, names):
    answer = appliance.post("/v1/chat/completions", body)
    assert answer.status == 400, answer
    assert answer.error["type"] == "invalid_request_error"
    assert answer.error["code"] == code or code is None
    assert names in answer.error["message"] or names == answer.error["param"]


def test_a_repeated_field_that_we_act_on_is_refused(appliance):
    body = b'{"model":"sandbox/echo","model":"sandbox/lorem","messages":[{"role":"user","content":"a"}]}'
    assert appliance.post("/v1/chat/completions", body).status == 400
    body = b'{"model":"sandbox/echo","stream":false,"stream":true,"messages":[{"role":"user","content":"a"}]}'
    assert appliance.post("/v1/chat/completions", body).status == 400


def test_an_unknown_routing_config_is_404(appliance):
    answer = appliance.chat("@no-such-config")
    assert (answer.status, answer.error["code"]) == (404, "routing_config_not_found")
    assert "no-such-config" in answer.error["message"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_other_content_types_are_415(appliance, kind):
    answer = appliance.post("/v1/chat/completions", CHAT, headers={"content-type": kind})
    assert answer.status == 415
    assert "application/json" in answer.error["message"]


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_the_content_type_may_carry_a_charset(appliance, kind):
    assert appliance.post("/v1/chat/completions", CHAT, headers={"content-type": kind}).status == 200


def test_a_compressed_body_is_refused(appliance):
    answer = appliance.post("/v1/chat/completions", CHAT, headers={"content-encoding": "gzip"})
    assert answer.status == 415


@pytest.mark.parametrize("depth", [129, 100_000])
def test_deep_nesting_is_refused_at_once(appliance, depth):
    body = b'{"model":"sandbox/echo","messages":' + b"[" * depth + b"]" * depth + b"}"
    answer = appliance.post("/v1/chat/completions", body)
    assert (answer.status, answer.error["code"]) == (400, "invalid_json")


def test_an_error_keeps_the_connection_usable(appliance):
    connection = appliance.connection()
    for model, status in (("no-such-model", 400), ("sandbox/echo", 200)):
        connection.request("POST", "/v1/chat/completions", json.dumps({**CHAT, "model": model}), bearer(appliance.key))
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
    connection.close()


def test_every_refusal_of_a_known_key_is_in_the_log(appliance):
    answer = appliance.chat("no-such-model")
    row = appliance.log(answer.request_id)
    assert row["status"] == 400 and row["error_code"] == "unknown_model" and row["requested_model"] == "no-such-model"
    assert row["attempts"] == [] and row["cost"]["total_usd"] == 0


def test_no_key_is_ever_echoed(appliance):
    answer = appliance.post("/v1/chat/completions", CHAT, key="mlx_sk_thisisasecretthatmustnotcomeback")
    assert b"thisisasecret" not in answer.body


def test_expect_100_continue_is_answered_before_the_body(appliance):
    data = json.dumps(CHAT)
    with Raw(appliance.proxy_port) as raw:
        raw.send(
            head(
                "POST /v1/chat/completions HTTP/1.1",
                "Host: x",
                f"Authorization: Bearer {appliance.key}",
                "Content-Type: application/json",
                f"Content-Length: {len(data)}",
                "Expect: 100-continue",
                "Connection: close",
            )
        )
        first, _ = raw.read_head()
        assert first.startswith(b"HTTP/1.1 100")
        raw.send(data)
        rest, closed = raw.read_until_closed()
        assert statuses(rest) == [200] and closed


def test_expect_100_continue_is_refused_without_a_key(appliance):
    with Raw(appliance.proxy_port) as raw:
        raw.send(
            head(
                "POST /v1/chat/completions HTTP/1.1",
                "Host: x",
                "Content-Type: application/json",
                "Content-Length: 5000000",
                "Expect: 100-continue",
            )
        )
        answer, closed = raw.read_until_closed(5)
        assert statuses(answer) in ([401], [100, 401])
