import NIOCore

/// The first line of a request: `method SP target SP HTTP/1.x`, one space each, nothing else.
struct RequestLine {
    let method: String
    /// Where the target lies, counted from the start of the head.
    let target: Range<Int>
    /// Where its path ends.
    let pathEnd: Int
    let isHTTP11: Bool

    /// Reads a line without its CR LF.
    init(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPViolation) {
        var index = line.lowerBound
        while index < line.upperBound, ASCII.isToken(bytes[index]) { index += 1 }
        guard index > line.lowerBound, index < line.upperBound, bytes[index] == ASCII.space else {
            throw .malformed("the request line must be a method, a target and a version, one space between them")
        }
        let methodEnd = index
        let targetStart = index + 1
        let pathEnd = try RequestLine.pathEnd(from: targetStart, to: line.upperBound, of: bytes)
        var end = pathEnd
        if end < line.upperBound, bytes[end] == ASCII.question {
            end = try RequestLine.queryEnd(from: end + 1, to: line.upperBound, of: bytes)
        }
        guard end < line.upperBound, bytes[end] == ASCII.space else {
            throw .malformed("the request target holds a character that must be percent-encoded")
        }
        isHTTP11 = try RequestLine.isHTTP11(bytes.extracting(end + 1..<line.upperBound))
        method = try RequestLine.method(bytes.extracting(line.lowerBound..<methodEnd))
        target = targetStart..<end
        self.pathEnd = pathEnd
    }

    private static func pathEnd(from start: Int, to limit: Int, of bytes: Span<UInt8>) throws(HTTPViolation) -> Int {
        guard start < limit, bytes[start] == ASCII.slash else {
            throw .malformed("the request target must be an absolute path")
        }
        var index = start
        while index < limit, ASCII.isPath(bytes[index]) {
            if bytes[index] == ASCII.percent { try checkEscape(at: index, limit, bytes) }
            index += 1
        }
        return index
    }

    private static func queryEnd(from start: Int, to limit: Int, of bytes: Span<UInt8>) throws(HTTPViolation) -> Int {
        var index = start
        while index < limit, ASCII.isQuery(bytes[index]) {
            if bytes[index] == ASCII.percent { try checkEscape(at: index, limit, bytes) }
            index += 1
        }
        return index
    }

    private static func checkEscape(at index: Int, _ limit: Int, _ bytes: Span<UInt8>) throws(HTTPViolation) {
        guard index + 2 < limit, ASCII.hexValue(bytes[index + 1]) != nil, ASCII.hexValue(bytes[index + 2]) != nil else {
            throw .malformed("a % in the request target must be followed by two hexadecimal digits")
        }
    }

    /// `HTTP/1.1` and `HTTP/1.0` pass; any other `HTTP/d.d` is a version that is not spoken here.
    static func isHTTP11(_ version: Span<UInt8>) throws(HTTPViolation) -> Bool {
        guard version.count == 8, version.extracting(0..<5).equals("HTTP/"), ASCII.isDigit(version[5]),
            version[6] == 0x2E, ASCII.isDigit(version[7])
        else {
            throw .malformed("the version must be written HTTP/1.1")
        }
        guard version[5] == 0x31, version[7] <= 0x31 else { throw .versionNotSupported }
        return version[7] == 0x31
    }

    /// Each name is short enough to live inside a `String` value: no allocation.
    private static func method(_ name: Span<UInt8>) throws(HTTPViolation) -> String {
        switch name.count {
        case 3 where name.equals("GET"): return "GET"
        case 3 where name.equals("PUT"): return "PUT"
        case 4 where name.equals("POST"): return "POST"
        case 4 where name.equals("HEAD"): return "HEAD"
        case 5 where name.equals("PATCH"): return "PATCH"
        case 5 where name.equals("TRACE"): throw .methodNotAllowed
        case 6 where name.equals("DELETE"): return "DELETE"
        case 7 where name.equals("OPTIONS"): return "OPTIONS"
        case 7 where name.equals("CONNECT"): throw .methodNotAllowed
        default: throw .methodNotImplemented
        }
    }
}

extension Span where Element == UInt8 {
    /// Compares with a literal, byte by byte.
    @inline(__always)
    func equals(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        let expected = UnsafeBufferPointer(start: literal.utf8Start, count: count)
        for index in 0..<count where self[index] != expected[index] {
            return false
        }
        return true
    }
}
