/// Byte classes of RFC 9110 and RFC 3986 as 128-bit maps: one shift and one mask per byte, no table in memory.
enum ASCII {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let percent: UInt8 = 0x25
    static let slash: UInt8 = 0x2F
    static let zero: UInt8 = 0x30
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let question: UInt8 = 0x3F

    /// `tchar`: what a method or a field name is made of.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        isIn(byte, 0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE)
    }

    /// What the path of an origin-form target may hold, `/` and `%` included.
    @inline(__always)
    static func isPath(_ byte: UInt8) -> Bool {
        isIn(byte, 0x2FFF_FFF2_0000_0000, 0x47FF_FFFE_87FF_FFFF)
    }

    /// What the query may hold. Browsers and the JavaScript SDKs send `[ ] { } | ^` and the back quote raw, so they
    /// pass here although RFC 3986 wants them encoded; none of them can end a target or a line.
    @inline(__always)
    static func isQuery(_ byte: UInt8) -> Bool {
        isIn(byte, 0xAFFF_FFF2_0000_0000, 0x7FFF_FFFF_EFFF_FFFF)
    }

    /// What a `Host` value may hold: a reg-name, an IP literal in brackets, a port.
    @inline(__always)
    static func isHost(_ byte: UInt8) -> Bool {
        isIn(byte, 0x2FFF_7FF2_0000_0000, 0x47FF_FFFE_AFFF_FFFE)
    }

    /// A byte that a field value may hold: tab, space, visible ASCII, and bytes above 127 (`obs-text`).
    @inline(__always)
    static func isFieldValue(_ byte: UInt8) -> Bool {
        (byte >= 0x20 && byte != 0x7F) || byte == tab
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool {
        byte &- zero < 10
    }

    /// The value of a hexadecimal digit, or `nil`.
    @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt8? {
        if byte &- zero < 10 { return byte &- zero }
        let folded = byte | 0x20
        return folded &- 0x61 < 6 ? folded &- 0x61 &+ 10 : nil
    }

    /// Lower case of an ASCII letter; any other byte unchanged.
    @inline(__always)
    static func lowered(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    @inline(__always)
    private static func isIn(_ byte: UInt8, _ low: UInt64, _ high: UInt64) -> Bool {
        let half = byte < 64 ? low : high
        return byte < 128 && (half &>> UInt64(byte & 63)) & 1 == 1
    }
}
