"""Mail through a real mail server: TLS, sign-in, both parts, and nothing sent where it should not go."""

import shutil
import ssl
import subprocess

import pytest

from support.certificates import Authority
from support.mailbox import PASSWORD, USER, Mailbox

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command on this machine")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("mail-ca"))


def context(authority, name="mail", **options):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*authority.issue(name, **options))
    return made


@pytest.fixture
def password(tmp_path):
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def boxes():
    made = []
    yield made
    for box in made:
        box.close()


def serve(fresh_appliance, box, authority, password, **more):
    environment = box.settings(password, MODELUX_ALERTS_CA_FILE=str(authority.certificate), **more)
    return fresh_appliance(mode="serve", environment={**environment, "MODELUX_ALERTS_TIMEOUT": "3s"})


def send(appliance, to="ops@example.org"):
    answer = appliance.manage("POST", "/alerts/test-mail", {"to": to})
    assert answer.status == 200, answer
    return answer.json()["data"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_mail_arrives_under_tls_with_both_parts(fresh_appliance, authority, password, boxes, security, mechanism):
    box = Mailbox(context(authority), security, mechanisms=[mechanism])
    boxes.append(box)
    appliance = serve(fresh_appliance, box, authority, password)
    outcome = send(appliance)
    assert outcome["status"] == "delivered", outcome
    (envelope, message, session), = box.mails
    assert box.mechanisms == [mechanism]
    assert envelope.mail_from == "modelux@example.com" and envelope.rcpt_tos == ["ops@example.org"]
    assert message["to"] == "ops@example.org" and "modelux@example.com" in message["from"]
    assert message["subject"] == "[modelux] This is a test of the alerts"
    assert message["message-id"] == f"<{outcome['id']}@example.com>" and message["date"]
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert "test of the alerts" in plain.get_content() and "<table" in html.get_content()
    assert outcome["event_id"] in plain.get_content() and outcome["event_id"] in html.get_content()
    assert PASSWORD not in appliance.said() and USER not in appliance.said()


def test_a_wrong_password_is_told_without_showing_it(fresh_appliance, authority, password, boxes):
    box = Mailbox(context(authority))
    boxes.append(box)
    password.write_text("wrong-canary-password")
    appliance = serve(fresh_appliance, box, authority, password)
    outcome = send(appliance)
    assert outcome["status"] == "failed" and outcome["last_status"] == 535
    assert box.mails == [] and "canary" not in str(outcome) and "canary" not in appliance.said()
    password.write_text(PASSWORD)
    assert send(appliance)["status"] == "delivered", "a new password needs no restart"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_nothing_goes_to_a_server_that_cannot_prove_its_name(
    fresh_appliance, authority, password, boxes, tmp_path, security
):
    other = Authority(tmp_path / "other", "somebody else")
    for maker, name, hosts in [(other, "unknown", "DNS:localhost"), (authority, "elsewhere", "DNS:elsewhere.example")]:
        box = Mailbox(context(maker, name, hosts=hosts), security)
        boxes.append(box)
        outcome = send(serve(fresh_appliance, box, authority, password))
        assert outcome["status"] == "failed" and "TLS" in outcome["last_error"], outcome
        assert box.mails == [] and box.mechanisms == []


def test_a_server_without_starttls_gets_no_password(fresh_appliance, authority, password, boxes):
    box = Mailbox(security="none")
    boxes.append(box)
    box.security = "starttls"
    outcome = send(serve(fresh_appliance, box, authority, password))
    assert "STARTTLS" in outcome["last_error"] and box.mails == [] and box.mechanisms == []


def test_a_local_server_needs_no_tls(fresh_appliance, authority, password, boxes):
    box = Mailbox(security="none")
    boxes.append(box)
    assert send(serve(fresh_appliance, box, authority, password))["status"] == "delivered"
    assert len(box.mails) == 1


@pytest.mark.parametrize("reply, code", [("554 no", 554), ("451 later", 451)])
def test_a_refusal_is_told(fresh_appliance, authority, password, boxes, reply, code):
    box = Mailbox(security="none")
    boxes.append(box)
    box.refuse = reply
    outcome = send(serve(fresh_appliance, box, authority, password))
    assert outcome["status"] == "failed" and outcome["last_status"] == code


@pytest.mark.parametrize("address", ["", "nobody", "a@b\r\nBcc: x@y.example", "a b@c.example", 5])
def test_an_address_that_is_none_is_refused(appliance, address):
    assert appliance.manage("POST", "/alerts/test-mail", {"to": address}).status == 422


def test_without_a_mail_server_the_reason_is_told(appliance):
    answer = appliance.manage("POST", "/alerts/test-mail", {"to": "a@b.example"})
    assert answer.status == 409 and "mail.host" in answer.error["message"]


def test_wrong_mail_settings_stop_the_start(tmp_path):
    from support.paths import BINARY

    for setting, word in [
        ("mail.host=mx.example.com", "mail.from"),
        ("mail.from=nobody", "mail.from"),
        ("mail.security=maybe", "starttls"),
    ]:
        done = subprocess.run(
            [BINARY, "serve", "--data", str(tmp_path), "--set", setting], capture_output=True, text=True, timeout=20
        )
        assert done.returncode == 78 and word in done.stderr
