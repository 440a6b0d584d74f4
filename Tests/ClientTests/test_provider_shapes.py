"""What goes out to Google and AWS, judged by the vendors' own descriptions of their APIs: google-genai and botocore."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

ANSWERS = {
    "generateContent": {
        "candidates": [{"content": {"role": "model", "parts": [{"text": "ok"}]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 1, "totalTokenCount": 6},
    },
    "converse": {
        "output": {"message": {"role": "assistant", "content": [{"text": "ok"}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 5, "outputTokens": 1, "totalTokens": 6},
    },
}
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
    "required": ["city"],
    "additionalProperties": False,
}
RICH = {
    "max_tokens": 100,
    "temperature": 0.5,
    "top_p": 0.9,
    "stop": ["END"],
    "tool_choice": "auto",
    "tools": [{"type": "function", "function": {"name": "weather", "description": "of a city", "parameters": SCHEMA}}],
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "And?"}, {"type": "image_url", "image_url": {"url": ""}}]},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Paris"}'}},
                {"id": "call_2", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Rome"}'}},
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "18"},
        {"role": "tool", "tool_call_id": "call_2", "content": "24"},
        {"role": "user", "content": "Thanks. And tomorrow?"},
    ],
}
RICH["messages"][1]["content"][1]["image_url"]["url"] = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
PLAIN = {"messages": [{"role": "user", "content": "hi"}]}
STRUCTURED = {
    **PLAIN,
    "response_format": {"type": "json_schema", "json_schema": {"name": "place", "schema": SCHEMA, "strict": True}},
}
REQUESTS = {"plain": PLAIN, "rich": RICH, "structured": STRUCTURED, "thinking": {**PLAIN, "reasoning_effort": "low"}}


@pytest.fixture(scope="module")
def vendor():
    """A server that answers as both vendors do and keeps what it was sent."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            seen.append((self.path, dict(self.headers), body))
            answer = json.dumps(ANSWERS["converse" if self.path.endswith("converse") else "generateContent"]).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", seen
    server.shutdown()


@pytest.fixture(scope="module")
def providers(appliance, vendor):
    url, _ = vendor
    appliance.make_provider("shape-google", url, vendor="google", api_key="google-secret-key")
    appliance.make_provider("shape-aws", url, vendor="bedrock", api_key="AKIDEXAMPLE::wJalrXUtnFEMI::eu-central-1")


def ask(appliance, vendor, model, request):
    seen = vendor[1]
    seen.clear()
    answer = appliance.post(
        "/openai/v1/chat/completions",
        json.dumps({**request, "model": model}).encode(),
        headers={"X-Modelux-Retention": "none"},
    )
    assert answer.status == 200, answer.body
    assert len(seen) == 1
    return seen[0]


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_to_bedrock_fits_its_service_model(appliance, vendor, providers, name):
    session = pytest.importorskip("botocore.session")
    validate = pytest.importorskip("botocore.validate")
    path, headers, body = ask(
        appliance, vendor, "shape-aws/anthropic.claude-sonnet-4-5-20250929-v1:0", REQUESTS[name]
    )
    assert path == "/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse"
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert "/eu-central-1/bedrock/aws4_request" in headers["authorization"]
    shape = session.get_session().get_service_model("bedrock-runtime").operation_model("Converse").input_shape

    def bytes_of(value):
        if isinstance(value, dict):
            return {
                key: item.encode() if key == "bytes" and isinstance(item, str) else bytes_of(item)
                for key, item in value.items()
            }
        return [bytes_of(item) for item in value] if isinstance(value, list) else value

    report = validate.ParamValidator().validate({"modelId": "m", **bytes_of(body)}, shape)
    assert not report.has_errors(), report.generate_report()


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_to_google_fits_its_own_types(appliance, vendor, providers, name):
    types = pytest.importorskip("google.genai.types")
    path, headers, body = ask(appliance, vendor, "shape-google/gemini-2.5-flash", REQUESTS[name])
    assert path == "/v1beta/models/gemini-2.5-flash:generateContent"
    assert headers["x-goog-api-key"] == "google-secret-key"
    assert set(body) <= {
        "contents",
        "systemInstruction",
        "tools",
        "toolConfig",
        "generationConfig",
        "safetySettings",
        "cachedContent",
        "labels",
        "serviceTier",
    }
    for content in body["contents"]:
        assert content["role"] in ("user", "model") and content["parts"]
        types.Content.model_validate(content)
    if "generationConfig" in body:
        types.GenerationConfig.model_validate(body["generationConfig"])
    for tool in body.get("tools", []):
        types.Tool.model_validate(tool)
