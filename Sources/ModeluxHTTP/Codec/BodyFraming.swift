/// How the end of a message body is known (RFC 9112, section 6.3).
enum BodyFraming: Equatable, Sendable {
    /// No body follows.
    case none
    /// Exactly so many bytes follow.
    case length(Int)
    /// Chunks follow.
    case chunked
    /// The body ends when the connection does; responses only.
    case untilClose
}
