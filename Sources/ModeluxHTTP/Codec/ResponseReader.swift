import NIOCore

/// Reads response heads from the bytes of an upstream connection, however they were cut.
struct ResponseReader {
    /// A complete head and what it says about the connection.
    struct Result {
        var head: ResponseHead
        var framing: BodyFraming
        /// False when the connection cannot carry another request after this answer.
        var keepsAlive: Bool
    }

    private let limits: HeadLimits
    private var lines = LineReader()
    private var status: Int?
    private var isHTTP11 = true
    private var fields = FieldReader()

    init(limits: HeadLimits) {
        self.limits = limits
    }

    /// Takes the next head out of the buffer.
    ///
    /// - Parameters:
    ///   - buffer: the bytes of the connection; those of the head leave it once the head is complete.
    ///   - isHead: whether the request was a `HEAD`, whose answer has no body whatever its fields say.
    /// - Returns: the head, or `nil` when more bytes are needed.
    /// - Throws: the first rule that the bytes break; the connection must then be closed.
    mutating func read(from buffer: inout ByteBuffer, isHead: Bool) throws(HTTPViolation) -> Result? {
        guard let length = try scan(buffer.readableBytesUInt8Span) else { return nil }
        guard let status, let bytes = buffer.readSlice(length: length) else { return nil }
        var framing = try fields.responseFraming(isHTTP11: isHTTP11)
        if isHead || status < 200 || status == 204 || status == 304 { framing = .none }
        let head = ResponseHead(status: status, headers: HeaderBlock(received: bytes, fields: fields.fields))
        let keepsAlive = !fields.closes && (isHTTP11 || fields.keepsAlive) && framing != .untilClose
        self = ResponseReader(limits: limits)
        return Result(head: head, framing: framing, keepsAlive: keepsAlive)
    }

    private mutating func scan(_ bytes: Span<UInt8>) throws(HTTPViolation) -> Int? {
        while let range = try lines.next(in: bytes) {
            guard range.upperBound + 2 <= limits.maximumBytes else { throw .headTooLarge }
            if status == nil {
                try readStatusLine(bytes.extracting(range))
            } else if range.isEmpty {
                return lines.lineStart
            } else {
                try fields.read(range, of: bytes, limit: limits.maximumFields)
            }
        }
        guard bytes.count <= limits.maximumBytes else { throw .headTooLarge }
        return nil
    }

    /// `HTTP/1.x SP 3DIGIT [SP reason]`; the space before an absent reason is often left out, so it may be.
    private mutating func readStatusLine(_ line: Span<UInt8>) throws(HTTPViolation) {
        guard line.count >= 12, line[8] == ASCII.space, line.count == 12 || line[12] == ASCII.space else {
            throw .malformed("the status line must be a version, a status and a reason")
        }
        isHTTP11 = try RequestLine.isHTTP11(line.extracting(0..<8))
        var code = 0
        for index in 9..<12 {
            guard ASCII.isDigit(line[index]) else { throw .malformed("the status must be three digits") }
            code = code * 10 + Int(line[index] &- ASCII.zero)
        }
        guard code >= 100, code <= 599 else { throw .malformed("the status must lie between 100 and 599") }
        for index in 12..<line.count where !ASCII.isFieldValue(line[index]) {
            throw .malformed("the reason must not hold control characters")
        }
        status = code
    }
}
