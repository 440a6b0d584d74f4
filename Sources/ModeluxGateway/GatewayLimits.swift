/// The largest bodies that the gateway takes in, gives out and keeps.
public struct GatewayLimits: Sendable {
    /// A request's body, in bytes; more is 413.
    public var requestBodyBytes: Int
    /// A provider's answer that is not a stream, in bytes; more is 502.
    public var answerBodyBytes: Int
    /// What all running streams together may hold of their answers for the body store, in bytes; past it bodies are
    /// left out.
    public var keptBodyBytes: Int

    /// Makes limits; the defaults are 32 MiB in, 64 MiB out and 64 MiB kept.
    public init(requestBodyBytes: Int = 32 << 20, answerBodyBytes: Int = 64 << 20, keptBodyBytes: Int = 64 << 20) {
        self.requestBodyBytes = requestBodyBytes
        self.answerBodyBytes = answerBodyBytes
        self.keptBodyBytes = keptBodyBytes
    }
}
