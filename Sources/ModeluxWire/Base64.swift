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

    private static func append(_ bits: UInt32, _ count: Int, to result: inout [UInt8]) {
        for place in 0..<count { result.append(letters[Int(bits >> UInt32(18 - 6 * place) & 63)]) }
    }
}
