public import ModeluxCore
public import NIOCore

/// Reads a chat stream of the OpenAI shape, of whichever server.
///
/// `[DONE]` ends it; a stream whose provider closes it without is complete when a choice gave its reason to end. An
/// error, as an event of that name or as a member of a chunk, ends it with `failure`.
public struct OpenAIChatDecoder: ChatStreamDecoder {
    private var sse = SSEDecoder()
    /// The body of a server that answers whole although a stream was asked for; nil for a stream.
    private var whole: ByteBuffer?
    private var hasBytes = false
    private var hasStarted = false
    private var isOver = false
    private var answerID = ""
    private var serviceTier = ""
    private var choices: [OpenAIChoiceDecoder] = []

    /// More choices than any request may ask for.
    private static let mostChoices: Int64 = 128

    /// Makes a decoder at the beginning of a stream.
    public init() {}

    /// Takes the next piece of the provider's bytes and gives what it says.
    /// - Throws: `Failure` of kind `providerError` when an event is no JSON, or is too long.
    public mutating func feed(_ bytes: ByteBuffer) throws(Failure) -> [ChatEvent] {
        guard !isOver else { return [] }
        if !hasBytes, let first = bytes.readableBytesView.first(where: { $0 > 0x20 }) {
            hasBytes = true
            if first == UInt8(ascii: "{") { whole = ByteBuffer() }
        }
        guard whole == nil else {
            whole?.writeImmutableBuffer(bytes)
            guard whole?.readableBytes ?? 0 <= SSEDecoder.defaultMaximumEventBytes else {
                throw Failure(.providerError, "the provider's answer is too long for a stream")
            }
            return []
        }
        sse.feed(bytes)
        return try drain()
    }

    /// Says that the provider has ended the body. Gives what was left, with the end when the answer is complete.
    /// - Throws: `Failure` of kind `providerError` when an event is no JSON, or is too long.
    public mutating func finish() throws(Failure) -> [ChatEvent] {
        guard !isOver else { return [] }
        if let whole {
            isOver = true
            guard let value = try? JSONValue(parsing: whole) else {
                throw Failure(.providerError, "the provider's answer is not complete")
            }
            return try OpenAIChatResponse.decode(value).events
        }
        sse.finish()
        var events = try drain()
        if !isOver, !choices.isEmpty, choices.allSatisfy(\.isFinished) { end(&events) }
        isOver = true
        return events
    }

    private mutating func drain() throws(Failure) -> [ChatEvent] {
        var events: [ChatEvent] = []
        while !isOver, let event = try sse.next() {
            guard let data = event.data, data.readableBytes > 0 else { continue }
            let isError = event.name.map { $0.withView { $0.equals(0..<$0.count, "error") } } ?? false
            try read(data, isError: isError, &events)
        }
        return events
    }

    private mutating func end(_ events: inout [ChatEvent]) {
        guard hasStarted else {
            return fail(Failure(.providerError, "the provider's stream ended without an answer"), &events)
        }
        if choices.isEmpty { choices.append(OpenAIChoiceDecoder(0, answerID: answerID)) }
        for index in choices.indices { choices[index].finish(&events) }
        isOver = true
        events.append(.end)
    }

    private mutating func read(_ data: ByteBuffer, isError: Bool, _ events: inout [ChatEvent]) throws(Failure) {
        if data.withView({ $0.hasPrefix(at: 0, "[DONE]") }) { return end(&events) }
        let wantsHead = !hasStarted
        let chunk: OpenAIChunk
        do throws(JSONFault) {
            chunk = try data.withView { (bytes: ByteView) throws(JSONFault) -> OpenAIChunk in
                try OpenAIChunk(bytes, wantsHead: wantsHead)
            }
        } catch {
            // Servers that forget the blank line mean one text for each line.
            let lines = data.readableBytesView.split(separator: UInt8(ascii: "\n"))
            guard lines.count > 1 else {
                if isError { return fail(OpenAIStreamError.failure(.string(String(buffer: data))), &events) }
                throw Failure(
                    .providerError, "the provider's stream has an event that is no JSON", cause: error.reason.rawValue)
            }
            for line in lines where !isOver { try read(ByteBuffer(line), isError: isError, &events) }
            return
        }
        if let error = chunk.error { return fail(OpenAIStreamError.failure(error), &events) }
        if isError {
            return fail(OpenAIStreamError.failure((try? JSONValue(parsing: data)) ?? .null), &events)
        }
        try take(chunk, &events)
    }

    private mutating func fail(_ failure: Failure, _ events: inout [ChatEvent]) {
        isOver = true
        events.append(.failure(failure))
    }

    private mutating func take(_ chunk: OpenAIChunk, _ events: inout [ChatEvent]) throws(Failure) {
        // Azure's first chunk has neither: it tells of its filters only.
        if !hasStarted, !chunk.choices.isEmpty || !chunk.id.isEmpty {
            hasStarted = true
            answerID = chunk.id
            events.append(.start(id: chunk.id, model: chunk.model))
        }
        for choice in chunk.choices {
            let index = choice.index ?? 0
            guard (0..<OpenAIChatDecoder.mostChoices).contains(index) else {
                throw Failure(.providerError, "the provider's stream has a choice \(index), which nobody asked for")
            }
            while choices.count <= Int(index) {
                choices.append(OpenAIChoiceDecoder(choices.count, answerID: answerID))
            }
            try choices[Int(index)].take(choice, &events)
            if let failure = choices[Int(index)].failure { return fail(failure, &events) }
        }
        if let tier = chunk.serviceTier, tier != serviceTier {
            serviceTier = tier
            events.append(.serviceTier(tier))
        }
        if let usage = chunk.usage { events.append(.usage(usage)) }
    }
}
