public import NIOCore

/// A request to an upstream. The client adds `host` and `content-length` and owns every other field of the connection.
public struct UpstreamRequest: Sendable {
    /// Where it goes.
    public var origin: Origin
    /// The method, in capitals.
    public var method: String
    /// An absolute path with an optional query, percent-encoded.
    public var target: String
    /// The fields to send; those that the codec owns are skipped.
    public var headers: HeaderBlock
    /// The body, sent with its length.
    public var body: ByteBuffer

    /// A request with an empty body unless one is given.
    public init(
        origin: Origin,
        method: String,
        target: String,
        headers: HeaderBlock = HeaderBlock(),
        body: ByteBuffer = ByteBuffer()
    ) {
        self.origin = origin
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// True when method and target can be written into a request line without changing its meaning.
    var isSendable: Bool {
        var hasQuery = false
        guard !method.isEmpty, method.utf8.allSatisfy(ASCII.isToken), target.utf8.first == ASCII.slash else {
            return false
        }
        for byte in target.utf8 {
            guard hasQuery ? ASCII.isQuery(byte) : ASCII.isPath(byte) || byte == ASCII.question else { return false }
            hasQuery = hasQuery || byte == ASCII.question
        }
        return true
    }

    /// Writes the head with its empty line.
    func writeHead(hostField: String, to buffer: inout ByteBuffer) {
        buffer.writeString(method)
        buffer.writeStaticString(" ")
        buffer.writeString(target)
        buffer.writeStaticString(" HTTP/1.1\r\nhost: ")
        buffer.writeString(hostField)
        buffer.writeStaticString("\r\n")
        HeadWriter.writeFields(headers, to: &buffer)
        if body.readableBytes > 0 || (method != "GET" && method != "HEAD" && method != "DELETE") {
            HeadWriter.writeContentLength(body.readableBytes, to: &buffer)
        }
        buffer.writeStaticString("\r\n")
    }
}
