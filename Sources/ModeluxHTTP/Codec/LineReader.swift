import NIOCore

/// Cuts a head into its lines as its bytes arrive, each byte looked at once however the head was split.
///
/// A line ends with CR LF. An LF without its CR is refused at once; a CR elsewhere is refused by whoever reads the line.
struct LineReader {
    /// Where the next line starts, counted from the start of the head.
    private(set) var lineStart = 0
    /// Up to where the search for a line end has come.
    private var searched = 0

    /// The next line without its CR LF, or `nil` when it is not complete yet.
    mutating func next(in bytes: Span<UInt8>) throws(HTTPViolation) -> Range<Int>? {
        guard let lineFeed = LineReader.indexOfLineFeed(in: bytes, from: searched) else {
            searched = bytes.count
            return nil
        }
        let start = lineStart
        guard lineFeed > start, bytes[lineFeed - 1] == ASCII.carriageReturn else {
            throw .malformed("a line must end with CR LF")
        }
        lineStart = lineFeed + 1
        searched = lineStart
        return start..<lineFeed - 1
    }

    /// Looks for an LF eight bytes at a time: `word ^ pattern` has a zero byte where an LF stands, and the classic
    /// subtraction finds a zero byte in a word.
    private static func indexOfLineFeed(in bytes: Span<UInt8>, from start: Int) -> Int? {
        let raw = bytes.bytes
        var index = start
        while index + 8 <= raw.byteCount {
            let word = raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian
            let difference = word ^ 0x0A0A_0A0A_0A0A_0A0A
            let zeroes = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
            if zeroes != 0 { return index + zeroes.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count {
            if bytes[index] == ASCII.lineFeed { return index }
            index += 1
        }
        return nil
    }
}
