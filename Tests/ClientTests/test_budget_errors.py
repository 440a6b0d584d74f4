"""What a used-up budget looks like to users of the official packages."""

import uuid

import anthropic
import openai
import pytest

HELLO = [{"role": "user", "content": "hello there"}]


@pytest.fixture(scope="module")
def run(appliance):
    """A tag whose cap is nothing."""
    name = f"sdk-{uuid.uuid4().hex[:10]}"
    answer = appliance.manage(
        "POST",
        "/budgets",
        {
            "name": name,
            "scope": {"type": "tag", "key": "run", "value": name},
            "cap_usd": 0.000001,
            "period": "monthly",
        },
    )
    assert answer.status == 201, answer
    return name


def check_headers(response, run):
    assert int(response.headers["retry-after"]) > 0
    assert response.headers["x-modelux-budget-name"] == run
    assert response.headers["x-modelux-budget-action"] == "block"
    assert response.headers["x-modelux-budget-remaining"] == "0.0000"
    assert response.headers["x-modelux-budget-reset"].endswith("Z")


@pytest.mark.parametrize("stream", [False, True])
def test_openai_sees_the_budget_in_the_exceptions_body(appliance, run, stream):
    with openai.OpenAI(base_url=appliance.base_url, api_key=appliance.key, max_retries=0) as client:
        with pytest.raises(openai.APIStatusError) as caught:
            client.chat.completions.create(
                model="sandbox/lorem", messages=HELLO, stream=stream, extra_headers={"X-Modelux-User-Tags": f"run={run}"}
            )
    error = caught.value
    # The package makes a text of the code; the body has it as it came.
    assert error.status_code == 402 and error.type == "budget_exceeded" and error.code == "402"
    assert error.body == {
        "type": "budget_exceeded",
        "message": f'budget "{run}" exceeded ($0.00 / $0.00)',
        "code": 402,
        "budget": {
            "name": run,
            "spend_usd": 0,
            "cap_usd": 0.000001,
            "period": "monthly",
            "period_resets_at": error.response.headers["x-modelux-budget-reset"],
        },
    }
    check_headers(error.response, run)


@pytest.mark.parametrize("stream", [False, True])
def test_anthropic_sees_the_budget_in_the_exceptions_body(appliance, run, stream):
    base = appliance.base_url.removesuffix("/openai/v1") + "/anthropic"
    with anthropic.Anthropic(base_url=base, api_key=appliance.key, max_retries=0) as client:
        with pytest.raises(anthropic.APIStatusError) as caught:
            client.messages.create(
                model="sandbox/lorem",
                max_tokens=20,
                messages=HELLO,
                stream=stream,
                extra_headers={"X-Modelux-User-Tags": f"run={run}"},
            )
    error = caught.value
    assert error.status_code == 402
    assert error.body["type"] == "error" and error.body["request_id"] == error.response.headers["x-modelux-request-id"]
    assert error.body["error"]["type"] == "budget_exceeded"
    assert error.body["error"]["message"] == f'budget "{run}" exceeded ($0.00 / $0.00)'
    assert error.body["error"]["budget"]["name"] == run
    check_headers(error.response, run)
