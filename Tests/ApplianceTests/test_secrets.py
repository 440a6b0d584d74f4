"""Planted secrets: used, refused, failed, rotated, and then searched for in everything that was written."""

import base64
import gzip
import json
import sqlite3
import time

import pytest

from support.appliance import Appliance
from support.upstream import wish

PROVIDER = "canary-provider-key-51f0c7e2d94b"
ROTATED = "canary-rotated-key-a8830b77c1de"
OWN = "canary-byo-key-0d9f6614b3aa"


def forms(secret):
    """The ways in which a secret could have been written down."""
    plain = secret.encode()
    found = {plain, secret.encode("utf-16-le"), plain.hex().encode()}
    for offset in range(3):
        whole = base64.b64encode(b"x" * offset + plain)
        # The first and last groups depend on their neighbours.
        found.add(whole[4 if offset else 0 : len(whole) - 4])
    return found


def contents(appliance):
    """(name, bytes) of every file of the data directory, with compressed columns opened, and of the output."""
    yield "output", appliance.output.read_bytes()
    for path in sorted(appliance.data.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        yield str(path.relative_to(appliance.data)), data
        if path.suffix == ".gz":
            yield f"{path.name} opened", gzip.decompress(data)


@pytest.fixture(scope="module")
def canaries(upstream):
    """An appliance through whose hands every kind of secret has gone."""
    with Appliance(environment={"MODELUX_LOG_LEVEL": "trace"}) as appliance:
        made = appliance.make_provider("canary", upstream.url, api_key=PROVIDER)
        key = appliance.make_key("canary")
        answers = []
        for stream in (False, True):
            for secret, headers in ((PROVIDER, {}), (OWN, {"X-Modelux-Provider-Key": OWN})):
                echoes = [
                    wish(
                        "status",
                        status=status,
                        body=json.dumps({"error": {"message": f"bad key {secret}", "type": "t", "code": None}}),
                    )
                    for status in (400, 401, 404, 429, 500)
                ]
                texts = [
                    "plain",
                    *echoes,
                    wish("reset"),
                    wish("status", status=500, body=f"<html>{secret}</html>", kind="text/html"),
                ]
                answers += [appliance.chat("canary/m", text, key=key, stream=stream, headers=headers) for text in texts]
        appliance.manage("PATCH", f"/providers/{made['id']}", {"api_key": ROTATED})
        answers.append(appliance.chat("canary/m", "after the rotation", key=key))
        appliance.chat("canary/m", "a wrong key", key=key + "x")
        appliance.manage("GET", "/keys", key=appliance.management_key + "x")
        management = [
            appliance.manage("GET", path)
            for path in ("/providers", "/keys", "/logs", "/projects", f"/providers/{made['id']}")
        ]
        metrics = appliance.admin("GET", "/metrics")
        listed = [
            appliance.run(*words, "--json").stdout
            for words in (("providers", "list"), ("keys", "list"), ("logs", "search"), ("status",))
        ]
        time.sleep(1.5)
        appliance.kill()
        yield appliance, key, answers, management, metrics, listed


def test_no_secret_is_on_disk_or_in_the_output(canaries):
    appliance, key, *_ = canaries
    hits = []
    secrets = {
        "provider key": PROVIDER,
        "rotated key": ROTATED,
        "caller's own key": OWN,
        "project key": key,
        "management key": appliance.management_key,
    }
    files = list(contents(appliance))
    for what, secret in secrets.items():
        for form in forms(secret):
            hits += [f"{what} in {name}" for name, data in files if form in data]
    assert not hits, hits
    assert len(files) > 4


def test_no_secret_comes_back_in_an_answer(canaries):
    appliance, key, answers, management, metrics, listed = canaries
    for answer in answers:
        assert key.encode() not in answer.body
    for text in [answer.body.decode() for answer in management] + [metrics.body.decode()] + listed:
        for secret in (PROVIDER, ROTATED, OWN, key, appliance.management_key):
            assert secret not in text


def test_the_providers_key_is_scrubbed_from_what_the_provider_echoes(canaries):
    _, _, answers, *_ = canaries
    assert not [answer for answer in answers if PROVIDER.encode() in answer.body]


def test_the_command_line_and_environment_show_no_secret(appliance):
    for name in ("cmdline", "environ"):
        data = open(f"/proc/{appliance.pid}/{name}", "rb").read()
        assert appliance.key.encode() not in data and b"up-test-key" not in data


def test_key_files_and_data_are_private(appliance):
    assert appliance.data.stat().st_mode & 0o077 == 0
    for path in appliance.data.rglob("*"):
        if path.is_file() or path.is_socket():
            assert path.stat().st_mode & 0o077 == 0, path


def test_sealed_rows_are_ciphertext_in_the_file(appliance, provider):
    with sqlite3.connect(f"file:{appliance.data / 'control.db'}?mode=ro", uri=True) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            for row in connection.execute(f'SELECT * FROM "{name}"'):
                assert "up-test-key" not in repr(row)
    connection.close()
