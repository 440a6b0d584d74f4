"""The recorded provider traffic beside the clone, and the replay upstream that plays it."""

import http.client
import importlib.util
import json
import subprocess
import sys
import time
import urllib.parse

from .paths import RECORDINGS, free_port

# Surfaces whose body is OpenAI's chat shape, with the vendor that speaks to them and the end of the recorded path
# that the vendor adds by itself.
CHAT = {
    "openai.chat": "openai",
    "groq.chat": "groq",
    "fireworks.chat": "fireworks",
    "azure.chat": "azure",
    "azure.ai-inference-chat": "openai_compatible",
    "compat.chat": "openai_compatible",
    "gemini.openai-chat": "openai_compatible",
    "bedrock.mantle-chat": "openai_compatible",
}
EMBEDDINGS = {
    "openai.embeddings": "openai",
    "fireworks.embeddings": "fireworks",
    "azure.embeddings": "azure",
}


def load(surfaces, folder=None):
    """The exchanges of these surfaces, or nothing where there are no recordings."""
    found = []
    for path in sorted((folder or RECORDINGS / "dev").glob("*.json")):
        exchange = json.loads(path.read_text(encoding="utf-8"))
        if exchange.get("surface") in surfaces:
            found.append(exchange)
    return found


def reported_usage():
    """What each provider reported for each exchange, by the oracle that lies beside the recordings."""
    spec = importlib.util.spec_from_file_location("check_cost", RECORDINGS / "check_cost.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Replay:
    """The recorded upstream as a process."""

    def __init__(self, *arguments, folder=None):
        self.port = free_port()
        self.process = subprocess.Popen(
            [
                sys.executable,
                str(RECORDINGS / "replay_upstream.py"),
                "--dir",
                str(folder or RECORDINGS / "dev"),
                "--port",
                str(self.port),
                *map(str, arguments),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 15
        while True:
            try:
                self.ask("GET", "/__replay/index")
                return
            except OSError:
                assert time.monotonic() < deadline, "the replay upstream did not start"
                time.sleep(0.05)

    def ask(self, method, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path)
        data = json.loads(connection.getresponse().read())
        connection.close()
        return data

    def reset(self):
        self.ask("POST", "/__replay/reset")

    def seen(self):
        """The requests that it got since the last reset."""
        return [entry for entry in self.ask("GET", "/__replay/log") if "path" in entry]

    def base_url(self, exchange):
        """The base URL under which the exchange's recorded path comes out again, and the API version to configure."""
        url = urllib.parse.urlsplit(exchange["request"]["url"])
        root = f"http://127.0.0.1:{self.port}/@{exchange['provider']}"
        version = urllib.parse.parse_qs(url.query).get("api-version", [None])[0]
        path = urllib.parse.unquote(url.path)
        for tail in ("/chat/completions", "/embeddings"):
            if path.endswith(tail):
                path = path[: -len(tail)]
        return root, path, version

    def close(self):
        self.process.kill()
        self.process.wait()
