"""Routing from outside: upstreams that die, hang or err, recorded failures, splits, prices, the cache, and the words
that explain it."""

import collections
import concurrent.futures
import json
import time

import pytest

from support.appliance import Appliance
from support.fixtures import needs_recordings
from support.moody import Moody
from support.paths import FULL, RECORDINGS

REQUESTS = 20_000 if FULL else 1500
WORKERS = 16


@pytest.fixture
def moody():
    """Three upstreams, one and two and three."""
    made = [Moody(name, seed) for seed, name in enumerate(("one", "two", "three"))]
    yield made
    for server in made:
        server.close()


@pytest.fixture
def running(moody):
    """An appliance of its own, since open circuits outlast a test, with a provider for each upstream."""
    environment = {"MODELUX_UPSTREAM_CONNECT_TIMEOUT": "500ms", "MODELUX_UPSTREAM_FIRST_BYTE_TIMEOUT": "1s"}
    with Appliance(mode="serve", environment=environment) as appliance:
        for server in moody:
            appliance.make_provider(server.name, server.url)
        yield appliance
        assert appliance.alive, appliance.said()[-3000:]


def make_config(appliance, slug, policy, config, **fields):
    answer = appliance.manage("POST", "/routing-configs", {"slug": slug, "policy": policy, "config": config, **fields})
    assert answer.status == 201, answer
    return answer.json()


CHAIN = {"models": ["one/m", "two/m", "three/m"]}


def storm(appliance, model, count, stream_every=4, user=None):
    """Sends many requests by keep-alive connections; gives the statuses and what was answered."""

    def worker(numbers):
        connection = appliance.connection()
        found = []
        for number in numbers:
            body = {
                "model": model,
                "stream": number % stream_every == 0,
                "messages": [{"role": "user", "content": "hi"}],
            }
            headers = {"content-type": "application/json", "authorization": f"Bearer {appliance.key}"}
            if user:
                headers["x-modelux-user-id"] = user(number)
            try:
                connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
                answer = connection.getresponse()
                data = answer.read()
                whole = b"[DONE]" in data if body["stream"] else b'"choices"' in data
                found.append((answer.status if whole or answer.status != 200 else 0, dict(answer.getheaders()), number))
            except OSError:
                connection.close()
                found.append((0, {}, number))
        connection.close()
        return found

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        parts = pool.map(worker, [range(start, count, WORKERS) for start in range(WORKERS)])
        return [result for part in parts for result in part]


@pytest.mark.parametrize("trouble", ["killed", "hung", "erring", "failing"])
def test_callers_do_not_notice_one_bad_upstream(running, moody, trouble):
    make_config(running, "chain", "fallback_chain", CHAIN)
    first = moody[0]
    if trouble == "killed":
        first.kill()
    elif trouble == "hung":
        first.mood = "hang"
    elif trouble == "failing":
        first.mood = "fail"
    else:
        first.error_rate = 0.1
    results = storm(running, "@chain", REQUESTS)
    served = sum(status == 200 for status, _, _ in results)
    assert served >= 0.999 * REQUESTS, collections.Counter(status for status, _, _ in results)
    health = running.manage("GET", "/providers/one/health").json()["data"]
    if trouble == "erring":
        assert first.calls > 0.5 * REQUESTS, "one in ten is no reason to leave it alone"
        return
    # What was under way when the circuit opened had to fail by itself; after that only probes pay.
    assert first.calls <= WORKERS + 10, first.calls
    assert health["state"] in ("open", "half_open") and health["models"][0]["success_rate"] < 1
    before = first.calls
    last = storm(running, "@chain", 200)
    assert all(headers["X-Modelux-Attempts" if "X-Modelux-Attempts" in headers else "x-modelux-attempts"] == "1"
               for status, headers, _ in last[:50] if status == 200) or first.calls - before <= 2
    assert first.calls - before <= 2


def test_the_ledger_has_a_row_for_each_attempt(running, moody):
    make_config(running, "chain", "fallback_chain", CHAIN)
    moody[0].mood = moody[1].mood = "fail"
    answer = running.chat("@chain", **{"mlx:trace": True})
    assert answer.status == 200 and answer.headers["x-modelux-attempts"] == "3"
    row = running.log(answer.request_id)
    assert [attempt["provider"] for attempt in row["attempts"]] == ["one", "two", "three"]
    assert [attempt["outcome"] for attempt in row["attempts"]] == ["server_error", "server_error", "success"]
    trace = answer.json()["modelux"]["trace"]
    assert [candidate["verdict"] for candidate in trace["candidates"]] == ["tried", "tried", "tried"]
    assert trace["decision"] == "attempt 3" and "server_error" in trace["reason"]
    assert trace["policy"] == "fallback_chain" and trace["config"] == {"slug": "chain", "version": 1}
    stored = running.manage("GET", f"/logs/{answer.request_id}/trace").json()
    assert (stored.get("data") or stored)["reason"] == trace["reason"]


def test_traffic_leaves_an_upstream_that_has_become_slow(running, moody):
    make_config(
        running, "fast", "latency_optimized", {"models": ["one/m", "two/m"], "window_s": 5, "explore_pct": 5}
    )
    moody[0].delay, moody[1].delay = 0.01, 0.03
    storm(running, "@fast", 300, stream_every=10**9)
    assert moody[0].calls > moody[1].calls
    moody[0].delay = 0.15
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        storm(running, "@fast", 32, stream_every=10**9)
    before = (moody[0].calls, moody[1].calls)
    storm(running, "@fast", 300, stream_every=10**9)
    slow, fast = moody[0].calls - before[0], moody[1].calls - before[1]
    assert fast > 3 * slow, (slow, fast)


def test_a_split_is_kept_over_a_restart(running, moody):
    variants = [
        {"name": "old", "weight": 70, "model": "one/m"},
        {"name": "new", "weight": 30, "model": "two/m"},
    ]
    make_config(running, "ab", "ab_test", {"variants": variants})

    def ask(count):
        results = storm(running, "@ab", count, user=lambda number: f"user-{number}")
        return {
            number: {name.lower(): value for name, value in headers.items()}["x-modelux-ab-variant"]
            for status, headers, number in results
            if status == 200
        }

    count = REQUESTS
    first = ask(count)
    assert len(first) == count
    share = sum(variant == "old" for variant in first.values()) / count
    assert abs(share - 0.7) < (0.01 if FULL else 0.04), share
    running.terminate()
    running.start()
    assert ask(200) == {number: first[number] for number in range(200)}


def test_the_demo_has_a_config_for_each_usual_wish(appliance):
    for slug in ("default", "fallback", "cheapest", "ab", "rules"):
        answer = appliance.post(
            "/v1/chat/completions",
            {"model": f"@{slug}", "messages": [{"role": "user", "content": "hi"}]},
            key=appliance.info["api_key"],
        )
        assert answer.status == 200, (slug, answer)


def test_the_cheapest_is_chosen_by_recorded_prices(appliance):
    models = ["openai/gpt-4o", "openai/gpt-4o-mini", "openai/gpt-4.1-nano", "openai/o3", "openai/gpt-5-nano"]
    for name in ("openai",):
        appliance.make_provider(name, "http://127.0.0.1:9/v1", vendor="openai", is_default=True)
    make_config(appliance, "cost", "cost_optimized", {"allowed_models": models})
    for tokens, output in [(10, 2000), (50_000, 1), (1000, 1000), (100, 10)]:
        answer = appliance.manage(
            "POST", "/routing-configs/cost/estimate", {"input_tokens": tokens, "output_tokens": output, "requests": 1000}
        )
        assert answer.status == 200, answer
        found = answer.json()["data"]
        costs = [candidate["expected_cost_usd"] for candidate in found["candidates"]]
        assert len(costs) == len(models) and costs == sorted(costs), found
        assert found["expected_total_usd"] == pytest.approx(costs[0] * 1000)


def test_explain_tells_what_would_happen(appliance, tmp_path):
    file = tmp_path / "request.json"
    file.write_text(json.dumps({"model": "@rules", "messages": [{"role": "user", "content": "hi"}], "tools": [{}]}))
    project = "demo"
    done = appliance.run("explain", str(file), "--project", project, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["policy"] == "custom_rules" and found["rules"][0] == {
        "index": 0,
        "if": "request.has_tools",
        "matched": True,
    }
    assert found["candidates"][0]["target"] == "sandbox/tools"
    table = appliance.run("routes", "list", "--project", project)
    assert table.returncode == 0 and "custom_rules" in table.stdout, table.stderr


def test_versions_are_compared_and_gone_back_to(appliance):
    make_config(appliance, "versioned", "single", {"model": "sandbox/echo"}, project_id=appliance.project())
    changed = appliance.manage(
        "PATCH", "/routing-configs/versioned", {"strategy": "fallback", "models": ["sandbox/lorem"], "retriesPerTarget": 1}
    )
    assert changed.status == 200 and changed.json()["data"]["config"]["retries_per_target"] == 1
    changes = appliance.manage("GET", "/routing-configs/versioned/diff?from=1&to=2").json()["data"]["changes"]
    assert {change["path"] for change in changes} >= {"policy", "config.model", "config.models"}
    back = appliance.manage("POST", "/routing-configs/versioned/rollback", {"version": 1})
    assert back.status == 200 and back.json()["data"]["version"] == 3
    assert back.json()["data"]["config"] == {"model": "sandbox/echo"}
    assert appliance.chat("@versioned", "again").json()["choices"][0]["message"]["content"] == "again"


@pytest.mark.parametrize(
    "body, paths",
    [
        ({"policy": "fallback_chain", "config": {"models": ["nobody/m", "sandbox/echo"]}}, ["config.models[0].model"]),
        ({"policy": "fallback_chain", "config": {"models": []}}, ["config.models"]),
        ({"policy": "fallback_chain", "config": {"models": ["@nowhere"]}}, ["config.models[0]"]),
        ({"policy": "fallback_chain", "config": {"models": ["@bad"]}}, ["config.models[0]"]),
        (
            {"policy": "custom_rules", "config": {"rules": [{"if": "tagz.a == 'x'", "then": "sandbox/echo"}]}},
            ["config.rules[0].if"],
        ),
        ({"policy": "ensemble", "config": {"members": ["sandbox/echo"], "aggregation": "vote"}}, ["config.aggregation"]),
        ({"policy": "ensemble", "config": {"members": ["sandbox/echo"], "aggregation": "llm_judge"}}, ["config.judge"]),
        ({"policy": "single", "config": {"model": "sandbox/echo", "provider_credential_id": "prov_x"}}, None),
        ({"policy": "cascade", "config": {"steps": [{"model": "sandbox/echo", "accept": {"regex": "("}}]}}, None),
        (
            {
                "policy": "ensemble",
                "config": {"members": ["sandbox/echo"], "validate": {"judge": {"model": "sandbox/echo"}}},
            },
            ["config.validate.judge"],
        ),
        ({"policy": "magic", "config": {}}, ["policy"]),
        ({"strategy": "single", "model": "sandbox/echo", "cache": {"mode": "semantic"}}, ["config.cache.mode"]),
    ],
)
def test_every_mistake_is_told_with_its_place(appliance, body, paths):
    answer = appliance.manage("POST", "/routing-configs", {"slug": "bad", **body})
    assert answer.status == 422, answer
    found = [field["path"] for field in answer.json()["error"]["fields"]]
    assert found and (paths is None or found == paths), found


def test_the_same_request_is_answered_from_the_cache(running, moody):
    make_config(running, "cached", "single", {"model": "one/m", "cache": {"ttl_seconds": 60}})
    for stream in (False, True):
        first = running.chat("@cached", stream=stream)
        again = running.chat("@cached", stream=stream)
        assert (first.headers["x-modelux-cache"], again.headers["x-modelux-cache"]) == ("MISS", "HIT")
        assert first.body == again.body
        assert running.log(again.request_id)["cost"]["total_usd"] == 0
    assert moody[0].calls == 2


def test_a_rule_asks_where_the_budget_stands(running, moody):
    for name, cap in (("roomy", 1000), ("tight", 0.000001)):
        rules = [{"if": "budget.used_pct >= 0.5", "then": "one/m"}, {"else": "two/m"}]
        make_config(running, name, "custom_rules", {"rules": rules})
        answer = running.manage(
            "POST",
            "/budgets",
            {
                "name": name,
                "scope": {"type": "config", "id": name},
                "cap_usd": cap,
                "period": "monthly",
                "action": "warn_only",
            },
        )
        assert answer.status == 201, answer
    running.manage("PATCH", "/routing-configs/tight", {"policy": "single", "config": {"model": "sandbox/echo"}})
    assert running.chat("@tight").status == 200  # spends more than the half of it
    running.manage("POST", "/routing-configs/tight/rollback", {"version": 1})
    tight, roomy = running.chat("@tight"), running.chat("@roomy")
    assert (tight.json()["choices"][0]["message"]["content"], roomy.json()["choices"][0]["message"]["content"]) == (
        "one",
        "two",
    )


VENDORS = {
    "openai.chat": "openai",
    "groq.chat": "groq",
    "anthropic.messages": "anthropic",
    "gemini.generateContent": "google",
}


def recorded(surface, status):
    """A recorded exchange of that API with that status, not streamed; None when there is none."""
    for file in sorted((RECORDINGS / "dev").glob("*.json")):
        exchange = json.loads(file.read_text())
        is_fit = exchange["surface"] == surface and not exchange["stream"]
        if is_fit and exchange["response"]["status"] == status:
            return exchange
    return None


@needs_recordings
@pytest.mark.parametrize("shape", ["openai", "anthropic"])
@pytest.mark.parametrize(
    "failures, outcomes",
    [
        ([("openai.chat", 429)], ["rate_limited", "success"]),
        ([("anthropic.messages", 429)], ["rate_limited", "success"]),
        ([("anthropic.messages", 529)], ["server_error", "success"]),
        ([("gemini.generateContent", 503)], ["server_error", "success"]),
        ([("gemini.generateContent", 429)], ["rate_limited", "success"]),
        (
            [("openai.chat", 429), ("anthropic.messages", 529), ("gemini.generateContent", 503)],
            ["rate_limited", "server_error", "server_error", "success"],
        ),
        ([("openai.chat", 400)], ["invalid_request"]),
        ([("anthropic.messages", 400)], ["invalid_request"]),
    ],
)
def test_recorded_failures_end_as_the_policy_says(replayed, shape, failures, outcomes):
    appliance, replay = replayed
    steps = [*failures, ("openai.chat", 200)]
    models = []
    for number, (surface, status) in enumerate(steps):
        exchange = recorded(surface, status)
        if exchange is None:
            pytest.skip(f"no recording of {surface} {status}")
        root, path, _ = replay.base_url(exchange)
        vendor = VENDORS[surface]
        name = f"r{time.monotonic_ns()}"
        base = root + path if vendor in ("openai", "groq") else root
        appliance.make_provider(name, base, vendor=vendor, api_key="replay:" + exchange["id"][-8:])
        # The one that answers has a price; the credential alone chooses the recording.
        models.append(f"{name}/{'gpt-4o-mini' if status == 200 else exchange['model'] or 'unnamed'}")
    slug = f"c{time.monotonic_ns()}"
    make_config(appliance, slug, "fallback_chain", {"models": models})
    body = {"model": f"@{slug}", "max_tokens": 50, "messages": [{"role": "user", "content": "hi"}]}
    path = "/openai/v1/chat/completions" if shape == "openai" else "/anthropic/v1/messages"
    answer = appliance.post(path, body, {"anthropic-version": "2023-06-01"})
    row = appliance.log(answer.request_id)
    assert [attempt["outcome"] for attempt in row["attempts"]] == outcomes, row["attempts"]
    assert answer.status == (200 if outcomes[-1] == "success" else 400), answer
    assert ("content" if shape == "anthropic" else "choices") in answer.json() or answer.status == 400
    assert sum(attempt["cost_usd"] for attempt in row["attempts"]) == pytest.approx(row["cost"]["total_usd"])
    if outcomes[-1] == "success":
        assert row["attempts"][-1]["price_id"] and row["cost"]["total_usd"] == row["attempts"][-1]["cost_usd"]


@pytest.fixture(scope="module")
def replayed():
    """An appliance whose providers play recordings."""
    from support.recordings import Replay

    server = Replay()
    with Appliance(mode="serve") as appliance:
        yield appliance, server
        assert appliance.alive, appliance.said()[-3000:]
    server.close()
