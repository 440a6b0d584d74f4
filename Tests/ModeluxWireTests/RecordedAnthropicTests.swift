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

    private static let answers = RecordedTraffic.anthropic.filter { $0.status == 200 }

    @Test(arguments: answers)
    func `an answer is read and written again`(exchange: RecordedTraffic.Exchange) throws {
        let observed =
            exchange.isStream
            ? try relay(exchange.body, pieces: { 400 }).answer : AnthropicResponse.observe(exchange.body)
        let response: ChatResponse
        if exchange.isStream {
            let events = try ChatEvents.of(exchange.body, by: AnthropicChatDecoder())
            #expect(events.last == .end && ChatEvents.disorder(events) == nil)
            #expect(try ChatEvents.of(exchange.body, by: AnthropicChatDecoder()) { 7 } == events)
            response = ChatEvents.answer(events).response
            // Written as a stream, it reads as the same answer, and passes as one.
            var encoder = AnthropicChatEncoder(id: response.id, model: "", inputTokens: 0)
            var written = ByteBuffer()
            for event in events { encoder.write(event, to: &written) }
            encoder.close(to: &written)
            let again = ChatEvents.answer(try ChatEvents.of(written, by: AnthropicChatDecoder())).response
            #expect(again.choices == response.choices && again.model == response.model)
            let passed = try relay(written, pieces: { 100 })
            #expect(passed.answer.isComplete && passed.answer.usage?.output == response.usage?.output)
        } else {
            let body = try JSONValue(parsing: exchange.body)
            response = try AnthropicChatResponse.decode(body)
            let written = AnthropicChatResponse.encode(
                response, id: response.id, model: response.model, created: 0)
            #expect(try AnthropicChatResponse.decode(written).choices == response.choices)
            #expect(written["stop_reason"] == body["stop_reason"])
        }
        #expect(response.usage == observed.usage && response.sideUsage == observed.sideUsage)
        #expect(response.serviceTier == observed.serviceTier)
        #expect(response.model == observed.model)
        #expect(response.choices.count == 1 && !response.choices[0].parts.isEmpty)
    }

    @Test func `broken recordings are read or refused`() throws {
        try MutatedRecordings.check(Self.streams, seed: 31, rounds: 10_000) { AnthropicChatDecoder() }
        var generator = SeededGenerator(seed: 32)
        var readCount = 0
        for round in 0..<10_000 {
            let exchange = RecordedTraffic.anthropic[round % RecordedTraffic.anthropic.count]
            let isRequest = Bool.random(using: &generator)
            let whole = isRequest ? exchange.request.buffer : exchange.body
            guard whole.readableBytes < 6000 else { continue }
            let body = ByteBuffer(bytes: MutatedRecordings.mutated(whole, &generator))
            _ = AnthropicResponse.observe(body)
            if let head = try? InquiryHead.read(body, endpoint: .messages) {
                let patched = head.upstreamBody(body, model: "x", addsUsageRequest: false)
                #expect((try? JSONValue(parsing: patched)) != nil)
            }
            guard let value = try? JSONValue(parsing: body) else { continue }
            _ = try? AnthropicChatResponse.decode(value)
            guard let request = try? AnthropicChatRequest.decode(value) else { continue }
            readCount += 1
            let target = ChatTarget(vendor: .anthropic, model: "claude-opus-4-8", entry: nil)
            if let encoded = try? AnthropicChatRequest.encode(request, for: target) {
                #expect((try? JSONValue(parsing: encoded.body)) != nil)
            }
        }
        #expect(readCount > 200)
    }

    /// What comes back another way, by the end of the recording's id, and why.
    private static let differences: [String: String] = [
        "9c031b15":
            "the beta form `output_format` comes back as `output_config.format`, with no member that is optional"
    ]

    @Test func `a request that was read is written as it was`() throws {
        let requests = Self.answers.filter { $0.request["messages"] != nil && $0.surface == "anthropic.messages" }
        var same = 0
        for exchange in requests {
            let provider = Provider(id: Identifier("prov_test"), name: "test", vendor: .anthropic)
            let entry = RecordedTraffic.catalogue?.model(exchange.model, at: provider)
            let request = try AnthropicChatRequest.decode(exchange.request)
            let encoded = try AnthropicChatRequest.encode(
                request, for: ChatTarget(vendor: .anthropic, model: exchange.model, entry: entry))
            let differences = RequestComparison.differences(
                try JSONValue(parsing: encoded.body), exchange.request, ignoring: Set(request.unmapped))
            guard let difference = differences.first else {
                same += 1
                continue
            }
            print("  \(exchange.id): \(difference)")
            #expect(Self.differences[String(exchange.id.suffix(8))] != nil, "\(exchange.id): \(difference)")
        }
        print("Anthropic requests that come back as they were: \(same) of \(requests.count)")
        #expect(same * 10 >= requests.count * 8)
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
