/// A 64-bit checksum of journal entries: sixteen bytes a step, each step a full multiplication folded onto itself, so
/// that every input bit reaches every output bit. It finds torn and rotten entries; it is no defence against forgery.
enum Checksum {
    private static let first: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let second: UInt64 = 0xD1B5_4A32_D192_ED03

    /// The checksum of `bytes`, begun with `seed`.
    static func of(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
        var state = seed ^ first
        var position = 0
        let count = bytes.count
        while count - position >= 16 {
            let low = unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let high = unsafe bytes.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self)
            state = fold(low ^ state, high ^ second)
            position += 16
        }
        var (low, high): (UInt64, UInt64) = (0, 0)
        for index in 0..<(count - position) {
            let byte = unsafe UInt64(bytes[position + index])
            if index < 8 { low |= byte << UInt64(index * 8) } else { high |= byte << UInt64(index * 8 - 64) }
        }
        state = fold(low ^ state, high ^ second)
        return fold(state ^ UInt64(count), first)
    }

    /// Mixes one more word into a checksum.
    static func mix(_ checksum: UInt64, _ word: UInt64) -> UInt64 { fold(checksum ^ first, word ^ second) }

    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low ^ left &+ right
    }
}
