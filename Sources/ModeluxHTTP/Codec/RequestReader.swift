import NIOCore

/// Reads one request head after another from the bytes of a connection, however they were cut.
struct RequestReader {
    private let limits: HeadLimits
    private var lines = LineReader()
    private var line: RequestLine?
    private var fields = FieldReader()
    private var hasSkippedEmptyLine = false

    init(limits: HeadLimits) {
        self.limits = limits
    }

    /// Takes the next head out of the buffer, or returns `nil` when more bytes are needed. Bytes stay in the buffer
    /// until their head is complete, so call it again with the same buffer and what came after.
    ///
    /// - Throws: the first rule that the bytes break; the connection must then be closed.
    mutating func read(from buffer: inout ByteBuffer) throws(HTTPViolation) -> RequestHead? {
        guard let length = try scan(buffer.readableBytesUInt8Span) else { return nil }
        guard let line, let bytes = buffer.readSlice(length: length) else { return nil }
        let framing = try fields.requestFraming(isHTTP11: line.isHTTP11)
        guard fields.hostCount == 1 || (fields.hostCount == 0 && !line.isHTTP11) else {
            throw .malformed("a request has exactly one Host")
        }
        let head = RequestHead(line: line, fields: fields, framing: framing, bytes: bytes)
        self = RequestReader(limits: limits)
        return head
    }

    /// Reads the lines that are complete; the length of the head once its empty line is there.
    private mutating func scan(_ bytes: Span<UInt8>) throws(HTTPViolation) -> Int? {
        while let range = try lines.next(in: bytes) {
            guard range.upperBound + 2 <= limits.maximumBytes else { throw .headTooLarge }
            if line == nil {
                try start(range, of: bytes)
            } else if range.isEmpty {
                return lines.lineStart
            } else {
                try fields.read(range, of: bytes, limit: limits.maximumFields)
            }
        }
        guard bytes.count <= limits.maximumBytes else { throw .headTooLarge }
        return nil
    }

    /// One empty line in front of a request line is skipped: old clients end a body with a CR LF too many.
    private mutating func start(_ range: Range<Int>, of bytes: Span<UInt8>) throws(HTTPViolation) {
        if range.isEmpty, !hasSkippedEmptyLine {
            hasSkippedEmptyLine = true
        } else {
            line = try RequestLine(range, of: bytes)
        }
    }
}
