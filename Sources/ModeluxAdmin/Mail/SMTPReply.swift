/// What an SMTP server answered (RFC 5321, section 4.2).
struct SMTPReply: Sendable, Hashable {
    /// 200 … 599.
    let code: Int
    /// The text of each line, without code and line end.
    let lines: [String]

    /// Whether the server did what it was told.
    var isPositive: Bool { (200..<300).contains(code) }

    /// The reply in one line, for the log.
    var text: String { AlertText.plain("\(code) " + lines.joined(separator: " ")) }

    /// The words that follow a keyword of an EHLO answer, in upper case; nil when the server does not have it.
    func parameters(of keyword: String) -> [String]? {
        for line in lines.dropFirst() {
            // "AUTH=LOGIN" is an old way to write it.
            let words = line.uppercased().replacing("=", with: " ").split(separator: " ")
            if words.first.map(String.init) == keyword { return words.dropFirst().map(String.init) }
        }
        return nil
    }
}

/// Puts replies together from bytes. Strict and bounded: what is no reply is an error, whatever its length.
struct SMTPReplyParser {
    /// Bytes of a line, line end included. RFC 5321 allows 512; servers are known to go further.
    static let maximumLine = 1024
    /// Lines of a reply.
    static let maximumLines = 64
    private var line: [UInt8] = []
    private var lines: [String] = []
    private var code: Int?

    /// Why bytes are no reply.
    enum Violation: Error {
        case lineTooLong, tooManyLines, malformed, mixedCodes
    }

    /// Whether a reply has begun and not ended.
    var isInside: Bool { !line.isEmpty || code != nil }

    /// Takes one byte.
    /// - Returns: The reply that ends with it; nil when it goes on.
    mutating func take(_ byte: UInt8) throws(Violation) -> SMTPReply? {
        line.append(byte)
        guard line.count <= Self.maximumLine else { throw .lineTooLong }
        guard byte == UInt8(ascii: "\n") else { return nil }
        line.removeLast()
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        defer { line = [] }
        return try endLine()
    }

    private mutating func endLine() throws(Violation) -> SMTPReply? {
        guard line.count >= 3, line.prefix(3).allSatisfy({ (48...57).contains($0) }) else { throw .malformed }
        let found = line.prefix(3).reduce(0) { $0 * 10 + Int($1 - 48) }
        guard (200...599).contains(found) else { throw .malformed }
        guard code == nil || code == found else { throw .mixedCodes }
        let separator = line.count > 3 ? line[3] : UInt8(ascii: " ")
        guard separator == UInt8(ascii: " ") || separator == UInt8(ascii: "-") else { throw .malformed }
        lines.append(String(decoding: line.dropFirst(4), as: UTF8.self))
        guard lines.count <= Self.maximumLines else { throw .tooManyLines }
        code = found
        guard separator == UInt8(ascii: " ") else { return nil }
        defer {
            code = nil
            lines = []
        }
        return SMTPReply(code: found, lines: lines)
    }
}
