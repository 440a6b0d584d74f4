import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct AnthropicChatStreamTests {
    private static func event(_ data: String) -> String { "data: \(data)\n\n" }

    private static let start = event(
        #"{"type":"message_start","message":{"id":"msg_1","model":"claude-x","usage":{"input_tokens":9,"output_tokens":1}}}"#
    )
    private static let delta = event(
        #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}"#)
    private static let stop = event(#"{"type":"message_stop"}"#)

    private static func block(_ block: String, _ deltas: String...) -> String {
        event(#"{"type":"content_block_start","index":0,"content_block":\#(block)}"#)
            + deltas.map { event(#"{"type":"content_block_delta","index":0,"delta":\#($0)}"#) }.joined()
            + event(#"{"type":"content_block_stop","index":0}"#)
    }

    // MARK: Reading

    @Test func `a stream is read`() throws {
        let stream =
            Self.start + "event: ping\ndata: {\"type\": \"ping\"}\n\n"
            + Self.block(
                #"{"type":"thinking","thinking":"","signature":""}"#, #"{"type":"thinking_delta","thinking":"hm"}"#,
                #"{"type":"signature_delta","signature":"s"}"#)
            + Self.block(#"{"type":"redacted_thinking","data":"z"}"#)
            + Self.block(#"{"type":"text","text":""}"#, #"{"type":"text_delta","text":"hi"}"#)
            + Self.block(
                #"{"type":"tool_use","id":"t","name":"f","input":{}}"#,
                #"{"type":"input_json_delta","partial_json":""}"#,
                #"{"type":"input_json_delta","partial_json":"{\"a\":"}"#,
                #"{"type":"input_json_delta","partial_json":"1}"}"#)
            + Self.event(#"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":5}}"#)
            + Self.stop
        let events = try read(stream)
        #expect(
            events == [
                .start(id: "msg_1", model: "claude-x"), .usage(Usage(input: 9, output: 1)), .ping,
                .partStart(choice: 0, .thinking(Thinking(""))), .text(choice: 0, "hm"),
                .signature(choice: 0, Signature("s", origin: .anthropic)), .partStop(choice: 0),
                .partStart(choice: 0, .thinking(Thinking("", sealed: "z"))), .partStop(choice: 0),
                .partStart(choice: 0, .text("")), .text(choice: 0, "hi"), .partStop(choice: 0),
                .partStart(choice: 0, .toolCall(ToolCall(id: "t", name: "f", arguments: ""))),
                .arguments(choice: 0, "{\"a\":"), .arguments(choice: 0, "1}"), .partStop(choice: 0),
                .finish(choice: 0, .toolCalls, stopSequence: nil), .usage(Usage(input: 9, output: 5)), .end,
            ])
    }

    @Test(
        arguments: [
            // A call without arguments.
            (
                block(#"{"type":"tool_use","id":"t","name":"f","input":{}}"#),
                [ContentPart.Kind.toolCall(ToolCall(id: "t", name: "f", arguments: "{}"))]
            ),
            // The whole input at once.
            (
                block(#"{"type":"tool_use","id":"t","name":"f","input":{"a":1}}"#),
                [.toolCall(ToolCall(id: "t", name: "f", arguments: "{\"a\":1}"))]
            ),
            // What only Anthropic has is gathered.
            (
                block(
                    #"{"type":"server_tool_use","id":"s","name":"web","input":{}}"#,
                    #"{"type":"input_json_delta","partial_json":"{\"q\":"}"#,
                    #"{"type":"input_json_delta","partial_json":"2}"}"#),
                [.foreign(.anthropic, ["type": "server_tool_use", "id": "s", "name": "web", "input": ["q": 2]])]
            ),
            (
                block(#"{"type":"compaction","content":null}"#, #"{"type":"compaction_delta","content":"sum"}"#),
                [.foreign(.anthropic, ["type": "compaction", "content": "sum"])]
            ),
            (
                block(#"{"type":"web_search_tool_result","content":[]}"#),
                [.foreign(.anthropic, ["type": "web_search_tool_result", "content": []])]
            ),
            // Citations have no place; unknown deltas say nothing.
            (
                block(
                    #"{"type":"text","text":"a"}"#, #"{"type":"citations_delta","citation":{}}"#, #"{"type":"x"}"#,
                    #"{"type":"text_delta","text":"b"}"#), [.text("ab")]
            ),
            // A host that forgets to begin or to end a block.
            (
                event(#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}"#)
                    + event(#"{"type":"content_block_start","content_block":{"type":"text","text":"b"}}"#),
                [.text("a"), .text("b")]
            ),
        ])
    func `a block is read as what it is`(blocks: String, expected: [ContentPart.Kind]) throws {
        let events = try read(Self.start + blocks + Self.delta + Self.stop)
        #expect(ChatEvents.disorder(events) == nil)
        #expect(ChatEvents.answer(events).response.choices.first?.parts.map(\.kind) == expected)
        #expect(events.last == .end)
    }

    @Test func `the call that stands for structured output is the answer's text`() throws {
        let stream =
            Self.start
            + Self.block(
                #"{"type":"tool_use","id":"t","name":"json","input":{}}"#,
                #"{"type":"input_json_delta","partial_json":"{\"a\":1}"}"#)
            + Self.event(#"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":5}}"#)
            + Self.stop
        let answer = ChatEvents.answer(try read(stream, AnthropicChatDecoder(outputTool: "json"))).response
        #expect(answer.choices.first?.parts == [.text(#"{"a":1}"#)])
        #expect(answer.choices.first?.finish == .end)
    }

    @Test(
        arguments: [
            ("overloaded_error", Failure.Kind.overloaded), ("rate_limit_error", .providerRateLimited),
            ("api_error", .providerError), ("timeout_error", .providerTimeout), ("odd", .providerError),
        ])
    func `an error ends the stream`(type: String, kind: Failure.Kind) throws {
        let error = Self.event(#"{"type":"error","error":{"type":"\#(type)","message":"Sorry"}}"#)
        let events = try read(Self.start + "event: error\n" + error + Self.delta + Self.stop)
        guard case .failure(let failure)? = events.last else {
            Issue.record("\(events)")
            return
        }
        #expect(failure.kind == kind && failure.message.contains("Sorry"))
    }

    @Test func `a stream that breaks off has no end`() throws {
        let events = try read(Self.start + Self.block(#"{"type":"text","text":"a"}"#))
        #expect(!events.contains(.end))
        #expect(throws: Failure.self) { try read(Self.start + "data: {oops\n\n") }
    }

    @Test func `nothing follows the end, and nothing begins twice`() throws {
        let once = Self.start + Self.block(#"{"type":"text","text":"a"}"#) + Self.delta
        let twice = try read(once + once + Self.delta + Self.stop + once + Self.stop)
        #expect(ChatEvents.disorder(twice) == nil)
        #expect(ChatEvents.answer(twice).response.choices.first?.parts == [.text("a")])
    }

    // MARK: Writing

    @Test func `a stream is written in Anthropic's order`() {
        let events: [ChatEvent] = [
            .start(id: "chatcmpl-1", model: "gpt"), .partStart(choice: 0, .text("")), .text(choice: 0, "a\"b"),
            .partStop(choice: 0), .partStart(choice: 0, .toolCall(ToolCall(id: "c", name: "f", arguments: ""))),
            .arguments(choice: 0, "{}"), .partStop(choice: 0), .partStart(choice: 0, .text("")),
            .text(choice: 0, "z"), .partStop(choice: 0), .finish(choice: 0, .toolCalls, stopSequence: nil),
            .usage(Usage(input: 7, cachedInput: 2, output: 3)), .end,
        ]
        #expect(
            written(events) == """
                event: message_start
                data: {"type":"message_start","message":{"id":"msg_g","type":"message","role":"assistant","model":"gpt",\
                "content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":40,\
                "cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":\
                {"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":0,"service_tier":"standard"}}}

                event: ping
                data: {"type":"ping"}

                event: content_block_start
                data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

                event: content_block_delta
                data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a\\"b"}}

                event: content_block_stop
                data: {"type":"content_block_stop","index":0}

                event: content_block_start
                data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"c","name":"f","input":{}}}

                event: content_block_delta
                data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":""}}

                event: content_block_delta
                data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{}"}}

                event: content_block_stop
                data: {"type":"content_block_stop","index":1}

                event: content_block_start
                data: {"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}

                event: content_block_delta
                data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"z"}}

                event: content_block_stop
                data: {"type":"content_block_stop","index":2}

                event: message_delta
                data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":\
                {"input_tokens":7,"cache_creation_input_tokens":0,"cache_read_input_tokens":2,"cache_creation":\
                {"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":3,"service_tier":"standard"}}

                event: message_stop
                data: {"type":"message_stop"}


                """)
    }

    @Test func `the usage that is known at once is told at once`() {
        let text = written([.start(id: "msg_own", model: ""), .usage(Usage(input: 7, output: 9)), .ping, .end])
        #expect(text.contains(#""id":"msg_own""#) && text.contains(#""model":"m""#))
        #expect(text.contains(#""usage":{"input_tokens":7"#) && !text.contains(#""input_tokens":40"#))
    }

    @Test func `an error is an event and the last one`() {
        let text = written([
            .start(id: "", model: ""), .failure(Failure(.overloaded, "busy")), .text(choice: 0, "x"), .end,
        ])
        #expect(
            text
                == "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n"
        )
    }

    @Test func `other choices and what has no place are left out`() throws {
        let text = written([
            .start(id: "", model: ""), .partStart(choice: 1, .text("")), .text(choice: 1, "second"),
            .partStop(choice: 1), .partStart(choice: 0, .foreign(.gemini, [])), .partStop(choice: 0),
            .partStart(choice: 0, .image(Media(.base64("AA")))), .partStop(choice: 0),
            .partStart(choice: 0, .refusal("no")), .text(choice: 0, "pe"), .partStop(choice: 0),
            .partStart(choice: 0, .thinking(Thinking("t", signature: Signature("g", origin: .gemini)))),
            .partStop(choice: 0), .finish(choice: 1, .length, stopSequence: nil),
            .finish(choice: 0, .stopSequence, stopSequence: "x"), .end,
        ])
        let answer = ChatEvents.answer(try read(text)).response.choices.first
        #expect(!text.contains("second"))
        #expect(
            answer?.parts.map(\.kind) == [
                .text("nope"), .thinking(Thinking("t", signature: Signature("gemini.g", origin: .anthropic))),
            ])
        #expect(answer?.finish == .stopSequence && answer?.stopSequence == "x")
        #expect(!text.contains("\"index\":2"))
    }

    private func read(_ stream: String, _ decoder: AnthropicChatDecoder = AnthropicChatDecoder()) throws -> [ChatEvent]
    {
        let events = try ChatEvents.of(ByteBuffer(string: stream), by: decoder)
        #expect(try ChatEvents.of(ByteBuffer(string: stream), by: decoder) { 7 } == events)
        return events
    }

    private func written(_ events: [ChatEvent]) -> String {
        var encoder = AnthropicChatEncoder(id: "msg_g", model: "m", inputTokens: 40)
        var buffer = ByteBuffer()
        for event in events { encoder.write(event, to: &buffer) }
        encoder.close(to: &buffer)
        return String(buffer: buffer)
    }
}
