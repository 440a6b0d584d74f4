import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

@Suite(.enabled(if: RecordedTraffic.isThere, Comment(rawValue: RecordedTraffic.missing)))
struct RecordedGeminiTests {
    private static let all = RecordedTraffic.exchanges(of: [
        "gemini.generateContent", "gemini.streamGenerateContent", "vertex.generateContent",
        "vertex.streamGenerateContent",
    ])
    private static let answered = all.filter { $0.status == 200 }
    private static let streams = answered.filter(\.isStream)

    @Test(arguments: answered)
    func `usage, model and text are what the provider said`(exchange: RecordedTraffic.Exchange) throws {
        let response: ChatResponse
        if exchange.isStream {
            let events = try ChatEvents.of(exchange.body, by: GeminiChatDecoder())
            #expect(events.last == .end)
            #expect(ChatEvents.disorder(events) == nil)
            response = ChatEvents.answer(events).response
        } else {
            response = try GeminiChatResponse.decode(try JSONValue(parsing: exchange.body))
        }
        let expected = try #require(RecordedTraffic.expectedUsage?[exchange.id])
        let usage = try #require(response.usage)
        #expect(usage.promptTotal == expected["prompt_total"]?.integer)
        #expect(usage.input + usage.audioInput == expected["input"]?.integer)
        #expect(usage.cachedInput == expected["cached_input"]?.integer)
        #expect(usage.cacheWrite5m == 0 && usage.cacheWrite1h == 0)
        #expect(usage.output + usage.audioOutput == expected["output"]?.integer)
        #expect(usage.reasoning == expected["reasoning"]?.integer ?? 0)
        #expect(usage.audioInput == expected["audio_input"]?.integer ?? 0)
        #expect(response.model == expected["model"]?.string)
        let choice = try #require(response.choices.first)
        switch expected["finish"]?.string {
        case "STOP": #expect(choice.finish == .end || choice.finish == .toolCalls)
        case "MAX_TOKENS": #expect(choice.finish == .length)
        default: Issue.record("an unforeseen reason: \(String(describing: expected["finish"]))")
        }
        #expect(!choice.parts.isEmpty)
        let calls = choice.parts.compactMap { if case .toolCall(let call) = $0.kind { call.id } else { nil } }
        #expect(Set(calls).count == calls.count)
        #expect(calls.isEmpty == (choice.finish != .toolCalls))
    }

    @Test(arguments: streams)
    func `a stream in any pieces says the same`(exchange: RecordedTraffic.Exchange) throws {
        var generator = SeededGenerator(seed: 11)
        let whole = try ChatEvents.of(exchange.body, by: GeminiChatDecoder())
        #expect(try ChatEvents.of(exchange.body, by: GeminiChatDecoder()) { 7 } == whole)
        let random = try ChatEvents.of(exchange.body, by: GeminiChatDecoder()) {
            Int.random(in: 1...400, using: &generator)
        }
        #expect(random == whole)
        #expect(whole.count > 4)
    }

    @Test func `broken recordings are read or refused`() throws {
        try MutatedRecordings.check(Self.answered, seed: 21, rounds: 10_000) { GeminiChatDecoder() }
        var generator = SeededGenerator(seed: 22)
        for round in 0..<2_000 {
            let exchange = Self.answered[round % Self.answered.count]
            guard exchange.body.readableBytes < 6000 else { continue }
            let body = ByteBuffer(bytes: MutatedRecordings.mutated(exchange.body, &generator))
            guard let value = try? JSONValue(parsing: body) else { continue }
            _ = try? GeminiChatResponse.decode(value)
        }
    }
}
