import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct BedrockChatDecoderTests {
    private func events(
        _ frames: [(String, String)], outputTool: String? = nil, length: Int = .max
    ) throws -> [ChatEvent] {
        let stream = EventStreamFixture.stream(frames.map { EventStreamFixture.event($0.0, $0.1) })
        return try ChatEvents.of(stream, by: BedrockChatDecoder(outputTool: outputTool)) { length }
    }

    private static let answer = [
        ("messageStart", #"{"role":"assistant","p":"abc"}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Hm"}}}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"s1"}}}"#),
        ("contentBlockStop", #"{"contentBlockIndex":0}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"text":"He"}}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"citation":{"title":"x"}}}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"text":"llo"}}"#),
        ("contentBlockStop", #"{"contentBlockIndex":1}"#),
        ("contentBlockStart", #"{"contentBlockIndex":2,"start":{"toolUse":{"name":"f","toolUseId":"tooluse_1"}}}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"a\":"}}}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":2,"delta":{"toolUse":{"input":"1}"}}}"#),
        ("contentBlockStop", #"{"contentBlockIndex":2}"#), ("messageStop", #"{"stopReason":"tool_use"}"#),
        (
            "metadata",
            #"{"usage":{"inputTokens":3,"outputTokens":4,"totalTokens":7},"serviceTier":{"type":"flex"}}"#
        ),
    ]

    @Test(arguments: [1, 7, 100, 1 << 20])
    func `a stream says what it says, in any pieces`(length: Int) throws {
        #expect(
            try events(Self.answer, length: length) == [
                .start(id: "", model: ""), .partStart(choice: 0, .thinking(Thinking(""))), .text(choice: 0, "Hm"),
                .signature(choice: 0, Signature("s1", origin: .anthropic)), .partStop(choice: 0),
                .partStart(choice: 0, .text("")), .text(choice: 0, "He"), .text(choice: 0, "llo"),
                .partStop(choice: 0),
                .partStart(choice: 0, .toolCall(ToolCall(id: "tooluse_1", name: "f", arguments: ""))),
                .arguments(choice: 0, #"{"a":"#), .arguments(choice: 0, "1}"), .partStop(choice: 0),
                .finish(choice: 0, .toolCalls, stopSequence: nil), .serviceTier("flex"),
                .usage(Usage(input: 3, output: 4)), .end,
            ])
    }

    @Test func `a stream without what was used ends with its body`() throws {
        let frames = Array(Self.answer.dropLast())
        #expect(try events(frames).last == .end)
        #expect(try events(Array(frames.dropLast())).contains(.end) == false)
        var cut = EventStreamFixture.stream(frames.map { EventStreamFixture.event($0.0, $0.1) })
        cut.writeBytes([0, 0, 0])
        #expect(try ChatEvents.of(cut, by: BedrockChatDecoder()).contains(.end) == false)
    }

    @Test func `the form's call is text again`() throws {
        let found = try events(
            [
                ("contentBlockStart", #"{"contentBlockIndex":0,"start":{"toolUse":{"name":"json","toolUseId":"t"}}}"#),
                ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"toolUse":{"input":"{}"}}}"#),
                ("contentBlockStop", #"{"contentBlockIndex":0}"#), ("messageStop", #"{"stopReason":"tool_use"}"#),
            ], outputTool: "json")
        #expect(
            found == [
                .start(id: "", model: ""), .partStart(choice: 0, .text("")), .text(choice: 0, "{}"),
                .partStop(choice: 0), .finish(choice: 0, .end, stopSequence: nil), .end,
            ])
    }

    @Test func `sealed thoughts and the provider's own tools are told whole`() throws {
        let sealed = Base64.encoded("Eu8ECkg")
        let found = try events([
            (
                "contentBlockDelta",
                #"{"contentBlockIndex":0,"delta":{"reasoningContent":{"redactedContent":"\#(sealed)"}}}"#
            ),
            ("contentBlockStop", #"{"contentBlockIndex":0}"#),
            (
                "contentBlockStart",
                #"{"contentBlockIndex":1,"start":{"toolUse":{"name":"g","toolUseId":"t","type":"server_tool_use"}}}"#
            ), ("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\"q\":1}"}}}"#),
            ("contentBlockStart", #"{"contentBlockIndex":2,"start":{"toolResult":{"toolUseId":"t"}}}"#),
            ("contentBlockDelta", #"{"contentBlockIndex":2,"delta":{"toolResult":[{"text":"r"}]}}"#),
            ("messageStop", #"{"stopReason":"stop_sequence","additionalModelResponseFields":{"stop_sequence":"x"}}"#),
        ])
        #expect(
            ChatEvents.answer(found).response.choices == [
                ChatResponse.Choice(
                    parts: [
                        ContentPart(.thinking(Thinking("", sealed: "Eu8ECkg"))),
                        ContentPart(
                            .foreign(
                                .bedrock,
                                [
                                    "toolUse": [
                                        "name": "g", "toolUseId": "t", "type": "server_tool_use", "input": ["q": 1],
                                    ]
                                ])),
                        ContentPart(
                            .foreign(.bedrock, ["toolResult": ["toolUseId": "t", "content": [["text": "r"]]]])),
                    ], finish: .stopSequence, stopSequence: "x")
            ])
        #expect(ChatEvents.disorder(found) == nil)
    }

    @Test(
        arguments: [
            ("throttlingException", .providerRateLimited), ("validationException", .unsupportedParameter),
            ("modelTimeoutException", .providerTimeout), ("modelStreamErrorException", .providerError),
            ("serviceUnavailableException", .providerError), ("internalServerException", .providerError),
            ("somethingNew", .providerError),
        ] as [(String, Failure.Kind)])
    func `an exception in the stream is the last event`(type: String, kind: Failure.Kind) throws {
        let stream = EventStreamFixture.stream([
            EventStreamFixture.event("messageStart", "{}"),
            EventStreamFixture.frame(
                [(":exception-type", type), (":message-type", "exception")], #"{"message":"Too bad"}"#),
            EventStreamFixture.event("messageStop", "{}"),
        ])
        let found = try ChatEvents.of(stream, by: BedrockChatDecoder())
        guard found.count == 2, case .failure(let failure) = found[1] else {
            Issue.record("not a failure: \(found)")
            return
        }
        #expect(failure.kind == kind && failure.message.contains("Too bad"))
    }

    @Test func `an error frame says its sentence`() throws {
        let stream = EventStreamFixture.frame(
            [(":message-type", "error"), (":error-code", "InternalError"), (":error-message", "An error")], "")
        guard case .failure(let failure)? = try ChatEvents.of(stream, by: BedrockChatDecoder()).last else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == .providerError && failure.message.contains("An error"))
    }

    private static let usages: [(JSONValue, Usage?)] = [
        (["inputTokens": 3, "outputTokens": 4, "totalTokens": 7], Usage(input: 3, output: 4)),
        (
            [
                "inputTokens": 3, "outputTokens": 121, "cacheReadInputTokens": 1712, "cacheReadInputTokenCount": 1712,
                "cacheWriteInputTokens": 236,
                "cacheDetails": [["ttl": "5m", "inputTokens": 136], ["ttl": "1h", "inputTokens": 100]],
            ], Usage(input: 3, cachedInput: 1712, cacheWrite5m: 136, cacheWrite1h: 100, output: 121)
        ),
        (
            ["inputTokens": 3, "outputTokens": 1, "cacheReadInputTokenCount": 7, "cacheWriteInputTokenCount": 9],
            Usage(input: 3, cachedInput: 7, cacheWrite5m: 9, output: 1)
        ),
        (["inputTokens": 3, "cacheDetails": [["ttl": "1h", "inputTokens": 100]]], nil),
        (["inputTokens": -3], nil), (["inputTokens": "3"], nil), ([:], nil), (3, nil),
        (["outputTokens": 4_000_000_000_000], nil),
    ]

    @Test(arguments: usages)
    func `counts fall into disjoint buckets`(value: JSONValue, expected: Usage?) {
        #expect(BedrockUsage.read(value) == expected)
    }

    @Test func `a whole answer says the same as a stream`() throws {
        let whole = try BedrockChatResponse.decode([
            "output": [
                "message": [
                    "role": "assistant",
                    "content": [
                        ["reasoningContent": ["reasoningText": ["text": "Hm", "signature": "s1"]]],
                        ["citationsContent": ["content": [["text": "He"], ["text": "llo"]], "citations": []]],
                        ["citationsContent": ["citations": []]],
                        ["toolUse": ["toolUseId": "tooluse_1", "name": "f", "input": ["a": 1]]],
                    ],
                ]
            ], "stopReason": "tool_use", "usage": ["inputTokens": 3, "outputTokens": 4],
            "serviceTier": ["type": "flex"],
        ])
        #expect(whole == ChatEvents.answer(try events(Self.answer)).response)
        let form = try BedrockChatResponse.decode(
            [
                "output": [
                    "message": ["content": [["toolUse": ["name": "json", "toolUseId": "t", "input": ["a": 1]]]]]
                ],
                "stopReason": "tool_use",
            ], outputTool: "json")
        #expect(form.choices == [ChatResponse.Choice(parts: [.text(#"{"a":1}"#)], finish: .end)])
        for body in [[:], ["message": "x"], ["output": [:]], "x"] as [JSONValue] {
            #expect(throws: Failure.self) { try BedrockChatResponse.decode(body) }
        }
    }
}
