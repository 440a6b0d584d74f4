import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct OpenAIChatDecoderTests {
    private static func chunk(_ delta: String, finish: String = "null", more: String = "") -> String {
        #"data: {"id":"x","model":"m","choices":[{"delta":\#(delta),"finish_reason":\#(finish),"index":0}]\#(more)}"#
            + "\n\n"
    }

    private static let done = "data: [DONE]\n\n"

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var stream: String
        var parts: [ContentPart.Kind]
        var finish = FinishReason.end
        var testDescription: String { name }
    }

    @Test(arguments: [
        Row(
            name: "text",
            stream: chunk(#"{"role":"assistant","content":""}"#) + chunk(#"{"content":"a"}"#)
                + chunk(#"{"content":"b"}"#) + chunk("{}", finish: #""stop""#) + done, parts: [.text("ab")]),
        Row(
            name: "reasoning twice under two names",
            stream: chunk(#"{"reasoning":"a","reasoning_content":"a"}"#) + chunk(#"{"reasoning":"b"}"#)
                + chunk(#"{"content":"c"}"#, finish: #""stop""#) + done,
            parts: [.thinking(Thinking("ab")), .text("c")]),
        Row(
            name: "Mistral's content list",
            stream: chunk(#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"a"}]}]}"#)
                + chunk(#"{"content":[{"type":"text","text":"b"}]}"#) + chunk("{}", finish: #""stop""#) + done,
            parts: [.thinking(Thinking("a")), .text("b")]),
        Row(
            name: "details with a proof",
            stream: chunk(#"{"reasoning":"a","reasoning_details":[{"type":"reasoning.text","text":"a","index":0}]}"#)
                + chunk(
                    #"{"reasoning_details":[{"type":"reasoning.text","signature":"s","format":"anthropic-claude-v1","index":0}]}"#
                ) + chunk(#"{"content":"b"}"#, finish: #""stop""#) + done,
            parts: [.thinking(Thinking("a", signature: Signature("s", origin: .anthropic))), .text("b")]),
        Row(
            name: "sealed details",
            stream: chunk(
                #"{"reasoning_details":[{"type":"reasoning.encrypted","data":"d","format":"anthropic-claude-v1"}]}"#)
                + chunk(#"{"content":"b"}"#, finish: #""stop""#) + done,
            parts: [.thinking(Thinking("", sealed: "d")), .text("b")]),
        Row(
            name: "calls in pieces",
            stream: chunk(#"{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":""}}]}"#)
                + chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}"#)
                + chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}"#)
                + chunk(#"{"tool_calls":[{"index":1,"id":"c2","function":{"name":"g","arguments":"{}"}}]}"#)
                + chunk("{}", finish: #""tool_calls""#) + done,
            parts: [
                .toolCall(ToolCall(id: "c1", name: "f", arguments: #"{"a":1}"#)),
                .toolCall(ToolCall(id: "c2", name: "g", arguments: "{}")),
            ], finish: .toolCalls),
        Row(
            name: "whole calls without an index",
            stream: chunk(
                #"{"tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{}"}},{"id":"c2","function":{"name":"f","arguments":{"a":1}}}]}"#,
                finish: #""stop""#) + done,
            parts: [
                .toolCall(ToolCall(id: "c1", name: "f", arguments: "{}")),
                .toolCall(ToolCall(id: "c2", name: "f", arguments: #"{"a":1}"#)),
            ], finish: .toolCalls),
        Row(
            name: "calls that share an index, and have no ids",
            stream: chunk(#"{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{}"}}]}"#)
                + chunk(#"{"tool_calls":[{"index":0,"id":"c2","function":{"name":"g","arguments":""}}]}"#)
                + chunk(#"{"tool_calls":[{"function":{"name":"h","arguments":"{}"}}]}"#, finish: #""tool_call""#)
                + done,
            parts: [
                .toolCall(ToolCall(id: "c1", name: "f", arguments: "{}")),
                .toolCall(ToolCall(id: "c2", name: "g", arguments: "{}")),
                .toolCall(ToolCall(id: "call_x_0_3", name: "h", arguments: "{}")),
            ], finish: .toolCalls),
        Row(
            name: "a name that comes later",
            stream: chunk(#"{"tool_calls":[{"index":0,"id":"c1","function":{"arguments":"{"}}]}"#)
                + chunk(#"{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"}"}}]}"#)
                + chunk("{}", finish: #""tool_calls""#) + done,
            parts: [.toolCall(ToolCall(id: "c1", name: "f", arguments: "{}"))], finish: .toolCalls),
        Row(
            name: "a legacy call",
            stream: chunk(#"{"function_call":{"name":"f","arguments":""}}"#)
                + chunk(#"{"function_call":{"arguments":"{}"}}"#) + chunk("{}", finish: #""function_call""#) + done,
            parts: [.toolCall(ToolCall(id: "call_x_0_1", name: "f", arguments: "{}"))], finish: .toolCalls),
        Row(
            name: "Gemini's proof",
            stream: chunk(
                #"{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"s"}}}]}"#,
                finish: #""tool_calls""#) + done,
            parts: [
                .toolCall(
                    ToolCall(id: "c1", name: "f", arguments: "{}", signature: Signature("s", origin: .gemini)))
            ], finish: .toolCalls),
        Row(
            name: "a refusal",
            stream: chunk(#"{"refusal":"No"}"#) + chunk(#"{"refusal":"."}"#)
                + chunk("{}", finish: #""stop""#) + done, parts: [.refusal("No.")], finish: .refusal),
        Row(
            name: "said twice that it ended",
            stream: chunk(#"{"content":"a"}"#, finish: #""stop""#) + chunk(#"{"content":""}"#, finish: #""length""#)
                + done, parts: [.text("a")]),
        Row(
            name: "an empty reason is none",
            stream: chunk(#"{"content":"a"}"#, finish: #""""#) + chunk(#"{"content":"b"}"#, finish: #""eos""#) + done,
            parts: [.text("ab")]),
        Row(
            name: "whole calls that share an index and have no ids",
            stream: chunk(
                #"{"tool_calls":[{"index":0,"id":"","function":{"name":"f","arguments":"{}"}},{"index":0,"id":"","function":{"name":"f","arguments":"{\"a\":1}"}}]}"#,
                finish: #""tool_calls""#) + done,
            parts: [
                .toolCall(ToolCall(id: "call_x_0_1", name: "f", arguments: "{}")),
                .toolCall(ToolCall(id: "call_x_0_2", name: "f", arguments: #"{"a":1}"#)),
            ], finish: .toolCalls),
        Row(
            name: "all that was said so far beside what is new",
            stream:
                #"data: {"id":"x","model":"m","choices":[{"index":0,"delta":{"content":"a"},"message":{"content":"a"}}]}"#
                + "\n\n"
                + #"data: {"id":"x","model":"m","choices":[{"index":0,"message":{"content":"ab"},"delta":{"content":"b"},"finish_reason":"stop"}]}"#
                + "\n\n", parts: [.text("ab")]),
        Row(
            name: "a whole answer where a stream was asked for",
            stream:
                #"{"id":"x","model":"m","choices":[{"index":0,"message":{"reasoning_content":"h","content":"a","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}"#,
            parts: [.thinking(Thinking("h")), .text("a"), .toolCall(ToolCall(id: "c", name: "f", arguments: "{}"))],
            finish: .toolCalls),
        Row(name: "without [DONE]", stream: chunk(#"{"content":"a"}"#, finish: #""stop""#), parts: [.text("a")]),
        Row(
            name: "Azure's first chunk and filter",
            stream: #"data: {"choices":[],"id":"","model":"","prompt_filter_results":[]}"# + "\n\n"
                + chunk("{}", finish: #""content_filter""#) + done, parts: [], finish: .contentFilter),
        Row(
            name: "comments, no blanks between events",
            stream: ": PROCESSING\n\n" + chunk(#"{"content":"a"}"#).replacing("\n\n", with: "\n")
                + chunk(#"{"content":"b"}"#, finish: #""stop""#) + done, parts: [.text("ab")]),
    ])
    func `a stream says what it says in any pieces`(row: Row) throws {
        for length in [1, 7, 100_000] {
            let events = try decode(row.stream, length: length)
            #expect(ChatEvents.disorder(events) == nil)
            let assembled = ChatEvents.answer(events)
            #expect(assembled.isComplete)
            #expect(assembled.response.choices.map { $0.parts.map(\.kind) } == [row.parts])
            #expect(assembled.response.choices.first?.finish == row.finish)
            #expect(assembled.response.id == "x")
            #expect(assembled.response.model == "m")
        }
    }

    @Test func `usage, tier, log probabilities and a stop sequence`() throws {
        let stream =
            #"data: {"id":"x","model":"m","service_tier":"flex","choices":[{"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"a"}]},"finish_reason":null}],"usage":null}"#
            + "\n\n"
            + #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop","stop_reason":"END"}],"x_groq":{"usage":{"prompt_tokens":3,"completion_tokens":2}}}"#
            + "\n\n" + #"data: {"choices":[],"usage":{"prompt_tokens":4,"completion_tokens":2}}"# + "\n\n" + Self.done
        let events = try decode(stream, length: 9)
        let response = ChatEvents.answer(events).response
        #expect(response.usage == Usage(input: 4, output: 2))
        #expect(response.serviceTier == "flex")
        #expect(response.choices[0].logProbabilities == ["content": [["token": "a"]]])
        #expect(response.choices[0].finish == .stopSequence)
        #expect(response.choices[0].stopSequence == "END")
        #expect(events.last == .end)
    }

    @Test(arguments: [
        (
            "event: error\ndata: {\"error\":{\"message\":\"bad call\",\"type\":\"invalid_request_error\",\"status_code\":400}}\n\n",
            Failure.Kind.unsupportedParameter, "bad call"
        ),
        ("data: {\"error\":{\"message\":\"busy\",\"code\":429}}\n\n", .providerRateLimited, "busy"),
        ("data: {\"object\":\"error\",\"message\":\"broken\",\"code\":500}\n\n", .providerError, "broken"),
        ("data: {\"error\":\"broken\"}\n\n", .providerError, "broken"),
        ("event: error\ndata: broken\n\n", .providerError, "broken"),
        (chunk("{}", finish: #""insufficient_system_resource""#), .providerError, "insufficient_system_resource"),
    ])
    func `an error ends the stream`(event: String, kind: Failure.Kind, message: String) throws {
        let events = try decode(Self.chunk(#"{"content":"a"}"#) + event + Self.chunk(#"{"content":"b"}"#), length: 50)
        let assembled = ChatEvents.answer(events)
        #expect(ChatEvents.disorder(events) == nil)
        #expect(!assembled.isComplete)
        #expect(assembled.failure?.kind == kind)
        #expect(assembled.failure?.message.contains(message) == true)
        #expect(assembled.response.choices[0].parts == [.text("a")])
    }

    @Test func `a stream that breaks off has no end`() throws {
        let events = try decode(Self.chunk(#"{"content":"a"}"#), length: 50)
        #expect(!ChatEvents.answer(events).isComplete)
    }

    @Test(arguments: [
        "data: {\"choices\":\n\n", "{\"choices\":", "{\"error\":{\"message\":\"no\"}}", "data: what\n\n",
        "data: {\"choices\":[{\"index\":128,\"delta\":{}}]}\n\n",
        chunk(
            #"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f"}},{"index":1,"id":"b","function":{"name":"f"}}]}"#
        )
            + chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}"#),
    ])
    func `what is not in the dialect is a failure of the provider`(stream: String) {
        let failure = #expect(throws: Failure.self) { try decode(stream, length: 1000) }
        #expect(failure?.kind == .providerError)
    }

    // MARK: Recordings

    @Test(
        .enabled(if: RecordedTraffic.isThere, Comment(rawValue: RecordedTraffic.missing)),
        arguments: RecordedTraffic.streams.filter(\.isChat))
    func `a recorded stream says the same in any pieces, and to another caller`(
        exchange: RecordedTraffic.Exchange
    ) throws {
        var generator = SeededGenerator(seed: 11)
        let whole = try decode(exchange.body, pieces: { exchange.body.readableBytes })
        let assembled = ChatEvents.answer(whole)
        #expect(ChatEvents.disorder(whole) == nil)
        #expect(try decode(exchange.body, pieces: { 7 }) == whole)
        #expect(try decode(exchange.body, pieces: { Int.random(in: 1...300, using: &generator) }) == whole)

        // What the relay of the same dialect observes is what the tally observes.
        var relay = OpenAIStream(removesUsageChunk: false)
        _ = try relay.relay(exchange.body)
        _ = try relay.finish()
        var tally = ChatTally()
        for event in whole { tally.note(event) }
        #expect(tally.answer.usage == relay.answer.usage)
        #expect(tally.answer.serviceTier == relay.answer.serviceTier)
        #expect(tally.answer.model == relay.answer.model)
        #expect(tally.answer.isComplete == relay.answer.isComplete)
        #expect(tally.answer.hasError == relay.answer.hasError)

        // Written and read again it is the same answer.
        var encoder = OpenAIChatEncoder(id: "i", model: "n", created: 1, includesUsage: true)
        var written = ByteBuffer()
        for event in whole { encoder.write(event, to: &written) }
        if assembled.isComplete { encoder.close(to: &written) }
        let rewritten = try decode(written, pieces: { 1000 })
        #expect(ChatEvents.disorder(rewritten) == nil)
        let again = ChatEvents.answer(rewritten)
        #expect(again.response == assembled.response)
        #expect(again.isComplete == assembled.isComplete)
        #expect((again.failure == nil) == (assembled.failure == nil))
    }

    @Test func `broken streams neither trap nor give two answers`() throws {
        let recorded = RecordedTraffic.streams.filter(\.isChat)
        try MutatedRecordings.check(recorded, seed: 12, rounds: 2_000) { OpenAIChatDecoder() }
        let text =
            Self.chunk(#"{"reasoning":"h","content":"a"}"#)
            + Self.chunk(#"{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}]}"#)
            + Self.chunk("{}", finish: #""tool_calls""#, more: #","usage":{"prompt_tokens":1}"#) + Self.done
        let own = RecordedTraffic.Exchange(
            id: "own", provider: "", model: "", surface: "openai.chat", isStream: true, status: 200, request: .null,
            body: ByteBuffer(string: text))
        try MutatedRecordings.check([own], seed: 13, rounds: 10_000) { OpenAIChatDecoder() }
    }

    @Test func `broken requests and answers are read or refused`() {
        var generator = SeededGenerator(seed: 14)
        let vendors: [Vendor] = [.openai, .azure, .groq, .fireworks, .openaiCompatible]
        let exchanges = RecordedTraffic.all.filter { $0.isChat && $0.body.readableBytes < 4000 }
        for round in 0..<4_000 where !exchanges.isEmpty {
            let exchange = exchanges[round % exchanges.count]
            let request = exchange.request.buffer
            if request.readableBytes < 8000,
                let value = try? JSONValue(parsing: ByteBuffer(bytes: MutatedRecordings.mutated(request, &generator))),
                let read = try? OpenAIChatRequest.decode(value)
            {
                let target = ChatTarget(vendor: vendors[round % vendors.count], model: "gpt-5", entry: nil)
                _ = try? OpenAIChatRequest.encode(read, for: target)
            }
            guard !exchange.isStream,
                let value = try? JSONValue(
                    parsing: ByteBuffer(bytes: MutatedRecordings.mutated(exchange.body, &generator))),
                let answer = try? OpenAIChatResponse.decode(value)
            else { continue }
            let written = OpenAIChatResponse.encode(answer, id: "i", model: "m", created: 1)
            #expect(written["choices"]?.elements?.isEmpty == false)
        }
    }

    private func decode(_ text: String, length: Int) throws -> [ChatEvent] {
        try decode(ByteBuffer(string: text), pieces: { length })
    }

    private func decode(_ body: ByteBuffer, pieces: () -> Int) throws -> [ChatEvent] {
        var decoder = OpenAIChatDecoder()
        var events: [ChatEvent] = []
        var rest = body
        while rest.readableBytes > 0, let piece = rest.readSlice(length: min(pieces(), rest.readableBytes)) {
            events += try decoder.feed(piece)
        }
        events += try decoder.finish()
        return events
    }
}
