import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct OpenAIChatResponseTests {
    @Test func `an answer of another provider looks like one of OpenAI's`() {
        let call = ToolCall(id: "toolu_1", name: "f", arguments: "", signature: Signature("g", origin: .gemini))
        let response = ChatResponse(
            id: "msg", model: "claude",
            choices: [
                ChatResponse.Choice(
                    parts: [
                        ContentPart(.thinking(Thinking("hm", signature: Signature("s", origin: .anthropic)))),
                        ContentPart(.thinking(Thinking("", sealed: "d"))), .text("a"), .text("b"),
                        ContentPart(.toolCall(call)),
                    ], finish: .toolCalls)
            ],
            usage: Usage(input: 5, cachedInput: 7, cacheWrite5m: 2, cacheWrite1h: 1, output: 9, reasoning: 4),
            serviceTier: "standard")
        let body = OpenAIChatResponse.encode(response, id: "i", model: "m", created: 12)
        let expected: JSONValue = [
            "id": "i", "object": "chat.completion", "created": 12, "model": "m",
            "choices": [
                [
                    "index": 0,
                    "message": [
                        "role": "assistant", "content": "ab", "refusal": nil, "reasoning_content": "hm",
                        "reasoning_details": [
                            [
                                "type": "reasoning.text", "text": "hm", "signature": "s",
                                "format": "anthropic-claude-v1", "index": 0,
                            ],
                            [
                                "type": "reasoning.encrypted", "data": "d", "format": "anthropic-claude-v1",
                                "index": 1,
                            ],
                        ],
                        "tool_calls": [
                            [
                                "id": "toolu_1", "type": "function",
                                "function": ["name": "f", "arguments": "{}"],
                                "extra_content": ["google": ["thought_signature": "g"]],
                            ]
                        ], "annotations": [],
                    ], "logprobs": nil, "finish_reason": "tool_calls",
                ]
            ],
            "usage": [
                "prompt_tokens": 15, "completion_tokens": 9, "total_tokens": 24,
                "prompt_tokens_details": [
                    "cached_tokens": 7, "audio_tokens": 0, "cache_write_tokens": 3,
                    "cache_write_details": ["ephemeral_5m_tokens": 2, "ephemeral_1h_tokens": 1],
                ],
                "completion_tokens_details": [
                    "reasoning_tokens": 4, "audio_tokens": 0, "accepted_prediction_tokens": 0,
                    "rejected_prediction_tokens": 0,
                ],
            ], "service_tier": "standard", "system_fingerprint": nil,
        ]
        #expect(body == expected)
    }

    @Test(arguments: [
        (FinishReason.end, "stop"), (.stopSequence, "stop"), (.length, "length"), (.contextWindow, "length"),
        (.toolCalls, "tool_calls"), (.contentFilter, "content_filter"), (.refusal, "content_filter"),
        (.pause, "stop"), (.malformedToolCall, "stop"),
    ])
    func `every reason to end has a word`(reason: FinishReason, word: String) {
        let choice = ChatResponse.Choice(parts: [.text("a")], finish: reason)
        let body = OpenAIChatResponse.encode(
            ChatResponse(id: "", model: "", choices: [choice]), id: "", model: "", created: 0)
        #expect(body["choices"]?[0]?["finish_reason"]?.string == word)
    }

    @Test func `a blocked prompt is an empty choice`() {
        let body = OpenAIChatResponse.encode(
            ChatResponse(id: "", model: "", choices: []), id: "", model: "", created: 0)
        #expect(body["choices"]?[0]?["finish_reason"] == "content_filter")
        #expect(body["choices"]?[0]?["message"]?["role"] == "assistant")
    }

    @Test func `Azure's filter leaves the message out`() throws {
        let response = try OpenAIChatResponse.decode(
            JSONValue(parsing: #"{"id":"x","choices":[{"index":0,"finish_reason":"content_filter"}]}"#))
        #expect(response.choices == [ChatResponse.Choice(parts: [], finish: .contentFilter)])
    }

    @Test(arguments: [
        (#"{"error":{"message":"quota","code":429}}"#, Failure.Kind.providerRateLimited),
        (#"{"id":"x"}"#, .providerError),
        ("[]", .providerError),
    ])
    func `what is no answer is a failure`(json: String, kind: Failure.Kind) throws {
        let body = try JSONValue(parsing: json)
        let failure = #expect(throws: Failure.self) { try OpenAIChatResponse.decode(body) }
        #expect(failure?.kind == kind)
    }

    @Test(
        .enabled(if: RecordedTraffic.isThere, Comment(rawValue: RecordedTraffic.missing)),
        arguments: RecordedTraffic.all.filter { $0.isChat && !$0.isStream && $0.status == 200 })
    func `a recorded answer is the same after it was read and written`(exchange: RecordedTraffic.Exchange) throws {
        let body = try JSONValue(parsing: exchange.body)
        guard body["choices"] != nil else { return }
        let response = try OpenAIChatResponse.decode(body)
        let observed = OpenAIResponse.observe(exchange.body)
        let tallied = ObservedAnswer(of: response)
        #expect(tallied.usage == observed.usage)
        #expect(tallied.serviceTier == observed.serviceTier)
        #expect(tallied.model == observed.model)
        let written = OpenAIChatResponse.encode(response, id: response.id, model: response.model, created: 0)
        #expect(try OpenAIChatResponse.decode(written) == response)
        for (index, choice) in (body["choices"]?.elements ?? []).enumerated() {
            let message = written["choices"]?[index]?["message"]
            for name in ["content", "refusal"] {
                let old = choice["message"]?.member(name)?.string ?? ""
                #expect(message?.member(name)?.string ?? "" == old)
            }
            let calls = message?.member("tool_calls")?.elements ?? []
            for (position, call) in (choice["message"]?.member("tool_calls")?.elements ?? []).enumerated() {
                // Gemini gives empty ids.
                if call["id"] != "" { #expect(calls[position]["id"] == call["id"]) }
                for name in ["name", "arguments"] {
                    #expect(calls[position]["function"]?[name] == call["function"]?[name])
                }
            }
        }
    }
}
