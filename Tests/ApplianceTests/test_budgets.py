"""Caps that hold: whatever callers, providers and the machine do, nothing is spent past a cap, and most of it is usable."""

import concurrent.futures
import json
import random
import threading
import time
import uuid

import pytest

from support.appliance import Appliance
from support.paths import FULL
from support.upstream import wish

HERD = concurrent.futures.ThreadPoolExecutor(100)


def tagged(run, **headers):
    return {"X-Modelux-User-Tags": f"run={run}", **headers}


def make_budget(appliance, cap, run=None, **fields):
    """A daily budget of the tag `run`, unless the fields say otherwise."""
    body = {
        "name": f"b-{uuid.uuid4().hex[:12]}",
        "scope": {"type": "tag", "key": "run", "value": run},
        "cap_usd": round(cap, 9),
        "period": "daily",
        **fields,
    }
    answer = appliance.manage("POST", "/budgets", body)
    assert answer.status == 201, answer
    return answer.json()["data"]


def status(appliance, budget):
    answer = appliance.manage("GET", f"/budgets/{budget['id']}/status")
    assert answer.status == 200, answer
    return answer.json()["data"]


def quiet(appliance, budget, seconds=15):
    """Where a budget stands once nothing is under way."""
    deadline = time.monotonic() + seconds
    while True:
        found = status(appliance, budget)
        if found["held_usd"] == 0 or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def price_of(appliance, model, text, **fields):
    """What one such request costs, by asking once outside of any budget under test."""
    answer = appliance.chat(model, text, **fields)
    assert answer.status == 200, answer
    return float(answer.headers["x-modelux-cost-usd"])


def lorem(appliance, run, number, key=None, tokens=40):
    return appliance.chat(
        "sandbox/lorem", "go", headers=tagged(run), key=key, timeout=60, max_tokens=tokens, stream=number % 3 == 0
    )


@pytest.mark.parametrize("round", range(50 if FULL else 2))
def test_a_cap_for_exactly_100_admits_exactly_100_of_500(appliance, round):
    run = uuid.uuid4().hex
    price = price_of(appliance, "sandbox/lorem", "go", max_tokens=40)
    budget = make_budget(appliance, price * 100, run)
    answers = list(HERD.map(lambda number: lorem(appliance, run, number), range(500)))
    codes = {code: sum(1 for answer in answers if answer.status == code) for code in {a.status for a in answers}}
    assert codes == {200: 100, 402: 400}
    found = quiet(appliance, budget)
    assert found["spend_usd"] == pytest.approx(price * 100, abs=1e-9) and found["spend_usd"] <= found["cap_usd"]
    assert found["held_usd"] == 0 and found["drift_usd"] == 0 and found["ledger_usd"] == found["spend_usd"]


def test_two_keys_share_a_budget_of_their_project(fresh_appliance):
    appliance = fresh_appliance(mode="serve")
    price = price_of(appliance, "sandbox/lorem", "go", max_tokens=40)
    keys = [appliance.make_key("one"), appliance.make_key("two")]
    budget = make_budget(appliance, price * 61, scope={"type": "project", "id": "default"})
    answers = list(HERD.map(lambda n: lorem(appliance, "x", n, key=keys[n % 2]), range(200)))
    assert sum(1 for answer in answers if answer.status == 200) == 60  # one was asked before, for the price
    assert quiet(appliance, budget)["drift_usd"] == 0


def test_an_end_user_that_nobody_knows_has_its_cap_from_the_first_request_on(appliance):
    price = price_of(appliance, "sandbox/lorem", "go", max_tokens=40)
    run = uuid.uuid4().hex
    budget = make_budget(
        appliance, price * 3, scope={"type": "tag", "key": f"user-{run}", "value": None}, per_subject=True
    )
    users = [f"u{number}" for number in range(20)]

    def ask(user):
        headers = {"X-Modelux-User-Tags": f"user-{run}={user}"}
        return user, appliance.chat("sandbox/lorem", "go", headers=headers, timeout=60, max_tokens=40).status

    answers = list(HERD.map(ask, users * 10))
    for user in users:
        assert sorted(code for who, code in answers if who == user) == [200] * 3 + [402] * 7
    found = quiet(appliance, budget)
    assert found["subject_count"] == 20 and found["drift_usd"] == 0


def stormy(appliance, provider, run, number):
    """One request that may fail in any way; gives its status, or None when the client left."""
    random_wish = random.choice(
        [
            wish("answer"),
            wish("stream", chunks=6, delay_ms=5),
            wish("status", status=500, body="{}"),
            wish("status", status=429, body="{}"),
            wish("reset", at="head"),
            wish("close", at="middle", chunks=3),
            wish("reset", at="middle", chunks=3),
            "leave",
        ]
    )
    leaves = random_wish == "leave"
    text = wish("stream", chunks=50, delay_ms=20) if leaves else random_wish
    try:
        return appliance.chat(
            f"{provider}/gpt-4o-mini",
            text,
            headers=tagged(run),
            timeout=0.2 if leaves else 30,
            max_tokens=100,
            stream="stream" in text or "middle" in text,
        ).status
    except OSError:
        return None


def test_disconnects_and_upstream_errors_leave_no_hold_and_pass_no_cap(appliance, provider):
    random.seed(7)
    run = uuid.uuid4().hex
    budget = make_budget(appliance, 0.004, run)
    codes = list(HERD.map(lambda number: stormy(appliance, provider, run, number), range(3000 if FULL else 300)))
    found = quiet(appliance, budget)
    assert found["held_usd"] == 0, "a hold was left"
    assert found["spend_usd"] <= found["cap_usd"] and found["drift_usd"] == 0
    assert found["ledger_usd"] == found["spend_usd"]
    assert None in codes and 200 in codes


def make_config(appliance, policy, config):
    """A routing config in the project of the appliance's key; gives its reference."""
    slug = f"{policy.replace('_', '-')}-{uuid.uuid4().hex[:8]}"
    body = {"project_id": appliance.project(), "slug": slug, "policy": policy, "config": config}
    answer = appliance.manage("POST", "/routing-configs", body)
    assert answer.status == 201, answer
    return f"@{slug}"


def flood(appliance, model, run, count, key=None, stream=False):
    def ask(number):
        return appliance.chat(
            model, "go", headers=tagged(run), key=key, timeout=60, max_tokens=30, stream=stream and number % 2 == 0
        )

    return list(HERD.map(ask, range(count)))


def test_fallbacks_to_dearer_models_pass_no_cap(fresh_appliance, upstream):
    """The first target fails, half of the time after it may have spent; the second costs forty times as much."""
    appliance = fresh_appliance(mode="serve")
    appliance.make_provider("priced", upstream.url, vendor="openai")
    chain = make_config(
        appliance,
        "fallback_chain",
        {"models": [{"model": "sandbox/flaky"}, {"model": "sandbox/slow"}], "retries_per_target": 1, "backoff_ms": 1},
    )
    budget = make_budget(appliance, 0.02, "x")
    answers = flood(appliance, chain, "x", 1000 if FULL else 200, stream=True)
    quiet(appliance, budget)
    while answers[-1].status != 402:  # those that came while much was held may have been too few
        answers.append(appliance.chat(chain, "go", headers=tagged("x"), timeout=60, max_tokens=30))
    quiet(appliance, budget)
    for _ in range(40):
        answers.append(appliance.chat(chain, "go", headers=tagged("x"), timeout=60, max_tokens=30))
    found = quiet(appliance, budget)
    assert found["held_usd"] == 0 and found["drift_usd"] == 0
    assert 0 < found["spend_usd"] <= found["cap_usd"]
    assert found["spend_usd"] >= found["cap_usd"] * 0.95
    assert {answer.status for answer in answers} >= {200, 402}


def test_an_ensemble_holds_for_all_of_its_members(fresh_appliance):
    appliance = fresh_appliance(mode="serve")
    members = [{"model": "sandbox/lorem"}, {"model": "sandbox/echo"}, {"model": "sandbox/slow"}]
    ensemble = make_config(appliance, "ensemble", {"members": members, "aggregation": "first_valid"})
    budget = make_budget(appliance, 0.02, "x")
    answers = flood(appliance, ensemble, "x", 600 if FULL else 150)
    found = quiet(appliance, budget)
    assert found["held_usd"] == 0 and found["drift_usd"] == 0
    assert 0 < found["spend_usd"] <= found["cap_usd"]
    assert {answer.status for answer in answers} == {200, 402}


def test_a_cascade_pays_each_step_and_passes_no_cap(fresh_appliance):
    appliance = fresh_appliance(mode="serve")
    steps = [{"target": {"model": "sandbox/echo"}, "accept": {"min_chars": 1000}}, {"target": {"model": "sandbox/lorem"}}]
    cascade = make_config(appliance, "cascade", {"steps": steps})
    budget = make_budget(appliance, 0.01, "x")
    answers = flood(appliance, cascade, "x", 150)
    found = quiet(appliance, budget)
    assert found["held_usd"] == 0 and found["drift_usd"] == 0 and found["spend_usd"] <= found["cap_usd"]
    assert {answer.status for answer in answers} == {200, 402}
    one = next(answer for answer in answers if answer.status == 200)
    assert len(appliance.log(one.request_id)["attempts"]) == 2


@pytest.mark.parametrize("round", range(20 if FULL else 2))
def test_kill_9_in_the_middle_neither_forgets_nor_doubles(fresh_appliance, upstream, round):
    appliance = fresh_appliance(mode="serve")
    appliance.make_provider("priced", upstream.url, vendor="openai")
    budget = make_budget(appliance, 0.01, "x")
    stop = threading.Event()

    def ask():
        while not stop.is_set():
            try:
                text = random.choice([wish("answer"), wish("stream", chunks=20, delay_ms=10)])
                appliance.chat("priced/gpt-4o-mini", text, headers=tagged("x"), timeout=5, max_tokens=300)
            except OSError:
                return

    threads = [threading.Thread(target=ask) for _ in range(24)]
    for thread in threads:
        thread.start()
    time.sleep(random.uniform(0.3, 1.2))
    appliance.kill()
    stop.set()
    for thread in threads:
        thread.join()
    appliance.start()
    found = status(appliance, budget)
    assert found["held_usd"] == 0 and found["drift_usd"] == 0
    assert found["ledger_usd"] == found["spend_usd"] > 0
    assert found["spend_usd"] <= found["cap_usd"]
    # What is left is usable, and no more than that.
    for _ in range(400):
        answer = appliance.chat("priced/gpt-4o-mini", headers=tagged("x"), max_tokens=300)
        if answer.status == 402:
            break
    found = quiet(appliance, budget)
    assert found["spend_usd"] <= found["cap_usd"] and found["drift_usd"] == 0


def test_restart_by_sigterm_keeps_every_account(fresh_appliance):
    appliance = fresh_appliance(mode="serve")
    budget = make_budget(appliance, 1, "x")
    for number in range(5):
        assert lorem(appliance, "x", number).status == 200
    before = quiet(appliance, budget)
    assert appliance.terminate() == 0
    appliance.start()
    after = status(appliance, budget)
    assert after["spend_usd"] == before["spend_usd"] > 0 and after["drift_usd"] == 0


def test_a_refusal_is_exactly_as_the_contract_says(appliance):
    run = uuid.uuid4().hex
    budget = make_budget(appliance, 0.000001, run, name=f"team-{run}", period="monthly")
    for stream in (False, True):
        answer = appliance.chat("sandbox/lorem", headers=tagged(run), max_tokens=40, stream=stream)
        assert answer.status == 402
        assert answer.json() == {
            "error": {
                "type": "budget_exceeded",
                "message": f'budget "team-{run}" exceeded ($0.00 / $0.00)',
                "code": 402,
                "budget": {
                    "name": f"team-{run}",
                    "spend_usd": 0.0,
                    "cap_usd": 0.000001,
                    "period": "monthly",
                    "period_resets_at": status(appliance, budget)["period_resets_at"],
                },
            }
        }
        headers = answer.headers
        assert int(headers["retry-after"]) > 0
        assert headers["x-modelux-budget-name"] == f"team-{run}"
        assert headers["x-modelux-budget-action"] == "block"
        assert headers["x-modelux-budget-remaining"] == "0.0000"
        assert headers["x-modelux-budget-reset"] == status(appliance, budget)["period_resets_at"]
    anthropic = appliance.post(
        "/anthropic/v1/messages",
        {"model": "sandbox/lorem", "max_tokens": 40, "messages": [{"role": "user", "content": "go"}]},
        headers=tagged(run),
    )
    assert anthropic.status == 402 and anthropic.json()["type"] == "error"
    assert anthropic.error["type"] == "budget_exceeded" and anthropic.error["budget"]["name"] == f"team-{run}"
    assert anthropic.headers["x-modelux-budget-name"] == f"team-{run}" and "retry-after" in anthropic.headers
    row = appliance.log(answer.request_id)
    assert row["status"] == 402
    assert [item["name"] for item in row["trace"]["budgets"] if item["enforced"]] == [f"team-{run}"]


def test_all_three_forms_of_a_model_are_under_the_cap(appliance):
    run = uuid.uuid4().hex
    make_budget(appliance, 0, run)
    for model in ("@default", "sandbox/lorem", "lorem"):
        assert appliance.chat(model, headers=tagged(run), max_tokens=5).status == 402, model
    answer = appliance.post(
        "/openai/v1/embeddings", {"model": "sandbox/embed", "input": "hello"}, headers=tagged(run)
    )
    assert answer.status == 402


def test_a_used_up_budget_sends_requests_to_the_cheaper_config(appliance):
    run = uuid.uuid4().hex
    slug = f"cheap-{run[:8]}"
    project = appliance.manage("GET", "/keys").json()["data"][0]["project_id"]
    made = appliance.manage(
        "POST",
        "/routing-configs",
        {"project_id": project, "slug": slug, "policy": "single", "config": {"model": "sandbox/echo"}},
    )
    assert made.status == 201, made
    key = appliance.manage("POST", "/keys", {"project_id": project, "name": run, "rate_limit": 0}).json()["data"]["secret"]
    make_budget(appliance, 0.000001, run, action="downgrade", downgrade_to=f"@{slug}")
    for stream in (False, True):
        answer = appliance.chat("sandbox/lorem", "hello", headers=tagged(run), key=key, max_tokens=40, stream=stream)
        assert answer.status == 200 and answer.headers["x-modelux-model-used"] == "echo"
        assert answer.headers["x-modelux-budget-action"] == "downgrade"
        row = appliance.log(answer.request_id)
        assert row["config"]["slug"] == slug and row["model"] == "echo"


def test_a_warning_tells_once_and_never_refuses(appliance):
    run = uuid.uuid4().hex
    budget = make_budget(appliance, 0.000001, run, action="warn_only", thresholds=[0.5])
    for _ in range(5):
        answer = appliance.chat("sandbox/echo", headers=tagged(run))
        assert answer.status == 200 and answer.headers["x-modelux-budget-action"] == "warn_only"
    Appliance.wait_until(
        lambda: len(appliance.manage("GET", f"/budgets/{budget['id']}/events").json()["data"]) >= 2, 5, "two events"
    )
    events = appliance.manage("GET", f"/budgets/{budget['id']}/events").json()["data"]
    assert sorted(event["type"] for event in events) == ["budget.exceeded", "budget.threshold_reached"]
    assert events[0]["data"]["name"] == budget["name"] and events[0]["data"]["cap_usd"] == 0.000001


def test_a_reset_begins_anew_and_a_higher_cap_counts_at_once(appliance):
    run = uuid.uuid4().hex
    price = price_of(appliance, "sandbox/lorem", "go", max_tokens=40)
    budget = make_budget(appliance, price, run)
    assert [lorem(appliance, run, 1).status for _ in range(2)] == [200, 402]
    assert appliance.manage("PATCH", f"/budgets/{budget['id']}", {"cap_usd": round(price * 2, 9)}).status == 200
    assert [lorem(appliance, run, 1).status for _ in range(2)] == [200, 402]
    assert appliance.manage("POST", f"/budgets/{budget['id']}/reset").status == 200
    assert status(appliance, budget)["spend_usd"] == 0
    assert [lorem(appliance, run, 1).status for _ in range(3)] == [200, 200, 402]
    assert quiet(appliance, budget)["drift_usd"] == 0


def test_a_budget_made_under_load_agrees_with_the_ledger(appliance):
    run = uuid.uuid4().hex
    stop = threading.Event()

    def ask():
        while not stop.is_set():
            lorem(appliance, run, random.randint(0, 2), tokens=5)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    budgets = []
    for _ in range(5):
        time.sleep(0.2)
        budgets.append(make_budget(appliance, 100, run))
    time.sleep(0.3)
    stop.set()
    for thread in threads:
        thread.join()
    found = [quiet(appliance, budget) for budget in budgets]
    assert len({item["spend_usd"] for item in found}) == 1
    assert all(item["drift_usd"] == 0 and item["spend_usd"] == item["ledger_usd"] for item in found)


def test_a_key_may_have_limits_of_its_own(appliance):
    key = appliance.make_key("limited", tokens_per_minute=120)
    codes = [appliance.chat("sandbox/lorem", key=key, max_tokens=50).status for _ in range(3)]
    assert codes == [200, 200, 429]
    answer = appliance.chat("sandbox/lorem", key=key, max_tokens=50)
    assert answer.error["type"] == "rate_limit_error" and int(answer.headers["retry-after"]) > 0
    assert answer.headers["x-ratelimit-limit-tokens"] == "120"
    assert {"x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"} <= set(answer.headers)
    alone = appliance.make_key("alone", concurrent_requests=2)
    answers = list(
        HERD.map(lambda n: appliance.chat("sandbox/slow", key=alone, max_tokens=20, timeout=60, stream=True), range(20))
    )
    assert {answer.status for answer in answers} == {200, 429}
    assert appliance.chat("sandbox/echo", key=alone).status == 200, "the places are given back"
    capped = appliance.make_key("capped", budget={"cap_usd": 0.000001, "period": "total"})
    assert appliance.chat("sandbox/lorem", key=capped).status == 402


def test_a_rotated_key_works_in_both_forms_for_a_while(appliance):
    made = appliance.manage("POST", "/keys", {"project_id": appliance.project(), "name": "turning"}).json()["data"]
    turned = appliance.manage("POST", f"/keys/{made['id']}/rotate", {"overlap_seconds": 1}).json()["data"]
    assert appliance.chat(key=made["secret"]).status == appliance.chat(key=turned["secret"]).status == 200
    Appliance.wait_until(lambda: appliance.chat(key=made["secret"]).status == 401, 10, "the old secret's end")
    assert appliance.chat(key=turned["secret"]).status == 200


def test_the_command_line_makes_shows_and_verifies_budgets(appliance):
    name = f"cli-{uuid.uuid4().hex[:8]}"
    made = appliance.run(
        "budgets", "create", "--name", name, "--cap", "12.5", "--scope", "tag", "--key", "run", "--value", name,
        "--period", "weekly", "--timezone", "Europe/Berlin", "--threshold", "0.9", "--json",
    )
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["cap_usd"] == 12.5
    assert name in appliance.run("budgets", "list").stdout
    shown = appliance.run("budgets", "status", name, "--json")
    assert json.loads(shown.stdout)["timezone"] == "Europe/Berlin"
    assert appliance.run("budgets", "update", name, "--cap", "20").returncode == 0
    verified = appliance.run("budget", "verify", "--json")
    assert verified.returncode == 0 and json.loads(verified.stdout)["drift_usd"] == 0
    assert appliance.run("budgets", "reset", name).returncode == 0
    assert appliance.run("budgets", "delete", name).returncode == 0
    assert appliance.run("budgets", "show", name).returncode == 1
