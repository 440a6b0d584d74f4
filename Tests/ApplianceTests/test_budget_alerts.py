"""What operators are told of budgets and providers: once for each threshold and period, by webhook and by mail, whatever
breaks in between."""

import time

import pytest

from support.mailbox import Mailbox
from support.receiver import Receiver


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def box():
    made = Mailbox(security="none")
    yield made
    made.close()


@pytest.fixture
def served(fresh_appliance, box):
    environment = {**box.settings(""), "MODELUX_ALERTS_TIMEOUT": "2s"}
    return fresh_appliance(mode="serve", environment=environment)


def endpoint(appliance, url, **fields):
    return appliance.manage("POST", "/webhooks/endpoints", {"url": url, **fields}).json()["data"]


def budget(appliance, cap, **fields):
    body = {"name": "team", "scope": {"type": "organization"}, "cap_usd": cap, "period": "monthly", **fields}
    answer = appliance.manage("POST", "/budgets", body)
    assert answer.status == 201, answer
    return answer.json()["data"]


def types(receiver):
    return [seen.json["type"] for seen in receiver.taken]


def spend(appliance, count=1, text="hello " * 200):
    return [appliance.chat("sandbox/echo", text).status for _ in range(count)]


def cost_of_one(appliance):
    answer = appliance.chat("sandbox/echo", "hello " * 200)
    return appliance.log(answer.request_id)["cost"]["total_usd"]


def test_each_threshold_is_told_once_by_webhook_and_by_mail(served, receiver, box):
    one = cost_of_one(served)
    named = endpoint(served, receiver.url(), event_types=["experiment.completed"])
    made = budget(
        served,
        round(one * 10, 9),
        action="warn_only",
        thresholds=[0.5, 0.8],
        alerts={"emails": ["ops@example.org"], "webhooks": [named["id"]]},
    )
    spend(served, 14)
    receiver.wait_for(lambda: "budget.exceeded" in types(receiver), 30, "the event of the cap")
    served.wait_until(lambda: len(box.mails) >= 3, 20, "mails")
    spend(served, 5)
    time.sleep(1)
    assert sorted(types(receiver)) == ["budget.exceeded", "budget.threshold_reached", "budget.threshold_reached"]
    assert [seen.json["data"]["threshold"] for seen in receiver.taken if seen.json["data"]["threshold"]] == [0.5, 0.8]
    data = receiver.taken[0].json["data"]
    assert data["budget_id"] == made["id"] and data["name"] == "team" and data["cap_usd"] == round(one * 10, 9)
    assert all(seen.signed_with(named["secret"]) for seen in receiver.seen)
    # The cap can stand in a request's way, by what the request might cost, before half of it is spent.
    subjects = [message["subject"] for _, message, _ in box.mails]
    assert sorted(subjects) == [
        "[modelux] Budget “team” has reached 50 % of its cap",
        "[modelux] Budget “team” has reached 80 % of its cap",
        "[modelux] Budget “team” is exceeded",
    ]
    problems = served.manage("GET", "/alerts").json()["data"]
    assert [problem["code"] for problem in problems] == ["budget_exceeded"]


def test_alerts_of_budgets_survive_a_crash_and_servers_that_are_down(served, receiver, box):
    one = cost_of_one(served)
    endpoint(served, receiver.url(), event_types=["budget.exceeded", "budget.threshold_reached"])
    budget(served, round(one * 10, 9), action="warn_only", thresholds=[0.5], alerts={"emails": ["ops@example.org"]})
    box.down()
    receiver.down()
    begun = time.monotonic()
    assert set(spend(served, 14)) == {200}
    assert time.monotonic() - begun < 10, "no request waits for an alert"
    waiting = lambda: served.manage("GET", "/system").json()["data"]["alerts"]["waiting"]
    served.wait_until(lambda: waiting() == 4, 20, "two events for two targets")
    served.kill()
    box.up()
    receiver.up()
    served.start()
    receiver.wait_for(lambda: len(receiver.ids()) == 2, 30)
    served.wait_until(lambda: len(box.mails) == 2, 30, "mails")
    spend(served, 3)
    time.sleep(1)
    assert sorted(types(receiver)) == ["budget.exceeded", "budget.threshold_reached"]
    assert len(box.mails) == 2


def test_a_refused_address_is_named(served):
    answer = served.manage(
        "POST",
        "/budgets",
        {
            "name": "team",
            "scope": {"type": "organization"},
            "cap_usd": 1,
            "period": "daily",
            "alerts": {"emails": ["a@b.example", "x@y\r\nBcc: z@z.example"]},
        },
    )
    assert answer.status == 422 and "alerts.emails" in [field["path"] for field in answer.error["fields"]]


def test_a_provider_that_fails_is_told(served, receiver, upstream):
    endpoint(served, receiver.url(), event_types=["provider.health_changed"])
    served.make_provider("shaky", upstream.url, vendor="openai")
    for _ in range(8):
        served.chat("shaky/gpt-4o-mini", '{"do": "status", "status": 500, "body": "{}"}')
    receiver.wait_for(lambda: receiver.taken, 20, "the change of health")
    data = receiver.taken[0].json["data"]
    assert data["provider"] == "shaky" and data["state"] == "open"
    problem = served.manage("GET", "/alerts").json()["data"][0]
    assert problem["code"] == "provider_health_changed" and "shaky" in problem["message"]
