public import ModeluxCore
public import NIOCore

/// Reads a stream of Google's `streamGenerateContent`: server-sent events, each of them a whole
/// `GenerateContentResponse` with more of the answer, or the JSON array that comes without `alt=sse`.
///
/// There is no event for the end: the body's end is it, if every candidate has said why it ended.
public struct GeminiChatDecoder: ChatStreamDecoder {
    private var reader: GeminiAnswerReader
    private var form = Form.unknown
    private var isOver = false

    private enum Form: Sendable {
        case unknown
        case events(SSEDecoder)
        case objects(JSONTextSplitter)
    }

    /// Makes a decoder. The call of `outputTool`, by which the answer's form was asked for, is turned back into text.
    public init(outputTool: String? = nil) {
        reader = GeminiAnswerReader(outputTool: outputTool)
    }

    /// Takes the next piece of the provider's bytes and gives what it says.
    /// - Throws: `Failure` of kind `providerError` when it is not in the dialect or exceeds a limit.
    public mutating func feed(_ bytes: ByteBuffer) throws(Failure) -> [ChatEvent] {
        guard !isOver, bytes.readableBytes > 0 else { return [] }
        do throws(Failure) {
            return try take(bytes)
        } catch {
            isOver = true
            throw error
        }
    }

    /// Says that the provider has ended the body. Gives what was left; no `end` when the answer is not complete.
    /// - Throws: `Failure` of kind `providerError` when it is not in the dialect.
    public mutating func finish() throws(Failure) -> [ChatEvent] {
        guard !isOver else { return [] }
        defer { isOver = true }
        var events: [ChatEvent] = []
        if case .events(var decoder) = form {
            form = .unknown
            decoder.finish()
            events = try drain(&decoder)
        }
        if !isOver, reader.isComplete { events.append(.end) }
        return events
    }

    private mutating func take(_ bytes: ByteBuffer) throws(Failure) -> [ChatEvent] {
        var bytes = bytes
        if case .unknown = form {
            while let byte = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self), byte <= 0x20 {
                bytes.moveReaderIndex(forwardBy: 1)
            }
            guard let first = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) else { return [] }
            let isJSON = first == UInt8(ascii: "[") || first == UInt8(ascii: "{")
            form = isJSON ? .objects(JSONTextSplitter()) : .events(SSEDecoder())
        }
        // The state has one owner at a time, or its buffer would be copied for each piece.
        switch form {
        case .events(var decoder):
            form = .unknown
            defer { form = .events(decoder) }
            decoder.feed(bytes)
            return try drain(&decoder)
        case .objects(var splitter):
            form = .unknown
            defer { form = .objects(splitter) }
            splitter.feed(bytes)
            var events: [ChatEvent] = []
            while !isOver, let text = try splitter.next() { try read(text, &events) }
            return events
        case .unknown: return []
        }
    }

    private mutating func drain(_ decoder: inout SSEDecoder) throws(Failure) -> [ChatEvent] {
        var events: [ChatEvent] = []
        while !isOver, let event = try decoder.next() {
            guard let data = event.data, data.readableBytes > 0 else { continue }
            if data.readableBytes == 6, String(buffer: data) == "[DONE]" { continue }
            try read(data, &events)
        }
        return events
    }

    private mutating func read(_ text: ByteBuffer, _ events: inout [ChatEvent]) throws(Failure) {
        let chunk: JSONValue
        do throws(JSONFault) {
            chunk = try JSONValue(parsing: text)
        } catch {
            throw Failure(.providerError, "the provider's stream has an event that is no JSON")
        }
        try reader.read(chunk, &events)
        isOver = reader.hasFailed
    }
}
