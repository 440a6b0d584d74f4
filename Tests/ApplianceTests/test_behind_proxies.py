"""The smuggling corpus again, through nginx and haproxy in front: whatever they make of a doubtful request, the provider
sees at most the one that was plainly sent."""

import shutil
import subprocess

import pytest

from support.paths import free_port
from support.raw import Raw, statuses
from test_hostile_requests import FRAMINGS, plain_body, request, smuggled

NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream behind {{ server 127.0.0.1:{behind}; keepalive 4; }}
  server {{
    listen 127.0.0.1:{port}; ignore_invalid_headers off; underscores_in_headers on;
    location / {{ proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_request_buffering off; }}
  }}
}}
"""
HAPROXY = """
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
  option http-keep-alive
  http-reuse always
listen front
  bind 127.0.0.1:{port}
  option accept-invalid-http-request
  server behind 127.0.0.1:{behind}
"""
FRONTS = {
    "nginx": (shutil.which("nginx", path="/usr/sbin:/usr/bin"), NGINX, ["-c", "{file}", "-p", "{folder}"]),
    "haproxy": (shutil.which("haproxy", path="/usr/sbin:/usr/bin"), HAPROXY, ["-f", "{file}"]),
}


@pytest.fixture(scope="module", params=FRONTS)
def front(request, appliance, tmp_path_factory):
    """The port of a proxy in front of the appliance."""
    program, text, arguments = FRONTS[request.param]
    if program is None:
        pytest.skip(f"no {request.param} on this machine")
    folder, port = tmp_path_factory.mktemp(request.param), free_port()
    file = folder / "proxy.conf"
    file.write_text(text.format(folder=folder, port=port, behind=appliance.proxy_port))
    process = subprocess.Popen(
        [program, *(argument.format(file=file, folder=folder) for argument in arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def answers():
        try:
            Raw(port).close()
            return True
        except OSError:
            return False

    appliance.wait_until(answers, 10, request.param)
    yield port
    process.terminate()
    process.wait(10)


def through(port, data):
    with Raw(port) as raw:
        try:
            raw.send(data)
        except OSError:
            pass
        return raw.read_until_closed(1.5)


def test_an_ordinary_request_passes(front, appliance, provider):
    answer, _ = through(
        front, request(appliance, "outer", f"Content-Length: {len(plain_body('outer'))}", "Connection: close")
    )
    assert statuses(answer) == [200]


@pytest.mark.parametrize("name", FRAMINGS)
def test_nothing_is_smuggled_past_a_proxy(front, appliance, provider, upstream, name):
    upstream.reset()
    fields, make = FRAMINGS[name]
    hidden = smuggled(appliance)
    through(front, request(appliance, "outer", *fields, body=make(plain_body("outer"), hidden)))
    # A proxy may read the framing one way and pass on two clean requests: then it has split them itself, and what we
    # see is plain. What must not be is that we read more requests in its bytes than it sent.
    seen = [entry["body"] for entry in upstream.seen()]
    assert len([body for body in seen if "outer" in body]) <= 1
    assert len([body for body in seen if "smuggled" in body]) <= 1
    # The connection between proxy and appliance still carries one answer for one request.
    answer, _ = through(
        front, request(appliance, "after", f"Content-Length: {len(plain_body('after'))}", "Connection: close")
    )
    assert statuses(answer) == [200]
    assert [body for body in (entry["body"] for entry in upstream.seen()) if "after" in body]
