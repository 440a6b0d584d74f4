/// Reads what `ByteWriter` wrote, or anything else, without ever trapping: a read past the end gives zero and is
/// remembered in `hasFailed`, so that callers check once at the end.
///
/// Safe by its own checks: every read compares against `buffer.count` first. The buffer must outlive the reader.
@safe
struct ByteReader {
    private let buffer: UnsafeRawBufferPointer
    private(set) var position = 0
    private(set) var hasFailed = false

    private let texts: TextCache?

    init(_ buffer: UnsafeRawBufferPointer, texts: TextCache? = nil) {
        unsafe self.buffer = buffer
        self.texts = texts
    }

    var isAtEnd: Bool { unsafe position >= buffer.count }

    mutating func fail() { hasFailed = true }

    mutating func byte() -> UInt8 {
        guard unsafe position < buffer.count else {
            hasFailed = true
            return 0
        }
        defer { position += 1 }
        return unsafe buffer[position]
    }

    mutating func word() -> UInt64 {
        guard unsafe buffer.count - position >= 8 else {
            hasFailed = true
            return 0
        }
        defer { position += 8 }
        return unsafe UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    mutating func varint() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            let next = byte()
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
        hasFailed = true
        return 0
    }

    mutating func signed() -> Int64 {
        let value = varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A count of things that take at least one byte each; more than could follow is a failure.
    mutating func length() -> Int {
        let value = varint()
        guard unsafe value <= UInt64(buffer.count - position) else {
            hasFailed = true
            return 0
        }
        return Int(value)
    }

    mutating func int() -> Int { Int(clamping: signed()) }

    mutating func milliseconds() -> Double { Double(signed()) / 1000 }

    mutating func text() -> String {
        let length = length()
        guard length > 0 else { return "" }
        defer { position += length }
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer[position..<position + length])
        return unsafe texts?.text(bytes) ?? String(decoding: bytes, as: UTF8.self)
    }
}
