import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

extension RecordedTraffic {
    /// All exchanges of Anthropic's dialect, whoever hosts the model.
    static let anthropic = exchanges(of: [
        "anthropic.messages", "azure.anthropic-messages", "compat.anthropic-messages",
        "vertex.anthropic-streamRawPredict",
    ])
}

@Suite(.enabled(if: RecordedTraffic.isThere, Comment(rawValue: RecordedTraffic.missing)))
struct RecordedAnthropicTests {
    private static let streams = RecordedTraffic.anthropic.filter { $0.isStream && $0.status == 200 }

    @Test(arguments: RecordedTraffic.anthropic)
    func `usage is what the provider reported`(exchange: RecordedTraffic.Exchange) throws {
        let expected = try #require(RecordedTraffic.expectedUsage?[exchange.id])
        let answer =
            exchange.isStream && exchange.status == 200
            ? try relay(exchange.body, pieces: { 7 }).answer : AnthropicResponse.observe(exchange.body)
        guard expected["input"] != nil else {
            #expect(answer.usage == nil)
            return
        }
        let usage = try #require(answer.usage)
        #expect(usage.input == expected["input"]?.integer)
        #expect(usage.cachedInput == expected["cached_input"]?.integer)
        #expect(usage.cacheWrite5m == expected["cache_write_5m"]?.integer)
        #expect(usage.cacheWrite1h == expected["cache_write_1h"]?.integer)
        #expect(usage.output == expected["output"]?.integer)
        #expect(usage.reasoning == expected["reasoning"]?.integer ?? 0)
        #expect(usage.promptTotal == expected["prompt_total"]?.integer)
        #expect(usage.requests == expected["web_search_requests"]?.integer ?? 0)
        #expect(answer.serviceTier == expected["service_tier"]?.string)
        #expect(answer.model == expected["model"]?.string)
        let side = expected["sub"]?.elements ?? []
        #expect(answer.sideUsage.map(\.model) == side.map { $0["model"]?.string })
        #expect(answer.sideUsage.map(\.usage.input) == side.map { $0["input"]?.integer })
        #expect(answer.sideUsage.map(\.usage.cachedInput) == side.map { $0["cached_input"]?.integer })
        #expect(answer.sideUsage.map(\.usage.output) == side.map { $0["output"]?.integer })
    }

    @Test(arguments: streams)
    func `a stream in any pieces is relayed byte for byte`(exchange: RecordedTraffic.Exchange) throws {
        var generator = SeededGenerator(seed: 7)
        let whole = try relay(exchange.body, pieces: { exchange.body.readableBytes })
        #expect(whole.output == exchange.body)
        #expect(!whole.answer.isMalformed && whole.answer.isComplete)
        let sevens = try relay(exchange.body, pieces: { 7 })
        let random = try relay(exchange.body, pieces: { Int.random(in: 1...400, using: &generator) })
        for other in [sevens, random] {
            #expect(other.output == exchange.body)
            #expect(other.answer == whole.answer)
        }
        let held = try relay(exchange.body, pieces: { 7 }, stream: AnthropicStream(holdsStop: true))
        #expect(held.output.readableBytes < exchange.body.readableBytes)
        var joined = held.output
        joined.writeImmutableBuffer(held.heldEnd)
        #expect(joined == exchange.body)
    }

    @Test(arguments: RecordedTraffic.anthropic)
    func `a request is read and patched`(exchange: RecordedTraffic.Exchange) throws {
        guard let members = exchange.request.members else { return }
        let named =
            exchange.request["model"] == nil
            ? JSONValue.object([JSONValue.Member("model", "m")] + members) : exchange.request
        let body = named.buffer
        let head = try InquiryHead.read(body, endpoint: .messages)
        #expect(head.isStream == named["stream"]?.bool ?? false)
        #expect(head.hasTools == !(named["tools"]?.elements ?? []).isEmpty)
        #expect(head.maximumOutputTokens == named["max_tokens"]?.integer)
        #expect(head.textBytes >= 0 && head.textBytes + head.attachmentBytes <= body.readableBytes)
        #expect(head.upstreamBody(body, model: head.model, addsUsageRequest: true) == body)
        let patched = try JSONValue(parsing: head.upstreamBody(body, model: "other", addsUsageRequest: true))
        for member in named.members ?? [] {
            #expect(patched[member.name] == (member.name == "model" ? "other" : member.value))
        }
    }

    private func relay(
        _ body: ByteBuffer, pieces: () -> Int, stream: AnthropicStream = AnthropicStream()
    ) throws -> (output: ByteBuffer, answer: ObservedAnswer, heldEnd: ByteBuffer) {
        var stream = stream
        var output = ByteBuffer()
        var rest = body
        while rest.readableBytes > 0, let piece = rest.readSlice(length: min(pieces(), rest.readableBytes)) {
            output.writeImmutableBuffer(try stream.relay(piece))
        }
        output.writeImmutableBuffer(try stream.finish())
        return (output, stream.answer, stream.heldEnd)
    }
}
