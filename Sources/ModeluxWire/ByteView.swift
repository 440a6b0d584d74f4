import NIOCore

/// Foreign bytes that can be read at any index: past the end they read as 0, so that no input can trap a reader.
///
/// Safe because the only way to get one is `ByteBuffer.withView`, whose closure's life the pointer outlasts, and
/// because every load is behind a comparison with `count`.
@safe struct ByteView {
    private let bytes: UnsafeRawBufferPointer
    /// How many bytes there are.
    let count: Int

    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        unsafe (self.bytes = bytes)
        count = bytes.count
    }

    /// The byte at `index`, or 0 outside.
    @inline(__always)
    subscript(index: Int) -> UInt8 {
        guard UInt(bitPattern: index) < UInt(bitPattern: count) else { return 0 }
        return unsafe bytes[index]
    }

    /// The eight bytes from `index`, the first one lowest; nil when there are not as many left.
    @inline(__always)
    func word(at index: Int) -> UInt64? {
        guard index >= 0, count &- index >= 8 else { return nil }
        return UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// The first index from `index` on whose byte cannot stand unchecked in a JSON string: a quote, a backslash, a
    /// control character or a byte that is not ASCII. Looks at whole words only, so that it may stop up to seven bytes
    /// before the end of the bytes without having found one.
    @inline(__always)
    func endOfPlainText(from index: Int) -> Int {
        var index = index
        // Two words a turn: long texts are most of what is read.
        while index >= 0, count &- index >= 16 {
            let first = UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let second = UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self))
            let hits = ByteView.specials(first)
            guard hits | ByteView.specials(second) != 0 else {
                index &+= 16
                continue
            }
            return index &+ (hits != 0 ? hits : ByteView.specials(second)).trailingZeroBitCount >> 3
                &+ (hits != 0 ? 0 : 8)
        }
        guard let word = word(at: index) else { return index }
        return index &+ ByteView.specials(word).trailingZeroBitCount >> 3
    }

    /// Marks the high bits of bytes that are special in JSON strings. The lowest mark is always right: a borrow can
    /// only reach bytes above a true one.
    @inline(__always)
    private static func specials(_ word: UInt64) -> UInt64 {
        ((word &- 0x2020_2020_2020_2020) | ((word ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101)
            | ((word ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101) | word) & 0x8080_8080_8080_8080
    }

    /// Whether the bytes of `range` are those of `text`.
    @inline(__always)
    func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for offset in 0..<range.count
        where unsafe self[range.lowerBound &+ offset] != text.utf8Start[offset] { return false }
        return true
    }

    /// Whether the bytes from `index` on begin with `text`.
    func hasPrefix(at index: Int, _ text: StaticString) -> Bool {
        count &- index >= text.utf8CodeUnitCount && equals(index..<index &+ text.utf8CodeUnitCount, text)
    }

    /// The bytes of `range` alone, as far as they lie in the view.
    func part(_ range: Range<Int>) -> ByteView {
        unsafe ByteView(UnsafeRawBufferPointer(rebasing: bytes[range.clamped(to: 0..<count)]))
    }

    /// The bytes of `range` as text, with U+FFFD for what is not UTF-8; what lies outside the view is left out.
    func string(_ range: Range<Int>) -> String {
        let range = range.clamped(to: 0..<count)
        return unsafe String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }
}

extension ByteBuffer {
    /// Lends the readable bytes to `read`; index 0 is the reader index.
    @inline(__always)
    func withView<Value, Problem: Error>(_ read: (ByteView) throws(Problem) -> Value) throws(Problem) -> Value {
        try unsafe withUnsafeReadableBytes { (bytes: UnsafeRawBufferPointer) throws(Problem) -> Value in
            try read(unsafe ByteView(bytes))
        }
    }
}
