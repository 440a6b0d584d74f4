public import ModeluxCore
public import NIOCore

/// Turns a provider's stream into the caller's, piece by piece, and observes it in passing: byte for byte within one
/// dialect (`OpenAIStream`, `AnthropicStream`), by way of `ChatEvent` between two (`TranslatedStream`).
public protocol AnswerRelay: Sendable {
    /// What has been observed so far; right at any exit, also in the middle.
    var answer: ObservedAnswer { get }

    /// The stream's own last bytes, withheld so that the operation can be booked, or something be put before them,
    /// before they go out.
    var heldEnd: ByteBuffer { get }

    /// Takes a piece of the provider's stream and gives what goes to the caller now, in whole events; may be empty.
    /// - Throws: `Failure` of kind `providerError` when the stream is not what it should be.
    mutating func relay(_ chunk: ByteBuffer) throws(Failure) -> ByteBuffer

    /// Gives what is left when the provider has ended the stream.
    /// - Throws: `Failure` of kind `providerError` when it is not what it should be.
    mutating func finish() throws(Failure) -> ByteBuffer
}
