import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

/// What other providers answered, written for callers of the Anthropic surface: it must say the same.
@Suite(.enabled(if: RecordedTraffic.isThere, Comment(rawValue: RecordedTraffic.missing)))
struct RecordedToAnthropicTests {
    private static let openai = RecordedTraffic.all.filter { $0.isChat && $0.status == 200 }
    private static let gemini = RecordedTraffic.exchanges(of: [
        "gemini.generateContent", "gemini.streamGenerateContent", "vertex.generateContent",
        "vertex.streamGenerateContent",
    ]).filter { $0.status == 200 }

    @Test(arguments: openai.filter(\.isStream))
    func `a stream of OpenAI's shape says the same in Anthropic's`(exchange: RecordedTraffic.Exchange) throws {
        try check(try ChatEvents.of(exchange.body, by: OpenAIChatDecoder()))
    }

    @Test(arguments: gemini.filter(\.isStream))
    func `a stream of Gemini's says the same in Anthropic's shape`(exchange: RecordedTraffic.Exchange) throws {
        try check(try ChatEvents.of(exchange.body, by: GeminiChatDecoder()))
    }

    @Test(arguments: openai.filter { !$0.isStream })
    func `an answer of OpenAI's shape says the same in Anthropic's`(exchange: RecordedTraffic.Exchange) throws {
        try check(try OpenAIChatResponse.decode(try JSONValue(parsing: exchange.body)))
    }

    @Test(arguments: gemini.filter { !$0.isStream })
    func `an answer of Gemini's says the same in Anthropic's shape`(exchange: RecordedTraffic.Exchange) throws {
        try check(try GeminiChatResponse.decode(try JSONValue(parsing: exchange.body)))
    }

    private func check(_ events: [ChatEvent]) throws {
        var encoder = AnthropicChatEncoder(id: "msg_1", model: "m", inputTokens: 5)
        var written = ByteBuffer()
        for event in events { encoder.write(event, to: &written) }
        encoder.close(to: &written)
        let again = try ChatEvents.of(written, by: AnthropicChatDecoder())
        #expect(ChatEvents.disorder(again) == nil)
        let original = ChatEvents.answer(events)
        // A stream that failed fails here, too, and says nothing after it.
        guard original.failure == nil else {
            #expect(ChatEvents.answer(again).failure != nil)
            return
        }
        guard original.isComplete else { return }
        compare(ChatEvents.answer(again).response, original.response)
    }

    private func check(_ response: ChatResponse) throws {
        let written = AnthropicChatResponse.encode(response, id: "msg_1", model: response.model, created: 0)
        compare(try AnthropicChatResponse.decode(try JSONValue(parsing: written.buffer)), response)
    }

    private func compare(_ ours: ChatResponse, _ theirs: ChatResponse) {
        let (left, right) = (ours.choices.first, theirs.choices.first)
        #expect(left?.said == right?.said)
        #expect(left?.thought == right?.thought)
        #expect(left?.calls == right?.calls)
        let word = AnthropicStopReason.word(for: right?.finish ?? .contentFilter)
        let hasCalls = right?.calls.isEmpty == false
        #expect(left?.finish == (word == "tool_use" && !hasCalls ? .end : AnthropicStopReason.read(word)))
        guard let usage = theirs.usage else { return }
        #expect(ours.usage?.promptTotal == usage.promptTotal)
        #expect(ours.usage?.cachedInput == usage.cachedInput && ours.usage?.reasoning == usage.reasoning)
        #expect(ours.usage?.output == usage.output + usage.audioOutput)
    }
}

extension ChatResponse.Choice {
    fileprivate var said: String {
        parts.map { part in
            switch part.kind {
            case .text(let text), .refusal(let text): text
            default: ""
            }
        }.joined()
    }

    fileprivate var thought: String {
        parts.map { if case .thinking(let thinking) = $0.kind { thinking.text } else { "" } }.joined()
    }

    /// Name and arguments of each call; the arguments as values, since numbers and blanks may be written otherwise.
    fileprivate var calls: [String] {
        parts.compactMap { part in
            guard case .toolCall(let call) = part.kind else { return nil }
            let id = AnthropicToolInput.id(call.id)
            return "\(id) \(call.name) \(String(buffer: AnthropicToolInput.object(call.arguments).buffer))"
        }
    }
}
