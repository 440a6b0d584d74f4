import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

@Suite(.enabled(if: RecordedTraffic.isThere, Comment(rawValue: RecordedTraffic.missing)))
struct RecordedTrafficTests {
    @Test(arguments: RecordedTraffic.all)
    func `usage is what the provider reported`(exchange: RecordedTraffic.Exchange) throws {
        let expected = try #require(RecordedTraffic.expectedUsage?[exchange.id])
        let answer: ObservedAnswer
        if exchange.isStream, exchange.status == 200 {
            var stream = OpenAIStream(removesUsageChunk: false)
            _ = try stream.relay(exchange.body)
            _ = try stream.finish()
            answer = stream.answer
        } else {
            answer = OpenAIResponse.observe(exchange.body)
        }
        guard expected["input"] != nil else {
            #expect(answer.usage == nil)
            return
        }
        let usage = try #require(answer.usage)
        #expect(usage.input + usage.audioInput == expected["input"]?.integer)
        #expect(usage.audioInput == expected["audio_input"]?.integer ?? 0)
        #expect(usage.cachedInput == expected["cached_input"]?.integer)
        #expect(usage.cacheWrite5m == expected["cache_write_5m"]?.integer)
        #expect(usage.cacheWrite1h == expected["cache_write_1h"]?.integer)
        #expect(usage.output + usage.audioOutput == expected["output"]?.integer)
        #expect(usage.reasoning == expected["reasoning"]?.integer ?? 0)
        #expect(usage.promptTotal == expected["prompt_total"]?.integer)
        #expect(answer.serviceTier == expected["service_tier"]?.string)
        #expect(answer.model == expected["model"]?.string)
        #expect(!usage.isEstimated)
    }

    @Test(arguments: RecordedTraffic.all.filter { $0.status == 200 })
    func `the cost is what the shipped catalogue makes of it`(exchange: RecordedTraffic.Exchange) throws {
        let expected = try #require(RecordedTraffic.expectedUsage?[exchange.id])
        guard let dollars = expected["usd"]?.string, let usage = Usage(expected) else { return }
        let vendors: [String: Vendor] = [
            "openai": .openai, "azure": .azure, "groq": .groq, "fireworks": .fireworks, "bedrock": .bedrock,
            "gemini": .google,
        ]
        let vendor = try #require(vendors[exchange.provider])
        let provider = Provider(id: Identifier("prov_test"), name: "test", vendor: vendor)
        let catalogue = try #require(RecordedTraffic.catalogue)
        let names = [exchange.model, expected["model"]?.string ?? ""]
        let model = try #require(names.lazy.compactMap { catalogue.model($0, at: provider) }.first)
        let cost = Meter.cost(
            of: usage, at: model.price(at: Timestamp(microseconds: 0)), serviceTier: expected["service_tier"]?.string)
        // Each bucket is rounded to the nano-dollar by itself.
        let exact = try #require(
            Money(usd: dollars.prefix(while: { $0 != "." }) + "." + dollars.drop { $0 != "." }.dropFirst().prefix(9)))
        #expect(abs(cost.total.nanoUSD - exact.nanoUSD) <= 5)
    }

    @Test(arguments: RecordedTraffic.streams)
    func `a stream in any pieces is relayed byte for byte`(exchange: RecordedTraffic.Exchange) throws {
        var generator = SeededGenerator(seed: 7)
        let whole = try relay(exchange.body, pieces: { exchange.body.readableBytes })
        #expect(whole.output == exchange.body)
        #expect(!whole.answer.isMalformed)
        let sevens = try relay(exchange.body, pieces: { 7 })
        let random = try relay(exchange.body, pieces: { Int.random(in: 1...400, using: &generator) })
        for other in [sevens, random] {
            #expect(other.output == exchange.body)
            #expect(other.answer == whole.answer)
            #expect(other.events == whole.events)
        }
    }

    @Test(arguments: RecordedTraffic.streams)
    func `only the usage chunk is withheld`(exchange: RecordedTraffic.Exchange) throws {
        let asked = try relay(exchange.body, pieces: { 7 }, removesUsageChunk: false)
        let removed = try relay(exchange.body, pieces: { 7 }, removesUsageChunk: true)
        #expect(removed.answer == asked.answer)
        var decoder = SSEDecoder()
        decoder.feed(exchange.body)
        decoder.finish()
        var kept = ByteBuffer()
        while let event = try decoder.next() {
            let data = event.data.flatMap { try? JSONValue(parsing: $0) }
            let isUsageChunk = data?["choices"]?.elements?.isEmpty == true && data?["usage"]?.members != nil
            if !isUsageChunk { kept.writeImmutableBuffer(event.raw) }
        }
        #expect(removed.output == kept)
    }

    @Test(arguments: RecordedTraffic.all.filter { $0.isChat || $0.surface.hasSuffix("embeddings") })
    func `a request is read and patched`(exchange: RecordedTraffic.Exchange) throws {
        let body = exchange.request.buffer
        let head = try InquiryHead.read(
            withModel(body, exchange.request), endpoint: exchange.isChat ? .chat : .embeddings)
        #expect(head.isStream == exchange.request["stream"]?.bool ?? false)
        #expect(head.hasTools == !(exchange.request["tools"]?.elements ?? []).isEmpty)
        let asks = exchange.request["stream_options"]?["include_usage"]?.bool ?? false
        #expect(head.asksForUsage == asks)
        let same = head.upstreamBody(body, model: head.model, addsUsageRequest: false)
        #expect(same == body)
        let patched = try JSONValue(
            parsing: head.upstreamBody(
                withModel(body, exchange.request), model: "other/\"model\"", addsUsageRequest: true))
        #expect(patched["model"]?.string == "other/\"model\"")
        if head.isStream, exchange.isChat { #expect(patched["stream_options"]?["include_usage"]?.bool == true) }
        for member in exchange.request.members ?? [] where !["model", "stream_options"].contains(member.name) {
            #expect(patched[member.name] == member.value)
        }
    }

    /// The body with a model where the recording has none (Azure names it in the path).
    private func withModel(_ body: ByteBuffer, _ request: JSONValue) -> ByteBuffer {
        guard request["model"]?.string == nil, let members = request.members else { return body }
        return JSONValue.object([JSONValue.Member("model", "deployment")] + members).buffer
    }

    private func relay(
        _ body: ByteBuffer, pieces: () -> Int, removesUsageChunk: Bool = false
    ) throws -> (output: ByteBuffer, answer: ObservedAnswer, events: Int) {
        var stream = OpenAIStream(removesUsageChunk: removesUsageChunk)
        var output = ByteBuffer()
        var rest = body
        while rest.readableBytes > 0, let piece = rest.readSlice(length: min(pieces(), rest.readableBytes)) {
            output.writeImmutableBuffer(try stream.relay(piece))
        }
        output.writeImmutableBuffer(try stream.finish())
        return (output, stream.answer, stream.eventCount)
    }
}

extension Usage {
    /// The buckets as `check_cost.py` prints them, audio inside plain input and output.
    fileprivate init?(_ expected: JSONValue) {
        guard let input = expected["input"]?.integer, let output = expected["output"]?.integer else { return nil }
        self.init(
            input: input, cachedInput: expected["cached_input"]?.integer ?? 0,
            cacheWrite5m: expected["cache_write_5m"]?.integer ?? 0,
            cacheWrite1h: expected["cache_write_1h"]?.integer ?? 0, output: output)
    }
}
