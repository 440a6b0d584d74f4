import NIOCore

/// How long an attempt may take in each of its phases, on the monotonic clock.
public struct Timeouts: Equatable, Sendable {
    /// From asking for a connection to having one, name lookup and TLS handshake included.
    public var connect: Duration
    /// From sending the request to the complete response head.
    public var firstByte: Duration
    /// Between two pieces of the body, while the caller waits for one.
    public var idle: Duration
    /// From ``UpstreamCall/send(_:timeouts:)`` to the end of the body.
    public var total: Duration

    /// The defaults fit a chat model: 5 s, 120 s, 120 s, 15 min.
    public init(
        connect: Duration = .seconds(5),
        firstByte: Duration = .seconds(120),
        idle: Duration = .seconds(120),
        total: Duration = .seconds(900)
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.idle = idle
        self.total = total
    }
}

/// The same limits in the loop's unit, worked out once for many calls.
struct PhaseLimits {
    let connect: TimeAmount
    let firstByte: TimeAmount
    let idle: TimeAmount
    let total: TimeAmount

    init(_ timeouts: Timeouts) {
        connect = TimeAmount(timeouts.connect)
        firstByte = TimeAmount(timeouts.firstByte)
        idle = TimeAmount(timeouts.idle)
        total = TimeAmount(timeouts.total)
    }
}
