import Glibc

/// Texts that were read before: the entries of a journal name the same projects, keys, providers and models again and
/// again, and a text that is found here costs a comparison instead of an allocation. Used by one thread.
final class TextCache {
    private var texts = [String](repeating: "", count: TextCache.slots)

    private static let slots = 256
    /// Longer texts are rarely the same twice.
    private static let longest = 96

    /// The bytes as text, with U+FFFD for what is not UTF-8.
    func text(_ bytes: UnsafeRawBufferPointer) -> String {
        guard bytes.count <= TextCache.longest, let start = bytes.baseAddress else {
            return unsafe String(decoding: bytes, as: UTF8.self)
        }
        let slot = unsafe TextCache.slot(of: bytes)
        let isThere = unsafe texts[slot].utf8.withContiguousStorageIfAvailable { kept in
            guard kept.count == bytes.count, let base = kept.baseAddress else { return false }
            return unsafe memcmp(base, start, bytes.count) == 0
        }
        if isThere == true { return texts[slot] }
        let text = unsafe String(decoding: bytes, as: UTF8.self)
        texts[slot] = text
        return text
    }

    /// A slot by length, first and last bytes: ids differ in their last ones.
    private static func slot(of bytes: UnsafeRawBufferPointer) -> Int {
        var hash = UInt64(truncatingIfNeeded: bytes.count)
        if bytes.count >= 8 {
            hash ^= unsafe bytes.loadUnaligned(as: UInt64.self)
            hash = hash &* 0x9E37_79B9_7F4A_7C15
            hash ^= unsafe bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
        } else {
            for index in 0..<bytes.count { hash = unsafe hash << 8 ^ UInt64(bytes[index]) }
        }
        return Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> 56)
    }
}
