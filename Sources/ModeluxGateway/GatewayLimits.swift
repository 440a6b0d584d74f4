/// The largest bodies that the gateway takes in, gives out and keeps.
public struct GatewayLimits: Sendable {
    /// A request's body, in bytes; more is 413.
    public var requestBodyBytes: Int
    /// A provider's answer that is not a stream, in bytes; more is 502.
    public var answerBodyBytes: Int
    /// What all running streams together may hold of their answers for the body store, in bytes; past it bodies are
    /// left out.
    public var keptBodyBytes: Int
    /// What all answers together may hold that are kept to be given again, in bytes; past it the one that was used
    /// longest ago goes.
    public var cacheBytes: Int

    /// Makes limits; the defaults are 32 MiB in, 64 MiB out, 64 MiB kept and 64 MiB cached.
    public init(
        requestBodyBytes: Int = 32 << 20, answerBodyBytes: Int = 64 << 20, keptBodyBytes: Int = 64 << 20,
        cacheBytes: Int = 64 << 20
    ) {
        self.requestBodyBytes = requestBodyBytes
        self.answerBodyBytes = answerBodyBytes
        self.keptBodyBytes = keptBodyBytes
        self.cacheBytes = cacheBytes
    }
}
