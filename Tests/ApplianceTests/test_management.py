"""The management listener from outside: who gets in, what it serves, and how lists read."""

import http.client
import json

import pytest

PATHS = ["/projects", "/keys", "/providers", "/logs"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("prefix", ["/manage/v1", "/api/manage/v1"])
def test_no_key_is_401(appliance, prefix, path):
    answer = appliance.admin("GET", prefix + path)
    assert (answer.status, answer.error["type"]) == (401, "authentication_error")


@pytest.mark.parametrize("path", PATHS)
def test_a_wrong_key_is_401(appliance, path):
    assert appliance.manage("GET", path, key="mlx_mk_wrong").status == 401
    assert appliance.manage("GET", path, key=appliance.key).status == 401


@pytest.mark.parametrize("path", PATHS)
def test_lists_read_alike(appliance, path):
    answer = appliance.manage("GET", path)
    assert answer.status == 200
    assert set(answer.json()) == {"data", "next_cursor", "has_more"}


def test_logs_page_by_cursor_without_gap_or_repeat(appliance):
    for _ in range(12):
        appliance.chat()
    appliance.log(appliance.chat().request_id)
    found, cursor = [], ""
    for _ in range(4):
        page = appliance.manage("GET", f"/logs?limit=3{cursor}").json()
        found += [row["request_id"] for row in page["data"]]
        assert len(page["data"]) == 3 and page["has_more"]
        cursor = f"&cursor={page['next_cursor']}"
    whole = [row["request_id"] for row in appliance.manage("GET", "/logs?limit=12").json()["data"]]
    assert found == whole and len(set(found)) == 12


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=-1", "limit=x", "limit=100000", "cursor=nonsense", "status=9xx", "start=yesterday"]
)
def test_a_query_that_does_not_read_is_refused_and_named(appliance, query):
    answer = appliance.manage("GET", f"/logs?{query}")
    assert answer.status in (400, 422) or (query == "limit=100000" and answer.status == 200)
    if answer.status != 200:
        assert query.split("=")[0] in json.dumps(answer.error)


def test_logs_are_filtered(appliance, provider):
    answer = appliance.chat(f"{provider}/gpt-4o-mini", user="filter-user", **{"mlx:tags": {"filter": "yes"}})
    refused = appliance.chat("no-such-model", user="filter-user")
    appliance.log(answer.request_id)
    appliance.log(refused.request_id)

    def ids(query):
        return {row["request_id"] for row in appliance.manage("GET", f"/logs?{query}").json()["data"]}

    assert ids("end_user=filter-user") == {answer.request_id, refused.request_id}
    assert ids("end_user=filter-user&status=4xx") == {refused.request_id}
    assert ids("end_user=filter-user&status=2xx") == {answer.request_id}
    assert ids("end_user=filter-user&error_code=unknown_model") == {refused.request_id}
    assert ids(f"end_user=filter-user&provider={provider}") == {answer.request_id}
    assert ids("end_user=filter-user&model=gpt-4o-mini") == {answer.request_id}


def test_an_unknown_request_is_404(appliance):
    answer = appliance.manage("GET", "/logs/00000000-0000-7000-8000-000000000000")
    assert (answer.status, answer.error["type"]) == (404, "not_found_error")
    assert appliance.manage("GET", "/logs/not-a-uuid").status in (400, 404)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x"},
        {"vendor": "nobody", "name": "x", "api_key": "k"},
        {"vendor": "openai", "name": "Bad Name!", "api_key": "k"},
        {"vendor": "openai", "name": "x", "api_key": ""},
        {"vendor": "openai_compatible", "name": "no-address", "api_key": "k"},
        {"vendor": "openai", "name": "x", "api_key": "k", "base_url": "ftp://a"},
        {"vendor": "openai", "name": "x", "api_key": "k", "base_url": "not a url"},
    ],
)
def test_a_provider_that_cannot_be_is_422_with_its_fields(appliance, body):
    answer = appliance.manage("POST", "/providers", body)
    assert answer.status == 422, answer
    assert answer.error["code"] == "validation_failed"
    fields = answer.error.get("fields") or answer.json().get("fields")
    assert fields and all(field["path"] and field["message"] for field in fields)


def test_two_providers_cannot_share_a_name(appliance, provider, upstream):
    answer = appliance.manage(
        "POST",
        "/providers",
        {"vendor": "openai_compatible", "name": provider, "base_url": upstream.url, "api_key": "k"},
    )
    assert answer.status in (409, 422)


@pytest.mark.parametrize("body", [b"{", b"[]", b"", b"nonsense"])
def test_a_management_body_that_is_no_object_is_400(appliance, body):
    connection = http.client.HTTPConnection("127.0.0.1", appliance.admin_port, timeout=10)
    connection.request(
        "POST",
        "/manage/v1/keys",
        body,
        {"authorization": f"Bearer {appliance.management_key}", "content-type": "application/json"},
    )
    answer = connection.getresponse()
    assert answer.status in (400, 422), answer.read()
    connection.close()


def test_a_changed_provider_is_used_from_the_next_request_on(appliance, upstream):
    made = appliance.make_provider("changing", upstream.url, api_key="first-key")
    upstream.reset()
    assert appliance.chat("changing/m", "before").status == 200
    assert appliance.manage("PATCH", f"/providers/{made['id']}", {"api_key": "second-key"}).status == 200
    assert appliance.chat("changing/m", "after").status == 200
    heads = [entry["head"] for entry in upstream.seen()]
    assert "first-key" in heads[0] and "second-key" in heads[-1]
    assert appliance.manage("DELETE", f"/providers/{made['id']}").status in (200, 204)
    assert appliance.chat("changing/m").status == 400


def test_the_description_of_the_api_is_served(appliance):
    answer = appliance.admin("GET", "/manage/v1/openapi.yaml", {"authorization": f"Bearer {appliance.management_key}"})
    assert answer.status == 200 and answer.body.startswith(b"openapi: 3")


def test_the_dashboard_is_served_with_a_strict_policy(appliance):
    answer = appliance.admin("GET", "/")
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert b"http://" not in answer.body and b"https://" not in answer.body


@pytest.mark.parametrize(
    "path",
    [
        "/..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/%252e%252e/etc/passwd",
        "/..\\..\\etc\\passwd",
        "//etc/passwd",
        "/styles/../../control.db",
        "/app.js%00.html",
        "/%c0%ae%c0%ae/etc/passwd",
        "/.git/config",
        "/control.db",
        "/admin.sock",
    ],
)
def test_only_embedded_files_are_served(appliance, path):
    answer = appliance.admin("GET", path)
    assert answer.status in (400, 404) or answer.body == appliance.admin("GET", "/").body
    assert b"root:" not in answer.body and b"SQLite" not in answer.body


def test_metrics_are_well_formed(appliance):
    text = appliance.admin("GET", "/metrics").body.decode()
    helped = {line.split()[2] for line in text.splitlines() if line.startswith("# HELP")}
    typed = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    assert typed and typed <= helped
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            float(value)
            base = name.split("{")[0]
            assert base.startswith(("modelux_", "process_"))
            assert any(
                base == known or base in (known + "_bucket", known + "_sum", known + "_count") for known in typed
            ), base
