/// Text in a form that every mail server lets through unchanged: seven bits, lines of at most 76 characters (RFC 2045,
/// section 6.7).
enum QuotedPrintable {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// A body; its lines may end in any way, and end in CRLF afterwards.
    static func body(_ text: String) -> String {
        var encoded: [UInt8] = []
        let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n").split(
            separator: "\n", omittingEmptySubsequences: false)
        for line in lines {
            append(Array(line.utf8), to: &encoded)
            encoded += "\r\n".utf8
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func append(_ line: [UInt8], to encoded: inout [UInt8]) {
        var width = 0
        for (index, byte) in line.enumerated() {
            // A blank at the end of a line would get lost on the way.
            let isBlank = byte == 0x20 || byte == 0x09
            let isPlain = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=")
            let isLast = index == line.count - 1
            let piece = isPlain || (isBlank && !isLast) ? [byte] : escaped(byte)
            if width + piece.count > 75 {
                encoded += "=\r\n".utf8
                width = 0
            }
            encoded += piece
            width += piece.count
        }
    }

    /// A header's text (RFC 2047): as it is if it is plain ASCII and short, else as encoded words with folds between
    /// them. Control characters become blanks, so that a text can never begin a header of its own.
    static func header(_ text: String) -> String {
        let plain = AlertText.plain(text)
        let isASCII = plain.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        if isASCII, plain.utf8.count <= 60, !plain.contains("=?") { return plain }
        var words: [String] = []
        var word = ""
        for character in plain {
            let piece = String(decoding: character.utf8.flatMap(encodedWordByte), as: UTF8.self)
            // "=?utf-8?q?" and "?=" around at most 75 characters.
            if word.utf8.count + piece.utf8.count > 60, !word.isEmpty {
                words.append(word)
                word = ""
            }
            word += piece
        }
        words.append(word)
        return words.map { "=?utf-8?q?\($0)?=" }.joined(separator: "\r\n ")
    }

    private static func encodedWordByte(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case 0x20: [UInt8(ascii: "_")]
        case 48...57, 65...90, 97...122: [byte]
        default: escaped(byte)
        }
    }

    private static func escaped(_ byte: UInt8) -> [UInt8] {
        [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
