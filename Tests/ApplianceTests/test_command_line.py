"""The command line: what each command prints as JSON, and the exit status of each way to fail."""

import json
import subprocess

import pytest

from support.appliance import Appliance
from support.paths import BINARY


def run(*words):
    return subprocess.run([str(BINARY), *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)


def parsed(appliance, *words):
    made = appliance.run(*words, "--json")
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def test_demo_prints_one_line_of_json_when_it_is_ready(appliance):
    assert set(appliance.info) == {"proxy_url", "admin_url", "dashboard_url", "api_key", "management_key", "pid"}
    assert appliance.info["pid"] == appliance.pid
    assert appliance.info["proxy_url"].endswith(str(appliance.proxy_port))
    assert appliance.info["admin_url"].endswith(str(appliance.admin_port))
    assert appliance.info["api_key"].startswith("mlx_sk_") and appliance.info["management_key"].startswith("mlx_mk_")


def test_the_demos_own_keys_have_no_limits(fresh_appliance):
    appliance = fresh_appliance()
    assert {appliance.chat().status for _ in range(700)} == {200}
    assert {appliance.manage("GET", "/projects").status for _ in range(80)} == {200}


def test_the_demo_has_sample_traffic(appliance):
    rows = appliance.manage("GET", "/logs?limit=200").json()["data"]
    assert len(rows) > 20


def test_version():
    told = json.loads(run("version", "--json").stdout)
    assert told["version"].count(".") == 2
    assert told["version"] in run("version").stdout and told["version"] in run("--version").stdout


def test_status_tells_whether_it_serves(appliance):
    assert parsed(appliance, "status")["version"]
    assert appliance.run("status").returncode == 0


def test_without_a_server_status_is_69(tmp_path):
    made = run("status", "--data", str(tmp_path))
    assert made.returncode == 69 and str(tmp_path) in made.stderr


@pytest.mark.parametrize(
    "words",
    [["nonsense"], ["keys", "create"], ["logs", "show"], ["logs", "show", "not-a-uuid"], ["serve", "--nonsense"]],
)
def test_wrong_usage_is_64(words):
    assert run(*words).returncode == 64


def test_help_names_every_command():
    text = run("--help").stdout
    for command in ("serve", "demo", "status", "projects", "providers", "keys", "logs", "version"):
        assert command in text


def test_projects(appliance):
    slugs = {project["slug"] for project in parsed(appliance, "projects", "list")}
    assert "demo" in slugs


def test_a_fresh_server_has_the_project_default(fresh_appliance):
    appliance = fresh_appliance(mode="serve")
    assert "default" in {project["slug"] for project in parsed(appliance, "projects", "list")}
    assert appliance.chat().status == 200


def test_keys_from_first_to_last(fresh_appliance):
    appliance = fresh_appliance(mode="serve")
    made = parsed(appliance, "keys", "create", "--project", "default", "--name", "command line", "--rate-limit", "0")
    assert made["secret"].startswith("mlx_sk_") and made["id"].startswith("key_")
    assert appliance.chat(key=made["secret"]).status == 200
    listed = parsed(appliance, "keys", "list")
    assert made["id"] in {key["id"] for key in listed} and made["secret"] not in json.dumps(listed)
    assert appliance.run("keys", "revoke", made["id"]).returncode == 0
    assert appliance.chat(key=made["secret"]).status == 401


def test_providers_and_logs(appliance, provider):
    assert provider in {row["name"] for row in parsed(appliance, "providers", "list")}
    answer = appliance.chat(f"{provider}/gpt-4o-mini", "command line", headers={"X-Modelux-Trace-Id": "cli-trace"})
    assert appliance.log(answer.request_id)
    shown = parsed(appliance, "logs", "show", answer.request_id)
    assert shown["request_id"] == answer.request_id and shown["attempts"]
    found = parsed(appliance, "logs", "search", "trace_id=cli-trace")
    assert [row["request_id"] for row in found] == [answer.request_id]


def test_a_data_directory_in_use_is_75(fresh_appliance):
    appliance = fresh_appliance(mode="serve")
    made = subprocess.run(
        [str(BINARY), "serve", "--data", str(appliance.data), "--proxy", "127.0.0.1:0", "--admin", "127.0.0.1:0"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert made.returncode == 75 and str(appliance.data) in made.stderr
    assert appliance.chat().status == 200


def test_a_port_in_use_is_71_and_named(appliance, tmp_path):
    made = run(
        "serve",
        "--data",
        str(tmp_path / "data"),
        "--proxy",
        f"127.0.0.1:{appliance.proxy_port}",
        "--admin",
        "127.0.0.1:0",
    )
    assert made.returncode == 71 and str(appliance.proxy_port) in made.stderr


@pytest.mark.parametrize(
    "setting, names",
    [("proxy.adress=1", "proxy.address"), ("proxy.body_limit=lots", "body_limit"), ("nonsense", "nonsense")],
)
def test_a_setting_that_cannot_be_is_78_and_named(tmp_path, setting, names):
    made = run("serve", "--data", str(tmp_path), "--set", setting)
    assert made.returncode in (64, 78) and names in made.stderr


def test_serve_prints_a_sign_in_link_at_its_first_start_only(fresh_appliance):
    appliance = fresh_appliance(mode="serve")
    assert "setup" in appliance.said() or "sign" in appliance.said()
    again = appliance.run("setup-link")
    assert again.returncode == 0 and "http" in again.stdout


def test_providers_from_the_environment_are_there_and_read_only(upstream):
    environment = {"OPENAI_API_KEY": "environment-key", "OPENAI_BASE_URL": upstream.url}
    with Appliance(mode="serve", environment=environment) as appliance:
        upstream.reset()
        assert appliance.chat("gpt-4o-mini", "by the environment").status == 200
        assert appliance.chat("openai/gpt-4o-mini", "by the environment").status == 200
        assert "Bearer environment-key" in upstream.seen()[0]["head"]
        made = {row["name"]: row for row in appliance.manage("GET", "/providers").json()["data"]}["openai"]
        assert "environment-key" not in json.dumps(made)
        assert appliance.manage("DELETE", f"/providers/{made['id']}").status in (403, 409, 422)
