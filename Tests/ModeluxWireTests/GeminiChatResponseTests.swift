import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct GeminiChatResponseTests {
    private func candidate(_ parts: JSONValue, _ finish: JSONValue = "STOP") -> JSONValue {
        [
            "candidates": [["content": ["role": "model", "parts": parts], "finishReason": finish, "index": 0]],
            "usageMetadata": ["promptTokenCount": 10, "candidatesTokenCount": 5, "thoughtsTokenCount": 3],
            "modelVersion": "gemini-x", "responseId": "aZ-_9.!",
        ]
    }

    /// An answer read whole and as a stream of one event: both must say the same.
    private func read(_ body: JSONValue, outputTool: String? = nil) throws -> ChatResponse {
        let whole = try GeminiChatResponse.decode(body, outputTool: outputTool)
        let stream = ByteBuffer(string: "data: \(String(buffer: body.buffer))\r\n\r\n")
        let events = try ChatEvents.of(stream, by: GeminiChatDecoder(outputTool: outputTool))
        #expect(ChatEvents.answer(events).response == whole)
        #expect(events.last == .end)
        #expect(ChatEvents.disorder(events) == nil)
        return whole
    }

    @Test func `texts, thoughts and their proofs are parts`() throws {
        let response = try read(
            candidate([
                ["text": "Think", "thought": true], ["text": "ing", "thought": true, "thoughtSignature": "p0"],
                ["text": "Hel"], ["text": "lo", "thoughtSignature": "p1"], ["text": ""], ["text": "!"],
            ]))
        #expect(response.id == "aZ-_9.!" && response.model == "gemini-x")
        #expect(
            response.choices == [
                ChatResponse.Choice(
                    parts: [
                        ContentPart(.thinking(Thinking("Thinking", signature: Signature("p0", origin: .gemini)))),
                        .text("Hello"),
                        ContentPart(.thinking(Thinking("", signature: Signature("p1", origin: .gemini)))),
                        .text("!"),
                    ], finish: .end)
            ])
        #expect(response.usage == Usage(input: 10, output: 8, reasoning: 3))
    }

    @Test func `calls without ids get their own, and STOP with calls is a call`() throws {
        let response = try read(
            candidate([
                ["functionCall": ["name": "f", "args": ["a": .number("1.50")]], "thoughtSignature": "p"],
                ["functionCall": ["name": "f"]], ["functionCall": ["name": "g", "id": "x7", "args": [:]]],
            ]))
        let calls = response.choices[0].parts.compactMap { if case .toolCall(let call) = $0.kind { call } else { nil } }
        #expect(
            calls == [
                ToolCall(
                    id: "call_g0_aZ-_9", name: "f", arguments: #"{"a":1.50}"#,
                    signature: Signature("p", origin: .gemini)),
                ToolCall(id: "call_g1_aZ-_9", name: "f", arguments: "{}"),
                ToolCall(id: "x7", name: "g", arguments: "{}"),
            ])
        #expect(response.choices[0].finish == .toolCalls)
    }

    private static let reasons: [(JSONValue, FinishReason)] = [
        ("STOP", .end), (1, .end), ("MAX_TOKENS", .length), (2, .length), ("SAFETY", .contentFilter),
        (3, .contentFilter), ("RECITATION", .contentFilter), ("PROHIBITED_CONTENT", .contentFilter),
        ("SPII", .contentFilter), ("BLOCKLIST", .contentFilter), (8, .contentFilter),
        ("MALFORMED_FUNCTION_CALL", .malformedToolCall), (9, .malformedToolCall),
        ("UNEXPECTED_TOOL_CALL", .malformedToolCall), ("OTHER", .end), ("SOMETHING_NEW", .end),
    ]

    @Test(arguments: reasons)
    func `reasons to end are words or numbers`(reason: JSONValue, expected: FinishReason) throws {
        #expect(try read(candidate([["text": "x"]], reason)).choices[0].finish == expected)
    }

    @Test func `an answer may have no parts at all`() throws {
        let body: JSONValue = [
            "candidates": [["content": ["role": "model"], "finishReason": "MAX_TOKENS", "index": 0]],
            "usageMetadata": ["promptTokenCount": 10, "totalTokenCount": 10],
        ]
        let response = try read(body)
        #expect(response.choices == [ChatResponse.Choice(parts: [], finish: .length)])
        #expect(response.usage == Usage(input: 10))
    }

    @Test func `a refused prompt is an answer that the filter ended`() throws {
        let response = try read([
            "promptFeedback": ["blockReason": "PROHIBITED_CONTENT"],
            "usageMetadata": ["promptTokenCount": 7, "totalTokenCount": 7], "modelVersion": "m",
        ])
        #expect(response.choices == [ChatResponse.Choice(parts: [], finish: .contentFilter)])
        #expect(response.usage == Usage(input: 7))
    }

    @Test func `several candidates are several choices`() throws {
        let response = try read([
            "candidates": [
                ["content": ["parts": [["text": "a"]]], "finishReason": "STOP", "index": 0],
                ["content": ["parts": [["text": "b"]]], "finishReason": "MAX_TOKENS", "index": 1],
            ]
        ])
        #expect(response.choices.map(\.finish) == [.end, .length])
        #expect(response.choices.map(\.parts) == [[.text("a")], [.text("b")]])
    }

    @Test func `log probabilities take OpenAI's form`() throws {
        let response = try read([
            "candidates": [
                [
                    "content": ["parts": [["text": "é"]]], "finishReason": "STOP",
                    "logprobsResult": [
                        "chosenCandidates": [["token": "é", "tokenId": 1, "logProbability": .number("-0.25")]],
                        "topCandidates": [
                            ["candidates": [["token": "e", "logProbability": .number("-1.5")]]]
                        ],
                    ],
                ]
            ]
        ])
        #expect(
            response.choices[0].logProbabilities == [
                "content": [
                    [
                        "token": "é", "logprob": .number("-0.25"), "bytes": [195, 169],
                        "top_logprobs": [["token": "e", "logprob": .number("-1.5"), "bytes": [101]]],
                    ]
                ]
            ])
    }

    @Test func `tools of Google's own and images are kept`() throws {
        let code: JSONValue = ["executableCode": ["language": "PYTHON", "code": "1"]]
        let response = try read(
            candidate([code, ["inlineData": ["mimeType": "image/png", "data": "iVBO"]], ["thoughtSignature": "p"]]))
        #expect(
            response.choices[0].parts.map(\.kind) == [
                .foreign(.gemini, code), .image(Media(.base64("iVBO"), mediaType: "image/png")),
                .thinking(Thinking("", signature: Signature("p", origin: .gemini))),
            ])
    }

    @Test func `the form's function is text again`() throws {
        let response = try read(
            candidate([["functionCall": ["name": "answer", "args": ["a": 1]]]]), outputTool: "answer")
        #expect(response.choices == [ChatResponse.Choice(parts: [.text(#"{"a":1}"#)], finish: .end)])
    }

    @Test func `the tier is what the answer names`() throws {
        let response = try GeminiChatResponse.decode([
            "candidates": [["finishReason": "STOP"]],
            "usageMetadata": ["promptTokenCount": 1, "serviceTier": "PRIORITY"],
        ])
        #expect(response.serviceTier == "priority")
    }

    @Test func `an error is thrown as what it is, other things as the provider's`() {
        let error: JSONValue = [
            "error": ["code": 429, "message": "Resource exhausted", "status": "RESOURCE_EXHAUSTED"]
        ]
        for body in [error, .array([error])] {
            let failure = #expect(throws: Failure.self) { try GeminiChatResponse.decode(body) }
            #expect(failure?.kind == .providerRateLimited)
        }
        for body in [[:], [], "text", 3, ["candidates": []]] as [JSONValue] {
            let failure = #expect(throws: Failure.self) { try GeminiChatResponse.decode(body) }
            #expect(failure?.kind == .providerError)
        }
    }

    // MARK: Streams

    private static let chunks = [
        #"{"candidates":[{"content":{"parts":[{"text":"He{\"l"}]},"index":0}],"usageMetadata":{"promptTokenCount":5,"totalTokenCount":5},"modelVersion":"m","responseId":"r"}"#,
        #"{"candidates":[{"content":{"parts":[{"text":"lo"},{"functionCall":{"name":"f","args":{}}}]}}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":1}}"#,
        #"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"b":[1,{}]}}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":9,"thoughtsTokenCount":2}}"#,
    ]

    private static let forms = [
        chunks.map { "data: \($0)\n\n" }.joined(), ": hello\r\n\r\n" + chunks.map { "data:\($0)\r\n\r\n" }.joined(),
        "[" + chunks.joined(separator: "\n,\r\n") + "]\n", chunks.joined(separator: "\n"),
    ]

    @Test(arguments: forms, [1, 2, 7, 10_000])
    func `a stream says the same in any form and in any pieces`(form: String, length: Int) throws {
        let events = try ChatEvents.of(ByteBuffer(string: form), by: GeminiChatDecoder()) { length }
        #expect(
            events == [
                .start(id: "r", model: "m"), .partStart(choice: 0, .text("")), .text(choice: 0, #"He{"l"#),
                .text(choice: 0, "lo"), .partStop(choice: 0),
                .partStart(choice: 0, .toolCall(ToolCall(id: "call_g0_r", name: "f", arguments: ""))),
                .arguments(choice: 0, "{}"), .partStop(choice: 0), .usage(Usage(input: 5, output: 1)),
                .partStart(choice: 0, .toolCall(ToolCall(id: "call_g1_r", name: "f", arguments: ""))),
                .arguments(choice: 0, #"{"b":[1,{}]}"#), .partStop(choice: 0),
                .finish(choice: 0, .toolCalls, stopSequence: nil), .usage(Usage(input: 5, output: 11, reasoning: 2)),
                .end,
            ])
    }

    @Test func `a stream that breaks off has no end`() throws {
        for form in Self.forms {
            let whole = ByteBuffer(string: form)
            let cut = try #require(whole.getSlice(at: 0, length: whole.readableBytes - 150))
            let events = try? ChatEvents.of(cut, by: GeminiChatDecoder())
            #expect(events?.contains(.end) != true)
        }
        #expect(try ChatEvents.of(ByteBuffer(), by: GeminiChatDecoder()).isEmpty)
    }

    @Test func `an error in a stream is the last event`() throws {
        let error = #"{"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}"#
        for stream in [
            "data: \(Self.chunks[0])\n\ndata: \(error)\n\ndata: \(Self.chunks[2])\n\n",
            "[\(Self.chunks[0]),\(error),\(Self.chunks[2])]",
        ] {
            let events = try ChatEvents.of(ByteBuffer(string: stream), by: GeminiChatDecoder())
            guard case .failure(let failure)? = events.last else {
                Issue.record("no failure at the end of \(events)")
                return
            }
            #expect(failure.kind == .providerError && failure.message.contains("overloaded"))
        }
    }

    @Test func `what is no JSON breaks the stream off`() {
        for stream in ["data: nonsense\n\n", "[1,2]", "<html>\n\n", "{\"a\":}"] {
            let (events, failure) = ChatEvents.orFailure(ByteBuffer(string: stream), by: GeminiChatDecoder())
            #expect(!events.contains(.end))
            #expect(failure?.kind == .providerError || events.isEmpty)
        }
    }
}
