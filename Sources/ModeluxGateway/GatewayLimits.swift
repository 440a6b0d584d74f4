/// The largest bodies that the gateway takes in and gives out.
public struct GatewayLimits: Sendable {
    /// A request's body, in bytes; more is 413.
    public var requestBodyBytes: Int
    /// A provider's answer that is not a stream, in bytes; more is 502.
    public var answerBodyBytes: Int

    /// Makes limits; the defaults are 32 MiB in and 64 MiB out.
    public init(requestBodyBytes: Int = 32 << 20, answerBodyBytes: Int = 64 << 20) {
        self.requestBodyBytes = requestBodyBytes
        self.answerBodyBytes = answerBodyBytes
    }
}
