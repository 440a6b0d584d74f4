"""Asks for recorded answers of every provider through the executable, from either surface."""

import json
import urllib.parse

# Surface of the recording -> (dialect, vendor)
SURFACES = {
    "openai.chat": ("openai", "openai"),
    "groq.chat": ("openai", "groq"),
    "fireworks.chat": ("openai", "fireworks"),
    "azure.chat": ("openai", "azure"),
    "azure.ai-inference-chat": ("openai", "openai_compatible"),
    "compat.chat": ("openai", "openai_compatible"),
    "gemini.openai-chat": ("openai", "openai_compatible"),
    "bedrock.mantle-chat": ("openai", "openai_compatible"),
    "anthropic.messages": ("anthropic", "anthropic"),
    "compat.anthropic-messages": ("anthropic", "anthropic"),
    "azure.anthropic-messages": ("anthropic", "azure"),
    "gemini.generateContent": ("gemini", "google"),
    "gemini.streamGenerateContent": ("gemini", "google"),
    "vertex.generateContent": ("gemini", "google"),
    "vertex.streamGenerateContent": ("gemini", "google"),
    "bedrock.converse": ("bedrock", "bedrock"),
    "bedrock.converse-stream": ("bedrock", "bedrock"),
}

PATHS = {"openai": "/openai/v1/chat/completions", "anthropic": "/anthropic/v1/messages"}
TAILS = ("/chat/completions", "/v1/messages")


class Play:
    """Asks for recorded answers through the executable, from either surface."""

    def __init__(self, appliance, replay):
        self.appliance, self.replay, self.providers = appliance, replay, {}

    def provider(self, exchange):
        dialect, vendor = SURFACES[exchange["surface"]]
        path = urllib.parse.unquote(urllib.parse.urlsplit(exchange["request"]["url"]).path)
        root = f"http://127.0.0.1:{self.replay.port}/@{exchange['provider']}"
        fields = {}
        if vendor == "azure":
            path = path.partition("/openai/")[0].partition("/anthropic/")[0]
            if "/openai/deployments/" in exchange["request"]["url"]:
                fields = {"api_version": "2024-10-21"}
        elif dialect in ("openai", "anthropic"):
            path = next((path[: -len(tail)] for tail in TAILS if path.endswith(tail)), path)
        elif "/publishers/" in path:
            path = path.partition("/models/")[0]
        else:
            path = ""
        key = (vendor, root + path, json.dumps(fields))
        if key not in self.providers:
            name = f"t{self.replay.port}-{len(self.providers)}"
            secret = "replay::secret::us-east-1" if vendor == "bedrock" else "replay:none"
            # What was blacked out in a recorded path may not stand in an address as it is.
            self.appliance.make_provider(name, root + urllib.parse.quote(path), vendor=vendor, api_key=secret, **fields)
            self.providers[key] = name
        return self.providers[key]

    def model(self, exchange):
        """The recorded model at the provider that plays it."""
        body = exchange["request"]["body"] or {}
        model = exchange["model"] or body.get("model") or "recorded"
        if SURFACES[exchange["surface"]][1] == "azure" and "claude" in exchange["surface"]:
            model = "claude-" + model
        return f"{self.provider(exchange)}/{model}"

    @staticmethod
    def headers(exchange):
        """What names the recorded answer: the provider's credential."""
        return {"X-Modelux-Provider-Key": "replay:" + exchange["id"][-8:]}

    def ask(self, exchange, surface):
        """A short question of that surface; the credential names the recorded answer."""
        question = {
            "model": self.model(exchange),
            "stream": exchange["stream"],
            "max_tokens": 64,
            "messages": [{"role": "user", "content": "hi"}],
        }
        if surface == "openai" and exchange["stream"]:
            question["stream_options"] = {"include_usage": True}
        headers = {**self.headers(exchange), "anthropic-version": "2023-06-01"}
        return self.appliance.post(PATHS[surface], json.dumps(question).encode(), headers=headers)
