public import ModeluxCore
public import NIOCore

/// Relays a chat or completions stream event by event and observes it in passing.
///
///     var stream = OpenAIStream(removesUsageChunk: head.removesUsageChunk(addsUsageRequest: row.asksForUsage))
///     write(try stream.relay(chunk))      // for each piece from the provider; may be empty
///     write(try stream.finish())          // when the provider has ended the body
///     settle(stream.answer)               // at any exit, also in the middle
///
/// What `relay` returns is always whole events with the provider's own bytes. Cost: about half a microsecond for an
/// event; no allocation unless an event spans two pieces or one is withheld.
public struct OpenAIStream: AnswerRelay {
    /// What has been observed so far.
    public private(set) var answer = ObservedAnswer()
    /// Events handed on or withheld so far, comments included.
    public private(set) var eventCount = 0

    /// `[DONE]` as the provider wrote it, and what it sent after it, when `holdsDone` was asked for.
    public private(set) var heldEnd = ByteBuffer()

    private let removesUsageChunk: Bool
    private let holdsDone: Bool
    private var decoder: SSEDecoder

    /// Makes a relay.
    /// - Parameters:
    ///   - removesUsageChunk: withhold the extra usage chunk that we asked for and the caller did not.
    ///   - holdsDone: withhold `[DONE]` in `heldEnd`, so that the operation can be booked, or something be put before
    ///     it, before it goes out.
    ///   - maximumEventBytes: the longest event that is taken.
    public init(
        removesUsageChunk: Bool, holdsDone: Bool = false,
        maximumEventBytes: Int = SSEDecoder.defaultMaximumEventBytes
    ) {
        self.removesUsageChunk = removesUsageChunk
        self.holdsDone = holdsDone
        decoder = SSEDecoder(maximumEventBytes: maximumEventBytes)
    }

    /// Takes a piece of the provider's stream and gives what goes to the caller now: all events that are complete,
    /// without those withheld.
    /// - Throws: `Failure` of kind `providerError` when an event is too long.
    public mutating func relay(_ chunk: ByteBuffer) throws(Failure) -> ByteBuffer {
        decoder.feed(chunk)
        return try drain()
    }

    /// Gives what is left when the provider has ended the stream: an event without its blank line.
    /// - Throws: `Failure` of kind `providerError` when it is too long.
    public mutating func finish() throws(Failure) -> ByteBuffer {
        decoder.finish()
        return try drain()
    }

    private mutating func drain() throws(Failure) -> ByteBuffer {
        let whole = decoder.buffer
        var output: ByteBuffer?
        var position = whole.readerIndex
        /// Where the run of relayed events that is not in `output` yet begins.
        var runStart = position
        while let block = try decoder.nextBlock() {
            var isRelayed = read(block, at: position, of: whole)
            position += block.length
            if holdsDone, answer.isDone {
                append(whole, position - block.length..<position, to: &heldEnd)
                isRelayed = false
            }
            guard !isRelayed else { continue }
            var joined = output ?? ByteBuffer()
            append(whole, runStart..<position - block.length, to: &joined)
            output = joined
            runStart = position
        }
        guard var output else { return whole.getSlice(at: runStart, length: position - runStart) ?? ByteBuffer() }
        append(whole, runStart..<position, to: &output)
        return output
    }

    private func append(_ whole: ByteBuffer, _ range: Range<Int>, to output: inout ByteBuffer) {
        guard !range.isEmpty, let run = whole.getSlice(at: range.lowerBound, length: range.count) else { return }
        output.writeImmutableBuffer(run)
    }

    /// Observes one event; false when it is withheld.
    private mutating func read(_ block: SSEBlock, at position: Int, of whole: ByteBuffer) -> Bool {
        eventCount += 1
        guard let firstData = block.firstData else { return true }
        guard block.moreData.isEmpty else { return readLines(block, at: position, of: whole) }
        let start = position - whole.readerIndex
        return whole.withView { bytes in
            let event = bytes.part(start..<start + block.length)
            noteName(block, event)
            return read(event.part(firstData)) ?? true
        }
    }

    private mutating func noteName(_ block: SSEBlock, _ event: ByteView) {
        if let name = block.name, event.equals(name, "error") { answer.hasError = true }
    }

    /// Several data lines are one text by the standard; servers that forget the blank line mean one text each.
    private mutating func readLines(_ block: SSEBlock, at position: Int, of whole: ByteBuffer) -> Bool {
        guard let raw = whole.getSlice(at: position, length: block.length), let data = block.data(in: raw) else {
            return true
        }
        raw.withView { noteName(block, $0) }
        let before = answer
        if let isRelayed = data.withView({ read($0) }) { return isRelayed }
        answer = before
        return block.lines(in: raw).reduce(true) { isRelayed, line in
            (line.withView { read($0) } ?? true) && isRelayed
        }
    }

    /// Observes one event's data; false when it is withheld, nil when it is no JSON.
    private mutating func read(_ data: ByteView) -> Bool? {
        if data.hasPrefix(at: 0, "[DONE]") {
            answer.isDone = true
            return true
        }
        do throws(JSONFault) {
            let shape = try answer.read(data)
            return !(removesUsageChunk && shape.hasEmptyChoices && shape.hasUsage)
        } catch {
            answer.isMalformed = true
            return nil
        }
    }
}
