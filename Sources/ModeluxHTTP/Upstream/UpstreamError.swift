/// Why an attempt at an upstream failed. Texts say the cause for an operator; they hold no header and no body bytes.
public enum UpstreamError: Error, Equatable, Sendable {
    /// Name lookup or connection failed; nothing was sent.
    case connectFailed(String)
    /// No connection within the limit; nothing was sent.
    case connectTimeout
    /// The TLS handshake failed; nothing was sent.
    case tls(String)
    /// No complete response head within the limit.
    case firstByteTimeout
    /// The body paused for longer than the limit.
    case idleTimeout
    /// The whole attempt took longer than the limit.
    case totalTimeout
    /// The connection ended before the response head was complete.
    case resetBeforeHead
    /// The connection ended inside the body.
    case resetMidBody(String)
    /// The request cannot be sent, or the answer is not HTTP/1.1.
    case malformed(String)
    /// The answer is larger than the caller's limit.
    case tooLarge
    /// ``UpstreamCall/cancel()`` was called, or the client was shut down.
    case cancelled
}
