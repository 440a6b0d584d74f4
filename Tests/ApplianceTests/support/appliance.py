"""The executable under test: started, talked to over real sockets, watched through /proc."""

import dataclasses
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

from .paths import BINARY, free_port


@dataclasses.dataclass
class Answer:
    """One HTTP answer: names of headers in lower case, the body as it came."""

    status: int
    headers: dict
    body: bytes

    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """The `error` object of an OpenAI-shaped error body."""
        return self.json()["error"]

    @property
    def request_id(self):
        return self.headers["x-modelux-request-id"]

    def events(self):
        """The stream's events, each with the blank line that ends it."""
        parts = self.body.split(b"\n\n")
        return [part + b"\n\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])

    def chunks(self):
        """The JSON of the stream's data events, without `[DONE]`."""
        found = []
        for event in self.events():
            for line in event.split(b"\n"):
                if line.startswith(b"data:") and line[5:].strip() != b"[DONE]":
                    found.append(json.loads(line[5:]))
        return found


class UnixConnection(http.client.HTTPConnection):
    """HTTP over the socket that the local command line uses."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def exchange(connection, method, path, body, headers):
    """One request and its whole answer on a connection."""
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    data = answer.read()
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, data)


class Appliance:
    """`modelux demo` or `modelux serve` in a data directory of its own."""

    def __init__(self, mode="demo", data=None, environment=None, arguments=(), prefix=(), wait=30, tls=None):
        self.mode = mode
        self.owns_data = data is None
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="mlx-test-"))
        self.environment = dict(environment or {})
        self.arguments = list(arguments)
        self.prefix = list(prefix)
        self.tls = tls
        self.output = self.data.parent / (self.data.name + ".output")
        self.management_key = None
        self.key = None
        self.process = None
        self.ready_seconds = None
        self.start(wait)

    def start(self, wait=30):
        """Starts the process and waits until it says that it is ready."""
        self.proxy_port, self.admin_port = free_port(), free_port()
        command = self.prefix + [
            str(BINARY),
            self.mode,
            "--data",
            str(self.data),
            "--proxy",
            f"127.0.0.1:{self.proxy_port}",
            "--admin",
            f"127.0.0.1:{self.admin_port}",
            *self.arguments,
        ]
        if self.mode == "demo":
            command.append("--json")
        inherited = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
        begun = time.monotonic()
        with open(self.output, "ab") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if self.mode == "demo" else output,
                stderr=output,
                env={**inherited, "NO_COLOR": "1", **self.environment},
                start_new_session=True,
            )
        if self.mode == "demo":
            self.info = json.loads(self.first_line(begun + wait))
            self.key, self.management_key = self.info["api_key"], self.info["management_key"]
        else:
            self.wait_until(lambda: self.healthy(), wait, "readiness")
        self.ready_seconds = time.monotonic() - begun
        if self.mode == "serve" and self.key is None:
            self.key = self.make_key("test")

    def first_line(self, deadline):
        """The JSON line that `demo` prints once ready; what else it says stays in the output file."""
        timer = threading.Timer(max(0.1, deadline - time.monotonic()), self.kill)
        timer.start()
        try:
            for line in self.process.stdout:
                if line.startswith(b"{"):
                    return line
                with open(self.output, "ab") as output:
                    output.write(line)
            raise AssertionError(f"ended with {self.process.wait()} before it was ready:\n{self.said()[-2000:]}")
        finally:
            timer.cancel()

    def healthy(self):
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode} before it was ready:\n{self.said()[-2000:]}")
        try:
            return self.request("GET", "/readyz", timeout=2).status == 200
        except OSError:
            return False

    def said(self):
        """Everything it wrote to its output."""
        return self.output.read_text(errors="replace") if self.output.exists() else ""

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        """Death without warning, as by the kernel."""
        if self.alive:
            self.process.kill()
        self.process.wait(20)
        if self.process.stdout:
            self.process.stdout.close()

    def terminate(self, wait=30):
        """A polite stop; gives the exit status."""
        if self.alive:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(wait)

    def close(self):
        """Ends it and removes what it left."""
        self.kill()
        if self.owns_data:
            shutil.rmtree(self.data, ignore_errors=True)
            self.output.unlink(missing_ok=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Talking to it.

    @property
    def base_url(self):
        """What an OpenAI SDK gets as `base_url`."""
        return f"http://127.0.0.1:{self.proxy_port}/openai/v1"

    def connection(self, timeout=20):
        if self.tls:
            return http.client.HTTPSConnection("127.0.0.1", self.proxy_port, timeout=timeout, context=self.tls)
        return http.client.HTTPConnection("127.0.0.1", self.proxy_port, timeout=timeout)

    def request(self, method, path, body=None, headers=None, timeout=20):
        """A bare request to the inference listener: no key, no content type unless given."""
        connection = self.connection(timeout)
        try:
            return exchange(connection, method, path, body, headers or {})
        finally:
            connection.close()

    def post(self, path, body, headers=None, key=None, timeout=20):
        """A JSON request with a project key; `body` may be bytes that are sent as they are."""
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        sent = {"content-type": "application/json", "authorization": f"Bearer {key or self.key}", **(headers or {})}
        return self.request("POST", path, data, sent, timeout)

    def chat(
        self,
        model="sandbox/echo",
        text="hello",
        headers=None,
        key=None,
        path="/openai/v1/chat/completions",
        timeout=20,
        **fields,
    ):
        """One chat completion."""
        body = {"model": model, "messages": [{"role": "user", "content": text}], **fields}
        return self.post(path, body, headers, key, timeout)

    def manage(self, method, path, body=None, key=None, timeout=20):
        """A management call: by key over TCP if there is one, else over the local socket."""
        headers = {"content-type": "application/json"}
        data = None if body is None else json.dumps(body)
        if key or self.management_key:
            headers["authorization"] = f"Bearer {key or self.management_key}"
            connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=timeout)
        else:
            connection = UnixConnection(str(self.data / "admin.sock"), timeout)
        try:
            return exchange(connection, method, "/manage/v1" + path, data, headers)
        finally:
            connection.close()

    def admin(self, method, path, headers=None, timeout=20):
        """A bare request to the management listener."""
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=timeout)
        try:
            return exchange(connection, method, path, None, headers or {})
        finally:
            connection.close()

    def run(self, *arguments, timeout=30, environment=None):
        """One command of the command line against this data directory."""
        return subprocess.run(
            [str(BINARY), *arguments, "--data", str(self.data)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, **(environment or {})},
        )

    def project(self):
        """The id of the first project."""
        return self.manage("GET", "/projects").json()["data"][0]["id"]

    def make_key(self, name, **fields):
        """A project key without a rate limit, unless `fields` sets one; gives the secret."""
        answer = self.manage("POST", "/keys", {"project_id": self.project(), "name": name, "rate_limit": 0, **fields})
        assert answer.status in (200, 201), answer
        made = answer.json()
        return (made.get("data") or made)["secret"]

    def make_provider(self, name, base_url, vendor="openai_compatible", api_key="up-test-key", **fields):
        """A provider that points at one of our upstreams."""
        answer = self.manage(
            "POST", "/providers", {"vendor": vendor, "name": name, "base_url": base_url, "api_key": api_key, **fields}
        )
        assert answer.status in (200, 201), answer
        return answer.json().get("data") or answer.json()

    def log(self, request_id, seconds=5.0, settled=True):
        """The log's detail of one request, as soon as it can be read; None if it does not appear."""
        deadline = time.monotonic() + seconds
        while True:
            answer = self.manage("GET", f"/logs/{request_id}")
            if answer.status == 200:
                return answer.json()["data"]
            if time.monotonic() > deadline:
                return None
            time.sleep(0.05)

    # Watching it.

    def memory_mb(self):
        """Resident megabytes."""
        return self.status_field("VmRSS") / 1024

    def status_field(self, name):
        for line in open(f"/proc/{self.pid}/status"):
            if line.startswith(name + ":"):
                return int(line.split()[1])
        raise KeyError(name)

    def cpu_seconds(self):
        fields = open(f"/proc/{self.pid}/stat").read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    @staticmethod
    def wait_until(condition, seconds, what):
        """Polls until the condition holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
            time.sleep(0.02)


def path_of(url):
    return urllib.parse.urlsplit(url).path
