public import ModeluxCore
public import NIOCore

/// Relays a stream of messages event by event, byte for byte, and observes it in passing.
///
///     var stream = AnthropicStream(holdsStop: true)
///     write(try stream.relay(chunk))      // for each piece from the provider; may be empty
///     write(try stream.finish())          // when the provider has ended the body
///     settle(stream.answer)               // at any exit, also in the middle
///     write(stream.heldEnd)
///
/// What `relay` returns is always whole events with the provider's own bytes, in one slice. Cost: about half a
/// microsecond for an event; no allocation unless an event spans two pieces.
public struct AnthropicStream: AnswerRelay {
    /// What has been observed so far.
    public private(set) var answer = ObservedAnswer()
    /// Events handed on or withheld so far, comments included.
    public private(set) var eventCount = 0

    /// `message_stop` as the provider wrote it, and what it sent after it, when `holdsStop` was asked for.
    public private(set) var heldEnd = ByteBuffer()

    private let holdsStop: Bool
    private var decoder: SSEDecoder
    private var usage = AnthropicUsage()

    /// Makes a relay.
    /// - Parameters:
    ///   - holdsStop: withhold `message_stop` in `heldEnd`, so that the operation can be booked, or something be put
    ///     before it, before it goes out.
    ///   - maximumEventBytes: the longest event that is taken.
    public init(holdsStop: Bool = false, maximumEventBytes: Int = SSEDecoder.defaultMaximumEventBytes) {
        self.holdsStop = holdsStop
        decoder = SSEDecoder(maximumEventBytes: maximumEventBytes)
    }

    /// Takes a piece of the provider's stream and gives what goes to the caller now: all events that are complete.
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
        let start = whole.readerIndex
        var position = start
        var heldStart = holdsStop && answer.isDone ? start : nil
        while let block = try decoder.nextBlock() {
            read(block, at: position, of: whole)
            if holdsStop, answer.isDone, heldStart == nil { heldStart = position }
            position += block.length
        }
        let end = heldStart ?? position
        if let held = whole.getSlice(at: end, length: position - end), held.readableBytes > 0 {
            heldEnd.writeImmutableBuffer(held)
        }
        return whole.getSlice(at: start, length: end - start) ?? ByteBuffer()
    }

    private mutating func read(_ block: SSEBlock, at position: Int, of whole: ByteBuffer) {
        eventCount += 1
        guard let firstData = block.firstData,
            let raw = whole.getSlice(at: position, length: block.length)
        else { return }
        let isError = raw.withView { event in block.name.map { event.equals($0, "error") } ?? false }
        if isError { answer.hasError = true }
        guard block.moreData.isEmpty else {
            block.data(in: raw)?.withView { observe($0) }
            return
        }
        raw.withView { observe($0.part(firstData)) }
    }

    /// Observes one event's data. What is half read of a broken one does not count.
    private mutating func observe(_ data: ByteView) {
        let before = (answer, usage)
        do throws(JSONFault) {
            try answer.read(anthropic: data, merging: &usage)
        } catch {
            (answer, usage) = before
            answer.isMalformed = true
        }
    }
}
