/// The status and header fields of an answer.
public struct ResponseHead: Sendable {
    /// The status code, 100 to 599.
    public var status: Int
    /// The header fields. `content-length`, `transfer-encoding`, `connection` and the other fields of the connection
    /// are the codec's own: it writes them by itself and skips them here.
    public var headers: HeaderBlock

    /// A head to send.
    public init(status: Int, headers: HeaderBlock = HeaderBlock()) {
        self.status = status
        self.headers = headers
    }
}
