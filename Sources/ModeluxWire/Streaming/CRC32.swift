/// The checksum of zlib and of AWS's event streams (ISO 3309), eight bytes a step.
struct CRC32 {
    /// Eight tables of 256: the first for one byte, each further one for a byte that lies one more step back.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for index in 0..<256 {
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
            tables[index] = value
        }
        for index in 256..<tables.count {
            let before = tables[index - 256]
            tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
        }
        return tables
    }()

    /// The checksum of the bytes of a range; what lies outside the view counts as zeros.
    static func of(_ bytes: ByteView, _ range: Range<Int>) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        var index = range.lowerBound
        let tables = tables
        while range.upperBound - index >= 8, let word = bytes.word(at: index) {
            let mixed = word ^ UInt64(crc)
            crc = 0
            for place in 0..<8 {
                let byte = Int(truncatingIfNeeded: mixed >> UInt64(8 * place) & 0xFF)
                crc ^= tables[(7 - place) << 8 + byte]
            }
            index += 8
        }
        while index < range.upperBound {
            crc = crc >> 8 ^ tables[Int(truncatingIfNeeded: (crc ^ UInt32(bytes[index])) & 0xFF)]
            index += 1
        }
        return crc ^ 0xFFFF_FFFF
    }
}
