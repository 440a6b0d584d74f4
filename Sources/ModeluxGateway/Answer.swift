import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import NIOCore

/// What an attempt brought: a whole answer, or a stream that has begun.
enum Answer {
    /// The provider's whole answer, already metered.
    case whole(WholeAnswer)
    /// A stream of events.
    case stream(StreamAnswer)
    /// An answer that was given before.
    case kept(ResponseCache.Entry)
}

/// A provider's whole answer.
struct WholeAnswer {
    /// The status for the caller.
    let status: Int
    /// The headers for the caller, without the gateway's own.
    let headers: HeaderBlock
    /// The body for the caller.
    let body: ByteBuffer
    /// What the model thought before it called tools, where the caller's dialect may not carry it.
    var thoughts: [ContentPart]?
}

/// A provider's stream whose head has arrived.
struct StreamAnswer {
    /// The headers for the caller, without the gateway's own.
    let headers: HeaderBlock
    /// Where the pieces come from.
    let source: StreamSource
    /// Which attempt of the operation it is, as an index.
    var attempt: Int
    /// The attempt's target, for its price.
    let candidate: Plan.Candidate
    /// What turns the provider's bytes into the caller's.
    var relay: any AnswerRelay
    /// The plan's settings, with the timeouts of this attempt.
    let options: RoutingConfig.Options
    /// Monotonic nanoseconds at which the attempt began.
    let started: UInt64
    /// What has been read already and not yet been sent.
    var held = ByteBuffer()
    /// Whether the provider has ended it.
    var isAtEnd = false
    /// What was wrong with it, if something was.
    var problem: Failure?
}

/// Where the pieces of a stream come from.
enum StreamSource {
    /// A provider.
    case upstream(UpstreamCall)
    /// The built-in models.
    case sandbox(SandboxStream)

    /// The next piece as it arrives; nil at the end.
    func next() async throws(UpstreamError) -> ByteBuffer? {
        switch self {
        case .upstream(let call): try await call.next()
        case .sandbox(let stream): await stream.next()
        }
    }

    /// Stops the stream at once; nothing more is generated.
    func cancel() {
        if case .upstream(let call) = self { call.cancel() }
    }
}

/// The events of a sandbox stream, with its pauses.
///
/// `@unchecked Sendable`: used by one task at a time, on the event loop of the caller's connection.
final class SandboxStream: @unchecked Sendable {
    private var events: ArraySlice<ByteBuffer>
    private let pause: Duration?

    init(events: [ByteBuffer], pause: Duration?) {
        self.events = events[...]
        self.pause = pause
    }

    /// The next events: one after a pause, or all that are left in pieces of at most 64.
    func next() async -> ByteBuffer? {
        guard let first = events.popFirst() else { return nil }
        if let pause {
            try? await Task.sleep(for: pause)
            return first
        }
        var joined = first
        for _ in 0..<63 {
            guard var event = events.popFirst() else { break }
            joined.writeBuffer(&event)
        }
        return joined
    }
}
