public import ModeluxCore
public import NIOCore

/// Relays a stream from one dialect to another: a provider's decoder, the tally, the encoder of the caller's surface.
///
///     var stream = TranslatedStream(decoder: AnthropicChatDecoder(), encoder: OpenAIChatEncoder(…))
///     write(try stream.relay(chunk))      // for each piece from the provider; may be empty
///     write(try stream.finish())          // when the provider has ended the body
///     settle(stream.answer)               // at any exit, also in the middle
///     write(stream.heldEnd)               // when the answer is complete
///
/// Nothing is stored but what the decoder needs of an event that is not complete, which it bounds. An error of the
/// provider goes out as an event of the caller's shape, after what came before it, and nothing follows it.
public struct TranslatedStream: AnswerRelay {
    /// What ends the stream in the caller's dialect; empty until the answer is complete.
    public private(set) var heldEnd = ByteBuffer()

    private var decoder: any ChatStreamDecoder
    private var encoder: any ChatStreamEncoder
    private var tally = ChatTally()
    private var recorder = ThoughtRecorder()

    /// Joins a provider's decoder and the caller's encoder.
    public init(decoder: any ChatStreamDecoder, encoder: any ChatStreamEncoder) {
        self.decoder = decoder
        self.encoder = encoder
    }

    /// What has been observed so far.
    public var answer: ObservedAnswer { tally.answer }

    /// What the model thought and called, as far as it must be remembered for the next turn.
    public var thoughts: [ContentPart] { recorder.parts }

    /// Takes a piece of the provider's stream and gives what goes to the caller now, in whole events; may be empty.
    /// - Throws: `Failure` of kind `providerError` when it is not in the provider's dialect or exceeds a limit.
    public mutating func relay(_ chunk: ByteBuffer) throws(Failure) -> ByteBuffer {
        guard !isOver else { return ByteBuffer() }
        let events: [ChatEvent]
        do throws(Failure) {
            events = try decoder.feed(chunk)
        } catch {
            tally.noteMalformed()
            throw error
        }
        return write(events)
    }

    /// Gives what is left when the provider has ended the stream.
    /// - Throws: `Failure` of kind `providerError` when it is not in the provider's dialect.
    public mutating func finish() throws(Failure) -> ByteBuffer {
        guard !isOver else { return ByteBuffer() }
        let events: [ChatEvent]
        do throws(Failure) {
            events = try decoder.finish()
        } catch {
            tally.noteMalformed()
            throw error
        }
        return write(events)
    }

    private var isOver: Bool { tally.answer.isDone || tally.answer.hasError }

    private mutating func write(_ events: [ChatEvent]) -> ByteBuffer {
        var output = ByteBuffer()
        for event in events {
            tally.note(event)
            recorder.note(event)
            encoder.write(event, to: &output)
            if tally.answer.isDone { encoder.close(to: &heldEnd) }
            if isOver { break }
        }
        return output
    }
}
