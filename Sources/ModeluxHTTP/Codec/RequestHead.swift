import NIOCore

/// The request line and header fields of one request. Copies share storage; strings are made when asked for.
public struct RequestHead: Sendable {
    /// The method, in capitals: `GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE` or `OPTIONS`. Any other is refused
    /// before a handler sees it.
    public let method: String
    /// The header fields, those that belong to the connection included.
    public var headers: HeaderBlock
    /// True for HTTP/1.1, false for HTTP/1.0.
    public let isHTTP11: Bool

    /// How the body is framed.
    let framing: BodyFraming
    /// True when the client waits for `100 Continue` before it sends the body.
    let expectsContinue: Bool
    /// True when the client asked to close the connection after this answer, or did not ask to keep it (HTTP/1.0).
    let closesConnection: Bool
    private let bytes: ByteBuffer
    private let targetStart: Int
    private let targetLength: Int
    private let pathLength: Int

    /// A head made by hand, for tests and for requests that come from inside: HTTP/1.1 without a body.
    public init(method: String, target: String, headers: HeaderBlock = HeaderBlock()) {
        self.method = method
        self.headers = headers
        isHTTP11 = true
        framing = .none
        expectsContinue = false
        closesConnection = false
        bytes = ByteBuffer(string: target)
        targetStart = 0
        targetLength = target.utf8.count
        pathLength =
            target.utf8.firstIndex(of: ASCII.question)
            .map { target.utf8.distance(from: target.utf8.startIndex, to: $0) } ?? targetLength
    }

    /// A head that a reader found complete and valid.
    init(line: RequestLine, fields: FieldReader, framing: BodyFraming, bytes: ByteBuffer) {
        method = line.method
        headers = HeaderBlock(received: bytes, fields: fields.fields)
        isHTTP11 = line.isHTTP11
        self.framing = framing
        expectsContinue = fields.expectsContinue && line.isHTTP11
        closesConnection = fields.closes || (!line.isHTTP11 && !fields.keepsAlive)
        self.bytes = bytes
        targetStart = line.target.lowerBound
        targetLength = line.target.count
        pathLength = line.pathEnd - line.target.lowerBound
    }

    /// The request target as it was sent: an absolute path and perhaps a query.
    public var target: String {
        bytes.getString(at: targetStart, length: targetLength) ?? ""
    }

    /// The path without the query, percent-encoding untouched.
    public var path: String {
        bytes.getString(at: targetStart, length: pathLength) ?? ""
    }

    /// What follows the first `?`, percent-encoding untouched; `nil` when there is none.
    public var query: String? {
        guard pathLength < targetLength else { return nil }
        return bytes.getString(at: targetStart + pathLength + 1, length: targetLength - pathLength - 1)
    }

    /// Compares the path with a literal without making a `String`.
    public func hasPath(_ literal: StaticString) -> Bool {
        guard literal.utf8CodeUnitCount == pathLength else { return false }
        return bytes.withUnsafeReadableBytes { received in
            received[targetStart..<targetStart + pathLength].elementsEqual(
                UnsafeRawBufferPointer(start: literal.utf8Start, count: pathLength))
        }
    }

    /// The declared length of the body, or `nil` when it is chunked; 0 when there is none.
    public var contentLength: Int? {
        switch framing {
        case .none, .untilClose: 0
        case .length(let length): length
        case .chunked: nil
        }
    }
}
