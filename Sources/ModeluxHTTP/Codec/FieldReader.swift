import NIOCore

/// Reads header field lines and gathers what they say about framing and the connection.
struct FieldReader {
    private(set) var fields: [HeaderBlock.Field] = []
    private(set) var hostCount = 0
    private var hasClose = false
    private var hasUpgradeOption = false
    private var hasUpgrade = false
    private(set) var keepsAlive = false
    private(set) var expectsContinue = false
    private var contentLength: Int?
    private var transferCoding: TransferCoding?

    /// True when no other message may follow on the connection. A request to upgrade is answered as if it were none, but
    /// what follows it might be meant in the other protocol, so nothing that follows is read.
    var closes: Bool { hasClose || (hasUpgradeOption && hasUpgrade) }

    private enum TransferCoding {
        case chunked
        case chunkedLast
    }

    /// Reads one line as `name ":" OWS value OWS`. A line that starts with a space (a folded line) has no name and is
    /// refused with all others that have none.
    mutating func read(_ line: Range<Int>, of bytes: Span<UInt8>, limit: Int) throws(HTTPViolation) {
        guard fields.count < limit else { throw .tooManyFields }
        let field = try FieldReader.split(line, of: bytes)
        if field.kind != .other {
            if field.kind.isFraming { try FieldReader.checkNoTab(line, of: bytes) }
            try note(field.kind, bytes.extracting(field.valueRange))
        }
        if fields.isEmpty { fields.reserveCapacity(16) }
        fields.append(field)
    }

    /// Splits and checks one field line.
    static func split(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPViolation) -> HeaderBlock.Field {
        var index = line.lowerBound
        while index < line.upperBound, ASCII.isToken(bytes[index]) { index += 1 }
        let nameEnd = index
        guard nameEnd > line.lowerBound, nameEnd < line.upperBound, bytes[nameEnd] == ASCII.colon else {
            throw .malformed("a header line must be a name, a colon and a value")
        }
        guard nameEnd - line.lowerBound <= 1_024 else { throw .headTooLarge }
        var start = nameEnd + 1
        var end = line.upperBound
        while start < end, bytes[start] == ASCII.space || bytes[start] == ASCII.tab { start += 1 }
        while end > start, bytes[end - 1] == ASCII.space || bytes[end - 1] == ASCII.tab { end -= 1 }
        guard isValue(bytes, start..<end) else {
            throw .malformed("a header value must not hold control characters")
        }
        return HeaderBlock.Field(
            nameStart: UInt32(truncatingIfNeeded: line.lowerBound),
            nameLength: UInt16(truncatingIfNeeded: nameEnd - line.lowerBound),
            kind: FieldKind(bytes.extracting(line.lowerBound..<nameEnd)),
            valueStart: UInt32(truncatingIfNeeded: start),
            valueLength: UInt32(truncatingIfNeeded: end - start)
        )
    }

    /// What follows a request with these fields.
    func requestFraming(isHTTP11: Bool) throws(HTTPViolation) -> BodyFraming {
        switch (transferCoding, contentLength) {
        case (nil, nil): return .none
        case (nil, let length?): return length == 0 ? .none : .length(length)
        case (_?, _?): throw .malformed("a message has either Content-Length or Transfer-Encoding, not both")
        case (let coding?, nil):
            guard isHTTP11 else { throw .malformed("HTTP/1.0 has no Transfer-Encoding") }
            guard coding == .chunked else { throw .codingNotImplemented }
            return .chunked
        }
    }

    /// What follows a response with these fields, for a request and status that allow a body.
    func responseFraming(isHTTP11: Bool) throws(HTTPViolation) -> BodyFraming {
        guard transferCoding == nil, contentLength == nil else {
            return try requestFraming(isHTTP11: isHTTP11)
        }
        return .untilClose
    }

    private mutating func note(_ kind: FieldKind, _ value: Span<UInt8>) throws(HTTPViolation) {
        switch kind {
        case .contentLength:
            guard contentLength == nil else { throw .malformed("Content-Length must occur once") }
            contentLength = try FieldReader.length(value)
        case .transferEncoding:
            guard transferCoding == nil else { throw .malformed("Transfer-Encoding must occur once") }
            transferCoding = try FieldReader.coding(value)
        case .host:
            hostCount += 1
            for index in 0..<value.count where !ASCII.isHost(value[index]) {
                throw .malformed("Host must be a host name or address with an optional port")
            }
        case .connection:
            FieldReader.forEachListItem(value) { item in
                if item.equalsIgnoringCase("close") { hasClose = true }
                if item.equalsIgnoringCase("upgrade") { hasUpgradeOption = true }
                if item.equalsIgnoringCase("keep-alive") { keepsAlive = true }
            }
        case .expect:
            guard value.equalsIgnoringCase("100-continue") else { throw .expectationFailed }
            expectsContinue = true
        case .upgrade:
            hasUpgrade = true
        case .other, .keepAlive, .proxyConnection, .te, .trailer:
            break
        }
    }

    /// A tab around the value is white space by the grammar, but not every parser in front of us agrees.
    private static func checkNoTab(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPViolation) {
        for index in line where bytes[index] == ASCII.tab {
            throw .malformed("a framing header must not hold a tab")
        }
    }

    /// `1*DIGIT` and nothing else: no sign, no list, no space; at most 18 digits, so it never overflows.
    private static func length(_ value: Span<UInt8>) throws(HTTPViolation) -> Int {
        guard value.count > 0, value.count <= 18 else { throw .malformed("Content-Length must be a decimal number") }
        var length = 0
        for index in 0..<value.count {
            guard ASCII.isDigit(value[index]) else { throw .malformed("Content-Length must be a decimal number") }
            length = length * 10 + Int(value[index] &- ASCII.zero)
        }
        return length
    }

    /// `chunked` alone is taken. Other codings in front of it are known to exist and not offered (501); anything whose
    /// last coding is not `chunked` leaves the end of the body unknown and is malformed (RFC 9112, section 6.3).
    private static func coding(_ value: Span<UInt8>) throws(HTTPViolation) -> TransferCoding {
        if value.equalsIgnoringCase("chunked") { return .chunked }
        var isTokens = true
        var isChunkedLast = false
        var count = 0
        forEachListItem(value) { item in
            count += 1
            isTokens = isTokens && HeaderBlock.isName(item) && !isChunkedLast
            isChunkedLast = item.equalsIgnoringCase("chunked")
        }
        guard isTokens, isChunkedLast, count > 1 else {
            throw .malformed("Transfer-Encoding must be chunked")
        }
        return .chunkedLast
    }

    /// Calls `body` for each item of a comma list, without the spaces around it; empty items included.
    private static func forEachListItem(_ value: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
        var start = 0
        while start <= value.count {
            var end = start
            while end < value.count, value[end] != 0x2C { end += 1 }
            let next = end + 1
            while start < end, value[start] == ASCII.space || value[start] == ASCII.tab { start += 1 }
            while end > start, value[end - 1] == ASCII.space || value[end - 1] == ASCII.tab { end -= 1 }
            body(value.extracting(start..<end))
            start = next
        }
    }

    /// Checks a value eight bytes at a time and looks closer only where a byte is below 0x20 or is 0x7F.
    static func isValue(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let raw = bytes.bytes
        var index = range.lowerBound
        while index + 8 <= range.upperBound {
            let word = raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            let below = (word &- 0x2020_2020_2020_2020) & ~word & 0x8080_8080_8080_8080
            let delete = word ^ 0x7F7F_7F7F_7F7F_7F7F
            let isDelete = (delete &- 0x0101_0101_0101_0101) & ~delete & 0x8080_8080_8080_8080
            if below | isDelete != 0 {
                for offset in index..<index + 8 where !ASCII.isFieldValue(bytes[offset]) { return false }
            }
            index += 8
        }
        while index < range.upperBound {
            guard ASCII.isFieldValue(bytes[index]) else { return false }
            index += 1
        }
        return true
    }
}
