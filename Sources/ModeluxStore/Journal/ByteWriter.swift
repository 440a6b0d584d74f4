/// Writes the compact binary form of records into a fixed buffer. A buffer that is too small is remembered in
/// `hasOverflowed` and never overrun, so that callers check once at the end.
///
/// Safe by its own checks: every write compares against `buffer.count` first. The buffer must outlive the writer.
@safe
struct ByteWriter {
    private let buffer: UnsafeMutableRawBufferPointer
    private let limit: Int
    private(set) var count = 0
    private(set) var hasOverflowed = false

    /// Writes into the first `limit` bytes of `buffer`, or all of them.
    init(_ buffer: UnsafeMutableRawBufferPointer, limit: Int = .max) {
        unsafe self.buffer = buffer
        self.limit = min(limit, buffer.count)
    }

    var remaining: Int { limit - count }

    /// True when something was left out since it did not fit.
    private(set) var isShortened = false

    /// Forgets everything after `count`, and that it did not fit.
    mutating func rewind(to count: Int) {
        self.count = count
        hasOverflowed = false
        isShortened = true
    }

    mutating func byte(_ value: UInt8) {
        guard count < limit else {
            hasOverflowed = true
            return
        }
        unsafe buffer[count] = value
        count += 1
    }

    /// Eight bytes, little-endian.
    mutating func word(_ value: UInt64) {
        guard limit - count >= 8 else {
            hasOverflowed = true
            return
        }
        unsafe buffer.storeBytes(of: value.littleEndian, toByteOffset: count, as: UInt64.self)
        count += 8
    }

    /// Seven bits a byte, least significant first: 1 to 10 bytes.
    mutating func varint(_ value: UInt64) {
        guard limit - count >= 10 else {
            slowVarint(value)
            return
        }
        var rest = value
        while rest >= 0x80 {
            unsafe buffer[count] = UInt8(truncatingIfNeeded: rest) | 0x80
            count += 1
            rest >>= 7
        }
        unsafe buffer[count] = UInt8(truncatingIfNeeded: rest)
        count += 1
    }

    private mutating func slowVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    /// A signed number, small magnitudes short.
    mutating func signed(_ value: Int64) {
        varint(UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    /// Milliseconds to the microsecond; what is no finite number becomes 0.
    mutating func milliseconds(_ value: Double) {
        let micros = (value * 1000).rounded()
        signed(micros.isFinite ? Int64(max(-9e15, min(9e15, micros))) : 0)
    }

    /// A text cut to at most `limit` bytes at a character's border.
    mutating func text(_ value: String, limit most: Int) {
        // The bytes where they lie: `withUTF8` takes a copy of the string, which counts a reference up and down.
        guard unsafe value.utf8.withContiguousStorageIfAvailable({ unsafe put($0, limit: most) }) == nil else { return }
        var copy = value
        copy.withUTF8 { unsafe put($0, limit: most) }
    }

    private mutating func put(_ bytes: UnsafeBufferPointer<UInt8>, limit most: Int) {
        var length = bytes.count
        if length > most {
            length = most
            while length > 0, unsafe bytes[length] & 0xC0 == 0x80 { length -= 1 }
        }
        varint(UInt64(length))
        guard limit - count >= length, let target = unsafe buffer.baseAddress else {
            hasOverflowed = true
            return
        }
        guard let source = bytes.baseAddress, length > 0 else { return }
        unsafe (target + count).copyMemory(from: source, byteCount: length)
        count += length
    }
}
