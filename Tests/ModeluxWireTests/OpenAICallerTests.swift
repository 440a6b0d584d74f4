import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

/// What a caller of the OpenAI surface gets of every provider's recorded answers: read again as an OpenAI SDK reads it,
/// it is the same answer.
@Suite(.enabled(if: RecordedTraffic.isThere, Comment(rawValue: RecordedTraffic.missing)))
struct OpenAICallerTests {
    private static let answered = RecordedTraffic.exchanges(of: [
        "anthropic.messages", "gemini.generateContent", "gemini.streamGenerateContent", "vertex.generateContent",
        "vertex.streamGenerateContent", "bedrock.converse", "bedrock.converse-stream",
    ]).filter { $0.status == 200 }

    private static func dialect(_ exchange: RecordedTraffic.Exchange) -> ChatDialect {
        switch exchange.surface.prefix(7) {
        case "anthrop": .anthropic
        case "bedrock": .bedrock
        default: .gemini
        }
    }

    @Test(arguments: answered.filter { !$0.isStream })
    func `a whole answer is the same for an OpenAI caller`(exchange: RecordedTraffic.Exchange) throws {
        let translation = Translation(from: .openai, to: Self.dialect(exchange))
        let body = try JSONValue(parsing: exchange.body)
        let expected =
            switch Self.dialect(exchange) {
            case .anthropic: try AnthropicChatResponse.decode(body)
            case .bedrock: try BedrockChatResponse.decode(body)
            case .gemini, .openai: try GeminiChatResponse.decode(body)
            }
        let answer = try translation.answer(exchange.body, id: "i", model: "m", created: 1)
        let value = try JSONValue(parsing: answer.body)
        #expect(value["object"] == "chat.completion")
        #expect(value["id"]?.string?.isEmpty == false && value["model"]?.string?.isEmpty == false)
        try Self.compare(OpenAIChatResponse.decode(value), expected)
        #expect(answer.observed.usage == expected.usage)
    }

    @Test(arguments: answered.filter(\.isStream))
    func `a stream is the same for an OpenAI caller`(exchange: RecordedTraffic.Exchange) throws {
        let decoder: any ChatStreamDecoder =
            switch Self.dialect(exchange) {
            case .anthropic: AnthropicChatDecoder()
            case .bedrock: BedrockChatDecoder()
            case .gemini, .openai: GeminiChatDecoder()
            }
        let expected = ChatEvents.answer(try Self.events(exchange.body, decoder))
        var stream = Translation(from: .openai, to: Self.dialect(exchange))
            .stream(id: "i", model: "m", created: 1, inputTokens: 1, includesUsage: true)
        var output = ByteBuffer()
        var rest = exchange.body
        while let piece = rest.readSlice(length: min(97, rest.readableBytes)), piece.readableBytes > 0 {
            output.writeImmutableBuffer(try stream.relay(piece))
        }
        output.writeImmutableBuffer(try stream.finish())
        output.writeImmutableBuffer(stream.heldEnd)
        let events = try ChatEvents.of(output, by: OpenAIChatDecoder())
        #expect(ChatEvents.disorder(events) == nil)
        let seen = ChatEvents.answer(events)
        #expect(seen.isComplete == expected.isComplete)
        #expect((seen.failure == nil) == (expected.failure == nil))
        try Self.compare(seen.response, expected.response)
        #expect(stream.answer.usage == expected.response.usage)
        #expect(stream.answer.isComplete)
        #expect(String(buffer: output).hasSuffix("data: [DONE]\n\n"))
    }

    private static func events(_ body: ByteBuffer, _ decoder: any ChatStreamDecoder) throws -> [ChatEvent] {
        var decoder = decoder
        return try decoder.feed(body) + decoder.finish()
    }

    /// Compares what an OpenAI caller saw with what the provider said: words, calls, thoughts, usage, and the reason to
    /// end as far as OpenAI has a word for it.
    private static func compare(_ seen: ChatResponse, _ said: ChatResponse) throws {
        #expect(seen.choices.count == max(1, said.choices.count))
        // OpenAI's chat has no word for searches at the provider; the ledger takes them from what was observed.
        var usage = said.usage
        usage?.requests = 0
        #expect(seen.usage == usage)
        #expect(seen.serviceTier == said.serviceTier)
        for (seen, said) in zip(seen.choices, said.choices) {
            #expect(seen.text == said.text)
            #expect(seen.calls == said.calls)
            #expect(seen.thoughts == said.thoughts)
            let hasRefusal = said.parts.contains { if case .refusal = $0.kind { true } else { false } }
            #expect(
                OpenAIFinish.word(for: seen.finish, hasRefusal: hasRefusal)
                    == OpenAIFinish.word(for: said.finish, hasRefusal: hasRefusal))
        }
    }
}

extension ChatResponse.Choice {
    fileprivate var text: String {
        parts.map { if case .text(let text) = $0.kind { text } else { "" } }.joined()
    }

    fileprivate var calls: [ToolCall] {
        parts.compactMap { part in
            guard case .toolCall(var call) = part.kind else { return nil }
            if call.signature?.origin != .gemini { call.signature = nil }
            return call
        }
    }

    fileprivate var thoughts: [Thinking] {
        parts.compactMap { part in
            guard case .thinking(let thinking) = part.kind, !thinking.isEmpty else { return nil }
            return thinking
        }
    }
}

extension Thinking {
    fileprivate var isEmpty: Bool { text.isEmpty && signature == nil && sealed == nil }
}
