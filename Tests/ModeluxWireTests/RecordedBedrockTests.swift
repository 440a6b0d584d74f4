import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

@Suite(.enabled(if: RecordedTraffic.isThere, Comment(rawValue: RecordedTraffic.missing)))
struct RecordedBedrockTests {
    private static let answered = RecordedTraffic.exchanges(of: ["bedrock.converse", "bedrock.converse-stream"])
        .filter { $0.status == 200 }
    private static let streams = answered.filter(\.isStream)

    private static let reasons: [String: FinishReason] = [
        "end_turn": .end, "tool_use": .toolCalls, "max_tokens": .length, "guardrail_intervened": .contentFilter,
    ]

    @Test(arguments: answered)
    func `usage, reason and text are what the provider said`(exchange: RecordedTraffic.Exchange) throws {
        let response: ChatResponse
        if exchange.isStream {
            let events = try ChatEvents.of(exchange.body, by: BedrockChatDecoder())
            #expect(events.last == .end)
            #expect(ChatEvents.disorder(events) == nil)
            response = ChatEvents.answer(events).response
        } else {
            response = try BedrockChatResponse.decode(try JSONValue(parsing: exchange.body))
        }
        let expected = try #require(RecordedTraffic.expectedUsage?[exchange.id])
        let usage = try #require(response.usage)
        #expect(usage.input == expected["input"]?.integer)
        #expect(usage.cachedInput == expected["cached_input"]?.integer)
        #expect(usage.cacheWrite5m == expected["cache_write_5m"]?.integer)
        #expect(usage.cacheWrite1h == expected["cache_write_1h"]?.integer)
        #expect(usage.output == expected["output"]?.integer)
        let choice = try #require(response.choices.first)
        #expect(choice.finish == Self.reasons[expected["finish"]?.string ?? ""])
        #expect(!choice.parts.isEmpty)
    }

    @Test(arguments: streams)
    func `a stream in any pieces says the same`(exchange: RecordedTraffic.Exchange) throws {
        var generator = SeededGenerator(seed: 31)
        let whole = try ChatEvents.of(exchange.body, by: BedrockChatDecoder())
        #expect(try ChatEvents.of(exchange.body, by: BedrockChatDecoder()) { 7 } == whole)
        let random = try ChatEvents.of(exchange.body, by: BedrockChatDecoder()) {
            Int.random(in: 1...400, using: &generator)
        }
        #expect(random == whole)
        #expect(whole.count > 4)
    }

    @Test func `broken recordings are refused or read`() throws {
        try MutatedRecordings.check(Self.streams, seed: 41, rounds: 5_000, completes: false) { BedrockChatDecoder() }
        // With their checksums put right, broken payloads get as far as the events.
        var generator = SeededGenerator(seed: 42)
        let mended = try Self.streams.map(\.body).filter { $0.readableBytes < 6000 }.map(MutatedRecordings.frames)
        for round in 0..<5_000 {
            let body = MutatedRecordings.mutated(mended[round % mended.count], &generator)
            let length = Int.random(in: 1...300, using: &generator)
            let whole = ChatEvents.orFailure(body, by: BedrockChatDecoder())
            let pieces = ChatEvents.orFailure(body, by: BedrockChatDecoder()) { length }
            let isSame =
                whole.failure == nil
                ? whole.events == pieces.events && pieces.failure == nil
                : pieces.failure != nil && pieces.events.starts(with: whole.events)
            guard isSame, ChatEvents.disorder(pieces.events) == nil else {
                Issue.record("round \(round): \(ChatEvents.disorder(pieces.events) ?? "differs in pieces")")
                return
            }
        }
        for round in 0..<2_000 {
            let exchange = Self.answered[round % Self.answered.count]
            guard !exchange.isStream, exchange.body.readableBytes < 6000 else { continue }
            let body = ByteBuffer(bytes: MutatedRecordings.mutated(exchange.body, &generator))
            if let value = try? JSONValue(parsing: body) { _ = try? BedrockChatResponse.decode(value) }
        }
    }
}
