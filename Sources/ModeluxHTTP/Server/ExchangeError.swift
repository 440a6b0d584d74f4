/// Why a request body could not be read or an answer not be written.
public enum ExchangeError: Error, Equatable, Sendable {
    /// The client closed the connection, or the server cut it.
    case clientGone
    /// The body is larger than the limit. Answer 413; the connection then closes by itself.
    case tooLarge
    /// The body breaks the chunk framing. Answer 400; the connection then closes by itself.
    case malformed
    /// The body came more slowly than the settings allow. Answer 408; the connection then closes by itself.
    case timeout
    /// The bodies that all clients are sending together passed the memory bound. Answer 503.
    case overloaded
}
