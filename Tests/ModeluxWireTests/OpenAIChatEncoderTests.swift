import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct OpenAIChatEncoderTests {
    private static let frame = #""object":"chat.completion.chunk","created":7,"model":"m","system_fingerprint":null"#

    private static func chunk(_ delta: String, finish: String = "null", more: String = "") -> String {
        #"data: {"id":"x",\#(frame),"choices":[{"index":0,"delta":{\#(delta)},"logprobs":null,"finish_reason":\#(finish)}]\#(more)}"#
            + "\n\n"
    }

    @Test func `a stream of another provider looks like one of OpenAI's`() {
        let output = written(
            [
                .ping, .start(id: "x", model: "m"), .partStart(choice: 0, .thinking(Thinking(""))),
                .text(choice: 0, "hm"), .signature(choice: 0, Signature("s", origin: .anthropic)),
                .partStop(choice: 0), .ping, .partStart(choice: 0, .text("")), .text(choice: 0, "a\""),
                .partStop(choice: 0),
                .partStart(choice: 0, .toolCall(ToolCall(id: "c1", name: "f", arguments: ""))),
                .arguments(choice: 0, #"{"a""#), .arguments(choice: 0, ":1}"), .partStop(choice: 0),
                .partStart(choice: 0, .toolCall(ToolCall(id: "c2", name: "g", arguments: ""))),
                .signature(choice: 0, Signature("t", origin: .gemini)), .partStop(choice: 0),
                .serviceTier("flex"), .finish(choice: 0, .toolCalls, stopSequence: nil),
                .usage(Usage(input: 1, output: 2)), .end,
            ], includesUsage: false)
        #expect(
            output
                == Self.chunk(
                    #""role":"assistant","reasoning_content":"hm","reasoning_details":[{"type":"reasoning.text","text":"hm","index":0}]"#
                )
                + Self.chunk(
                    #""reasoning_details":[{"type":"reasoning.text","text":"","signature":"s","format":"anthropic-claude-v1","index":0}]"#
                ) + ": ping\n\n" + Self.chunk(#""content":"a\"""#)
                + Self.chunk(
                    #""tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]"#)
                + Self.chunk(#""tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]"#)
                + Self.chunk(#""tool_calls":[{"index":0,"function":{"arguments":":1}"}}]"#)
                + Self.chunk(
                    #""tool_calls":[{"index":1,"id":"c2","type":"function","function":{"name":"g","arguments":""}}]"#)
                + Self.chunk(#""tool_calls":[{"index":1,"extra_content":{"google":{"thought_signature":"t"}}}]"#)
                + Self.chunk(#""tool_calls":[{"index":1,"function":{"arguments":"{}"}}]"#)
                + Self.chunk("", finish: #""tool_calls""#, more: #","service_tier":"flex""#) + "data: [DONE]\n\n")
    }

    @Test func `the usage comes last for those who asked`() throws {
        let output = written(
            [
                .start(id: "x", model: "m"), .partStart(choice: 0, .text("a")), .partStop(choice: 0),
                .usage(Usage(input: 1)), .finish(choice: 0, .stopSequence, stopSequence: "END"),
                .usage(Usage(input: 1, output: 2)), .end,
            ], includesUsage: true)
        let lines = output.split(separator: "\n\n").map { String($0.dropFirst(6)) }
        #expect(lines.count == 4)
        #expect(try JSONValue(parsing: lines[0])["usage"] == .null)
        #expect(try JSONValue(parsing: lines[1])["choices"]?[0]?["stop_reason"] == "END")
        let last = try JSONValue(parsing: lines[2])
        #expect(last["choices"] == [])
        #expect(last["usage"]?["completion_tokens"] == 2)
        #expect(lines[3] == "[DONE]")
    }

    @Test func `what the gateway calls it is used where the provider says nothing`() {
        let output = written([.start(id: "", model: ""), .finish(choice: 0, .contentFilter, stopSequence: nil)])
        #expect(output.contains(#""id":"own","#))
        #expect(output.contains(#""model":"own-model","#))
        #expect(output.contains(#""delta":{"role":"assistant","content":""}"#))
    }

    @Test func `a refusal ends as OpenAI's do`() {
        let output = written([
            .start(id: "x", model: "m"), .partStart(choice: 1, .refusal("")), .text(choice: 1, "no"),
            .partStop(choice: 1), .finish(choice: 1, .refusal, stopSequence: nil),
        ])
        #expect(output.contains(#""index":1,"delta":{"role":"assistant","refusal":"no"}"#))
        #expect(output.contains(#""finish_reason":"stop""#))
    }

    @Test func `a translated stream ends with the provider's error, and nothing after it`() throws {
        var stream = TranslatedStream(
            decoder: OpenAIChatDecoder(),
            encoder: OpenAIChatEncoder(id: "i", model: "m", created: 1, includesUsage: true))
        let input =
            #"data: {"id":"x","choices":[{"index":0,"delta":{"content":"hello"}}]}"# + "\n\n"
            + #"data: {"error":{"message":"busy","code":529}}"# + "\n\n" + "data: [DONE]\n\n"
        let output = String(buffer: try stream.relay(ByteBuffer(string: input)))
        #expect(output.contains("hello"))
        #expect(output.hasSuffix("\n\n"))
        #expect(output.contains(#"data: {"error":{"message":"the provider failed: busy""#))
        #expect(try stream.relay(ByteBuffer(string: input)).readableBytes == 0)
        #expect(try stream.finish().readableBytes == 0)
        #expect(stream.heldEnd.readableBytes == 0)
        #expect(stream.answer.hasError && !stream.answer.isComplete)
        #expect(stream.answer.outputTextBytes == 5)
    }

    @Test func `the end of a translated stream is held`() throws {
        var stream = TranslatedStream(
            decoder: OpenAIChatDecoder(),
            encoder: OpenAIChatEncoder(id: "i", model: "m", created: 1, includesUsage: false))
        let input =
            #"data: {"id":"x","choices":[{"index":0,"delta":{"content":"hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#
            + "\n\ndata: [DONE]\n\n"
        let output = String(buffer: try stream.relay(ByteBuffer(string: input)))
        #expect(!output.contains("[DONE]"))
        #expect(String(buffer: stream.heldEnd) == "data: [DONE]\n\n")
        #expect(stream.answer.isDone && stream.answer.isComplete)
        #expect(stream.answer.usage == Usage(input: 3, output: 1))
    }

    @Test func `what is not in the dialect is marked`() {
        var stream = TranslatedStream(
            decoder: OpenAIChatDecoder(),
            encoder: OpenAIChatEncoder(id: "i", model: "m", created: 1, includesUsage: false))
        #expect(throws: Failure.self) { try stream.relay(ByteBuffer(string: "data: what\n\n")) }
        #expect(stream.answer.isMalformed)
    }

    private func written(_ events: [ChatEvent], includesUsage: Bool = false) -> String {
        var encoder = OpenAIChatEncoder(id: "own", model: "own-model", created: 7, includesUsage: includesUsage)
        var buffer = ByteBuffer()
        for event in events { encoder.write(event, to: &buffer) }
        encoder.close(to: &buffer)
        return String(buffer: buffer)
    }
}
