"""Webhooks from outside: every event arrives at least once, in order, signed, whatever happens to the receiver or to us."""

import json
import shutil
import socket
import ssl
import threading
import time

import pytest

from support.appliance import Appliance
from support.certificates import Authority
from support.receiver import Receiver


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def served(fresh_appliance):
    """An appliance with a short timeout for receivers."""
    return fresh_appliance(mode="serve", environment={"MODELUX_ALERTS_TIMEOUT": "1s"})


def endpoint(appliance, url, **fields):
    answer = appliance.manage("POST", "/webhooks/endpoints", {"url": url, **fields})
    assert answer.status == 201, answer
    return answer.json()["data"]


def revoke(appliance, count=1):
    """Makes and revokes keys; gives their ids: one event each."""
    made = []
    for _ in range(count):
        key = appliance.manage("POST", "/keys", {"name": "short"}).json()["data"]["id"]
        assert appliance.manage("DELETE", f"/keys/{key}").status == 200
        made.append(key)
    return made


def subjects(receiver):
    """The keys that the taken events are about, each once, in order."""
    return list(dict.fromkeys(seen.json["data"]["id"] for seen in receiver.taken))


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", "/webhooks/endpoints"),
        ("POST", "/webhooks/endpoints"),
        ("POST", "/webhooks/endpoints/x/test"),
        ("POST", "/webhooks/endpoints/x/rotate-secret"),
        ("GET", "/webhooks/deliveries"),
        ("POST", "/webhooks/deliveries/x/replay"),
        ("POST", "/alerts/test-mail"),
        ("GET", "/alerts"),
    ],
)
def test_no_key_and_a_wrong_role_get_nowhere(appliance, method, path):
    body = None if method == "GET" else {}
    assert appliance.manage(method, path, body, key="mlx_mk_wrong").status == 401
    viewer = appliance.manage("POST", "/management-keys", {"name": "v", "role": "viewer", "rate_limit": 0})
    answer = appliance.manage(method, path, body, key=viewer.json()["data"]["secret"])
    assert answer.status == (200 if method == "GET" else 403)


def test_events_survive_a_receiver_that_is_down_cross_and_slow(served, receiver):
    made = endpoint(served, receiver.url(), event_types=["api_key.revoked"])
    keys = revoke(served, 2)
    receiver.wait_for(lambda: len(receiver.ids()) == 2)
    receiver.down()
    keys += revoke(served, 4)
    time.sleep(1)
    problems = [problem["code"] for problem in served.manage("GET", "/alerts").json()["data"]]
    assert "webhook_failing" in problems

    def behave(number):
        if number % 4 == 1:
            return 500
        if number % 4 == 2:
            time.sleep(1.6)  # longer than it may take
        return None if number % 4 == 3 else 200

    begun = len(receiver.seen)
    receiver.behave = lambda number: behave(number - begun)
    receiver.up()
    keys += revoke(served, 4)
    receiver.wait_for(lambda: subjects(receiver) == keys, 60, "every event")
    assert all(seen.signed_with(made["secret"]) for seen in receiver.seen)
    assert len(receiver.seen) > len(keys)
    receiver.behave = lambda number: 200
    served.wait_until(lambda: waiting(served) == 0, 20, "an empty queue")
    assert served.manage("GET", "/alerts").json()["data"] == []


def waiting(appliance):
    return appliance.manage("GET", "/system").json()["data"]["alerts"]["waiting"]


@pytest.mark.parametrize("ending", ["kill", "terminate"])
def test_events_survive_a_restart_in_the_middle(served, receiver, ending):
    made = endpoint(served, receiver.url(), event_types=["api_key.revoked"])
    receiver.behave = lambda number: 200 if number < 3 else 503
    keys = revoke(served, 8)
    receiver.wait_for(lambda: len(receiver.seen) >= 4)
    getattr(served, ending)()
    receiver.behave = lambda number: 200
    served.start()
    keys += revoke(served, 2)
    receiver.wait_for(lambda: subjects(receiver) == keys, 30, "every event")
    assert all(seen.signed_with(made["secret"]) for seen in receiver.seen)


def test_events_of_a_burst_arrive_in_order_and_once(served, receiver):
    endpoint(served, receiver.url(), event_types=["api_key.revoked"])
    keys = revoke(served, 40)
    receiver.wait_for(lambda: len(receiver.seen) == len(keys), 30)
    assert [seen.json["data"]["id"] for seen in receiver.seen] == keys
    assert len({seen.json["id"] for seen in receiver.seen}) == len(keys)


def test_both_secrets_sign_after_a_rotation(served, receiver):
    made = endpoint(served, receiver.url())
    rotated = served.manage("POST", f"/webhooks/endpoints/{made['id']}/rotate-secret", {}).json()["data"]
    revoke(served)
    receiver.wait_for(lambda: receiver.taken)
    seen = receiver.seen[0]
    assert len(seen.signatures) == 2
    assert seen.signed_with(made["secret"]) and seen.signed_with(rotated["secret"])
    assert "secret" not in served.manage("GET", f"/webhooks/endpoints/{made['id']}").json()["data"]


def test_the_log_tells_each_try_and_repeats_on_demand(served, receiver):
    receiver.behave = lambda number: [500, 200, 204][number]
    made = endpoint(served, receiver.url())
    revoke(served)
    receiver.wait_for(lambda: receiver.taken)
    listed = f"/webhooks/deliveries?endpoint_id={made['id']}&status=delivered"
    served.wait_until(lambda: served.manage("GET", listed).json()["data"], 10, "the log")
    delivery = served.manage("GET", listed).json()["data"][0]
    detail = served.manage("GET", f"/webhooks/deliveries/{delivery['id']}").json()["data"]
    assert [attempt["status"] for attempt in detail["attempts"]] == [500, 200]
    assert detail["event"] == receiver.seen[0].json
    again = served.manage("POST", f"/webhooks/deliveries/{delivery['id']}/replay", {})
    assert again.status == 201 and again.json()["data"]["replay_of"] == delivery["id"]
    receiver.wait_for(lambda: len(receiver.taken) == 2)
    assert receiver.seen[2].body == receiver.seen[0].body


def test_slack_gets_its_own_shape(served, receiver):
    endpoint(served, receiver.url("/services/T0/B0/x"), format="slack")
    revoke(served)
    receiver.wait_for(lambda: receiver.taken)
    message = receiver.seen[0].json
    assert set(message) == {"text", "blocks"} and "revoked" in message["text"]
    assert {block["type"] for block in message["blocks"]} == {"section"}


def test_redirects_are_not_followed(served, receiver):
    other = Receiver()
    receiver.headers = {"location": other.url()}
    receiver.behave = lambda number: 307
    made = endpoint(served, receiver.url())
    answer = served.manage("POST", f"/webhooks/endpoints/{made['id']}/test", {}).json()["data"]
    assert answer["status"] == "failed" and answer["last_status"] == 307
    assert other.seen == []
    other.close()


def test_a_receiver_that_never_answers_delays_no_request(served):
    silent = socket.create_server(("127.0.0.1", 0))
    for number in range(5):
        endpoint(served, f"http://127.0.0.1:{silent.getsockname()[1]}/{number}")
    revoke(served, 10)
    begun = time.monotonic()
    assert all(served.chat().status == 200 for _ in range(50))
    assert time.monotonic() - begun < 5
    silent.close()


@pytest.mark.parametrize(
    "url, words",
    [
        ("http://127.0.0.1:1/", "connection refused"),
        ("http://nothing.invalid/", "its name does not resolve"),
        ("https://127.0.0.1:{}/", "it does not speak TLS"),
    ],
)
def test_what_is_in_the_way_is_told_in_words(served, url, words):
    made = endpoint(served, url.format(served.proxy_port))
    answer = served.manage("POST", f"/webhooks/endpoints/{made['id']}/test", {}).json()["data"]
    assert words in answer["last_error"] and "NIO" not in answer["last_error"]


def test_an_answer_without_end_is_cut(served):
    server = socket.create_server(("127.0.0.1", 0))
    sent = []

    def serve():
        connection, _ = server.accept()
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        try:
            while len(sent) < 10_000:
                connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                sent.append(65536)
        except OSError:
            pass

    threading.Thread(target=serve, daemon=True).start()
    made = endpoint(served, f"http://127.0.0.1:{server.getsockname()[1]}/")
    answer = served.manage("POST", f"/webhooks/endpoints/{made['id']}/test", {}).json()["data"]
    assert answer["status"] == "delivered"
    assert len(answer["attempts"][0]["answer"]) <= 300
    time.sleep(0.5)
    assert sum(sent) < 64 << 20
    server.close()


def test_the_secret_and_the_address_are_in_no_file_and_no_output(served, receiver):
    made = endpoint(served, receiver.url("/services/address-canary?token=query-canary"))
    receiver.behave = lambda number: 500 if number == 0 else 200
    revoke(served)
    receiver.wait_for(lambda: receiver.taken)
    served.terminate()
    for path in served.data.rglob("*"):
        if path.is_file():
            assert made["secret"].encode() not in path.read_bytes(), path
    said = served.said()
    assert made["secret"] not in said and "canary" not in said
    assert (served.data / "alerts.db").stat().st_mode & 0o077 == 0
    assert b"canary" not in (served.data / "alerts.db").read_bytes()


def test_the_command_line_does_it_all(served, receiver):
    def run(*arguments):
        done = served.run("webhooks", *arguments, "--json")
        assert done.returncode == 0, done
        return json.loads(done.stdout)

    made = run("create", receiver.url(), "--name", "ops", "--event-type", "api_key.revoked")
    assert made["secret"].startswith("mlx_wh_") and made["event_types"] == ["api_key.revoked"]
    assert run("test", made["id"])["status"] == "delivered"
    assert receiver.seen[0].json["type"] == "webhook.test"
    receiver.behave = lambda number: 400
    refused = served.run("webhooks", "test", made["id"], "--json")
    assert refused.returncode == 1 and "400" in refused.stderr
    receiver.behave = lambda number: 200
    revoke(served)
    receiver.wait_for(lambda: len(receiver.taken) == 2)
    served.wait_until(lambda: len(run("deliveries", "--status", "delivered")) == 2, 10, "the log")
    delivery = run("deliveries", "--status", "delivered")[0]
    assert run("delivery", delivery["id"])["event"]["type"] == "api_key.revoked"
    assert run("replay", delivery["id"])["replay_of"] == delivery["id"]
    assert run("rotate-secret", made["id"])["secret"] != made["secret"]
    assert run("disable", made["id"])["enabled"] is False and run("enable", made["id"])["enabled"] is True
    assert [one["id"] for one in run("list")] == [made["id"]]
    assert len(run("event-types")) == 10
    assert run("delete", made["id"])["deleted"] is True and run("list") == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command on this machine")
def test_nothing_is_sent_before_a_valid_handshake(tmp_path, fresh_appliance):
    ours, other = Authority(tmp_path / "ours"), Authority(tmp_path / "other", "somebody else")
    served = fresh_appliance(mode="serve", environment={"MODELUX_ALERTS_CA_FILE": str(ours.certificate)})
    for authority, name, trouble in [
        (ours, "IP:127.0.0.1", None),
        (ours, "DNS:elsewhere.example", "another name"),
        (other, "IP:127.0.0.1", "not trusted"),
    ]:
        works = trouble is None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.issue(f"receiver-{name.replace(':', '-')}-{works}", hosts=name))
        receiver = Receiver(tls=context)
        made = endpoint(served, receiver.url())
        answer = served.manage("POST", f"/webhooks/endpoints/{made['id']}/test", {}).json()["data"]
        assert answer["status"] == ("delivered" if works else "failed"), answer
        assert works or trouble in answer["last_error"], answer
        assert len(receiver.seen) == (1 if works else 0)
        receiver.close()
