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
        method.withBytes { HeaderBlock.isName($0) } && target.withBytes { UpstreamRequest.isTarget($0) }
    }

    private static func isTarget(_ target: Span<UInt8>) -> Bool {
        guard target.count > 0, target[0] == ASCII.slash else { return false }
        var index = 1
        while index < target.count, ASCII.isPath(target[index]) { index += 1 }
        guard index < target.count else { return true }
        guard target[index] == ASCII.question else { return false }
        index += 1
        while index < target.count, ASCII.isQuery(target[index]) { index += 1 }
        return index == target.count
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
