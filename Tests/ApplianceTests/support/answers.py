"""What an answer says, whatever its dialect: text, tool calls and the reason to end, of whole answers and of streams.

This is the independent reading that translated answers are compared with; it knows nothing of how modelux translates.
"""

import dataclasses
import json

from . import recordings

FINISH = {
    **dict.fromkeys(["stop", "end_turn", "STOP", "eos", "stop_sequence"], "end"),
    **dict.fromkeys(["length", "max_tokens", "MAX_TOKENS", "model_context_window_exceeded"], "length"),
    **dict.fromkeys(["tool_calls", "tool_call", "tool_use", "function_call"], "tools"),
    **dict.fromkeys(
        ["content_filter", "refusal", "SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "RECITATION", "SPII"], "filter"
    ),
    **dict.fromkeys(["guardrail_intervened", "content_filtered"], "filter"),
}


@dataclasses.dataclass
class Said:
    """One answer in no dialect."""

    text: str = ""
    calls: list = dataclasses.field(default_factory=list)
    finish: str | None = None
    thought: str = ""

    def call(self, key, name=None, arguments=""):
        """Adds to the call of a key: its name once, its arguments piece by piece."""
        for entry in self.calls:
            if entry[0] == key:
                entry[1] = entry[1] or name
                entry[2] += arguments
                return
        self.calls.append([key, name, arguments])

    @property
    def tools(self):
        """Names and arguments of the calls, in order."""
        return [(name, json.loads(arguments or "{}")) for _, name, arguments in self.calls]


def of_openai(events):
    said, refused = Said(), False
    for number, event in enumerate(events):
        for choice in event.get("choices") or []:
            if choice.get("index", 0) != 0:
                continue
            message = choice.get("delta") or choice.get("message") or {}
            content = message.get("content")
            if isinstance(content, list):  # Mistral
                for part in content:
                    if part.get("type") == "text":
                        said.text += part["text"]
                    elif part.get("type") == "thinking":
                        said.thought += "".join(piece.get("text", "") for piece in part["thinking"])
            else:
                said.text += content or ""
            said.text += message.get("refusal") or ""
            said.thought += message.get("reasoning_content") or message.get("reasoning") or ""
            for position, call in enumerate(message.get("tool_calls") or []):
                function = call.get("function") or {}
                whole = bool(call.get("id")) and "delta" not in choice
                key = call.get("index", (number, position) if call.get("id") else len(said.calls) - 1)
                said.call(("whole", position) if whole else key, function.get("name"), function.get("arguments") or "")
            refused = refused or bool(message.get("refusal"))
            if choice.get("finish_reason"):
                said.finish = FINISH.get(choice["finish_reason"], choice["finish_reason"])
    if refused and said.finish == "end":
        said.finish = "filter"
    return said


def of_anthropic(events):
    said = Said()
    blocks = {}
    for event in events:
        kind = event.get("type")
        if kind == "message":
            for number, block in enumerate(event["content"]):
                add_block(said, number, block)
            said.finish = FINISH.get(event["stop_reason"], event["stop_reason"])
        elif kind == "content_block_start":
            blocks[event["index"]] = event["content_block"]
            add_block(said, event["index"], {**event["content_block"], "input": None})
        elif kind == "content_block_delta":
            delta = event["delta"]
            said.text += delta.get("text", "")
            said.thought += delta.get("thinking", "")
            if delta["type"] == "input_json_delta" and blocks[event["index"]]["type"] == "tool_use":
                said.call(event["index"], None, delta["partial_json"])
        elif kind == "message_delta" and event["delta"].get("stop_reason"):
            said.finish = FINISH.get(event["delta"]["stop_reason"], event["delta"]["stop_reason"])
    return said


def add_block(said, number, block):
    if block["type"] == "text":
        said.text += block["text"]
    elif block["type"] == "thinking":
        said.thought += block["thinking"]
    elif block["type"] == "tool_use":
        arguments = "" if block.get("input") is None else json.dumps(block["input"])
        said.call(number, block["name"], arguments)


def of_gemini(events):
    said = Said()
    for event in events:
        if (event.get("promptFeedback") or {}).get("blockReason"):
            said.finish = "filter"
        for candidate in (event.get("candidates") or [])[:1]:
            for part in (candidate.get("content") or {}).get("parts") or []:
                if part.get("thought"):
                    said.thought += part.get("text", "")
                elif "text" in part:
                    said.text += part["text"]
                elif "functionCall" in part:
                    call = part["functionCall"]
                    said.call(len(said.calls), call["name"], json.dumps(call.get("args") or {}))
            reason = candidate.get("finishReason")
            if reason is not None:
                said.finish = FINISH.get(reason, {1: "end", 2: "length"}.get(reason, reason))
    if said.calls and said.finish == "end":
        said.finish = "tools"
    return said


def of_bedrock(events):
    said = Said()
    for kind, event in events:
        if "output" in event:
            for number, block in enumerate(event["output"]["message"]["content"]):
                if "text" in block:
                    said.text += block["text"]
                elif "toolUse" in block and block["toolUse"].get("type") != "server_tool_use":
                    # What ran at the provider is no call for the caller.
                    said.call(number, block["toolUse"]["name"], json.dumps(block["toolUse"].get("input") or {}))
                elif "reasoningContent" in block:
                    said.thought += (block["reasoningContent"].get("reasoningText") or {}).get("text", "")
            said.finish = FINISH.get(event["stopReason"], event["stopReason"])
        elif kind == "contentBlockStart" and "toolUse" in event.get("start", {}):
            said.call(event["contentBlockIndex"], event["start"]["toolUse"]["name"])
        elif kind == "contentBlockDelta":
            delta = event["delta"]
            said.text += delta.get("text", "")
            said.thought += (delta.get("reasoningContent") or {}).get("text", "")
            if "toolUse" in delta:
                said.call(event["contentBlockIndex"], None, delta["toolUse"]["input"])
        elif kind == "messageStop":
            said.finish = FINISH.get(event["stopReason"], event["stopReason"])
    return said


READERS = {"openai": of_openai, "anthropic": of_anthropic, "gemini": of_gemini}


def of_recording(exchange, dialect):
    """What the provider said, read from the recording."""
    events = [(kind, event) for kind, event in recordings.reported_usage().events(exchange) if isinstance(event, dict)]
    if dialect == "bedrock":
        return of_bedrock(events)
    return READERS[dialect]([event for _, event in events])


def of_caller(body, dialect, is_stream):
    """What the caller got, read from the bytes of its answer."""
    if not is_stream:
        return READERS[dialect]([json.loads(body)])
    events = []
    for block in body.decode("utf-8").split("\n\n"):
        data = "\n".join(line[5:].removeprefix(" ") for line in block.split("\n") if line.startswith("data:"))
        if data and data != "[DONE]":
            events.append(json.loads(data))
    return READERS[dialect](events)
