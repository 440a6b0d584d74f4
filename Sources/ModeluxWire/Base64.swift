/// Base64 (RFC 4648, section 4) for the few texts that must travel so.
enum Base64 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text's UTF-8 in base64, padded.
    static func encoded(_ text: String) -> String { encoded(bytes: text.utf8) }

    /// Bytes in base64, padded.
    static func encoded(bytes: some Collection<UInt8>) -> String {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 1
            guard count == 3 else { continue }
            append(bits, 4, to: &result)
            (bits, count) = (0, 0)
        }
        if count > 0 {
            append(bits << UInt32(8 * (3 - count)), count + 1, to: &result)
            for _ in count..<3 { result.append(UInt8(ascii: "=")) }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The bytes that a text stands for, padded or not; nil when it is none.
    static func decoded(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        var padding = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let value = value(of: byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 1
            guard count == 4 else { continue }
            result += [UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8)]
            result.append(UInt8(truncatingIfNeeded: bits))
            (bits, count) = (0, 0)
        }
        guard count != 1, padding <= 2 else { return nil }
        if count >= 2 { result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count == 2 ? 4 : 10))) }
        if count == 3 { result.append(UInt8(truncatingIfNeeded: bits >> 2)) }
        return result
    }

    private static func value(of letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    private static func append(_ bits: UInt32, _ count: Int, to result: inout [UInt8]) {
        for place in 0..<count { result.append(letters[Int(bits >> UInt32(18 - 6 * place) & 63)]) }
    }

    /// The UTF-8 text that a text stands for; nil when it is none.
    static func text(of base64: String) -> String? {
        decoded(base64).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
