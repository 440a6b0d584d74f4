/// The kinds of named things, each with the prefix that its identifiers begin with.
public enum IdentifierKind: String, Sendable, CaseIterable {
    case project = "proj_"
    case key = "key_"
    case managementKey = "mkey_"
    case provider = "prov_"
    case config = "cfg_"
    case budget = "bud_"
    case webhook = "whk_"
    case delivery = "dlv_"
    case experiment = "exp_"
    case user = "usr_"
    case audit = "aud_"
    case event = "evt_"
}

/// The name of an object: a prefix that says its kind and 20 lower-case base32 characters (100 random bits).
public struct Identifier: Sendable, Hashable, CustomStringConvertible {
    /// The whole text, prefix included.
    public let text: String

    /// Takes an identifier as it was stored.
    public init(_ text: String) {
        self.text = text
    }

    /// Makes a new identifier with randomness from `generator`.
    public init(_ kind: IdentifierKind, using generator: inout some RandomNumberGenerator) {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
        var bytes = Array(kind.rawValue.utf8)
        for _ in 0..<20 { bytes.append(alphabet[Int(generator.next() & 31)]) }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// The whole text, prefix included.
    public var description: String { text }
}

/// The gateway's own name of one operation: a UUID of version 7, so that ids sort by time and their day can be read
/// off them (RFC 9562, section 5.7).
public struct RequestID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The first eight bytes, big-endian: 48 bits of milliseconds, the version and 12 random bits.
    public let high: UInt64
    /// The last eight bytes, big-endian: the variant and 62 random bits.
    public let low: UInt64

    /// Takes an id as it was stored.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Makes a new id for `now`, with 74 bits from `generator`.
    public init(at now: Timestamp, using generator: inout some RandomNumberGenerator) {
        let milliseconds = UInt64(clamping: now.microseconds / 1000) & 0xFFFF_FFFF_FFFF
        high = milliseconds << 16 | 0x7000 | generator.next() & 0x0FFF
        low = 0x8000_0000_0000_0000 | generator.next() >> 2
    }

    /// Reads the usual 36-character form; nil when the text is no UUID.
    public init?(_ text: some StringProtocol) {
        var values: [UInt64] = [0, 0]
        var count = 0
        for (position, byte) in text.utf8.enumerated() {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard count < 32, let digit = hexadecimalValue(byte) else { return nil }
            values[count / 16] = values[count / 16] << 4 | digit
            count += 1
        }
        guard count == 32 else { return nil }
        (high, low) = (values[0], values[1])
    }

    /// By the half that is all random: one word instead of two, several times a request.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(low)
    }

    /// When the id was made, to the millisecond.
    public var timestamp: Timestamp { Timestamp(microseconds: Int64(high >> 16) * 1000) }

    /// The order in which ids are made, to the millisecond.
    public static func < (left: RequestID, right: RequestID) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }

    /// The lower-case 36-character form.
    public var description: String {
        unsafe String(unsafeUninitializedCapacity: 36) { buffer in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            let (first, second) = (hexadecimalDigits(high >> 32), hexadecimalDigits(high))
            let (third, fourth) = (hexadecimalDigits(low >> 32), hexadecimalDigits(low))
            unsafe bytes.storeBytes(of: first, toByteOffset: 0, as: UInt64.self)
            unsafe bytes.storeBytes(of: UInt32(truncatingIfNeeded: second), toByteOffset: 9, as: UInt32.self)
            unsafe bytes.storeBytes(of: UInt32(truncatingIfNeeded: second >> 32), toByteOffset: 14, as: UInt32.self)
            unsafe bytes.storeBytes(of: UInt32(truncatingIfNeeded: third), toByteOffset: 19, as: UInt32.self)
            unsafe bytes.storeBytes(of: UInt32(truncatingIfNeeded: third >> 32), toByteOffset: 24, as: UInt32.self)
            unsafe bytes.storeBytes(of: fourth, toByteOffset: 28, as: UInt64.self)
            unsafe (bytes[8], bytes[13]) = (UInt8(ascii: "-"), UInt8(ascii: "-"))
            unsafe (bytes[18], bytes[23]) = (UInt8(ascii: "-"), UInt8(ascii: "-"))
            return 36
        }
    }
}

/// The eight digits of the lower half of a word, the first one in the lowest byte: every answer carries an id, and a
/// digit at a time costs six times as much.
private func hexadecimalDigits(_ word: UInt64) -> UInt64 {
    // Each byte of the half in 16 bits, then each digit in eight, the highest first.
    var spread = UInt64(UInt32(truncatingIfNeeded: word).byteSwapped)
    spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
    spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
    let digits = (spread >> 4 | spread << 8) & 0x0F0F_0F0F_0F0F_0F0F
    // 1 in every byte whose digit is a letter.
    let letters = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return (digits &+ 0x3030_3030_3030_3030 &+ letters &* 39)
}

private func hexadecimalValue(_ byte: UInt8) -> UInt64? {
    switch byte {
    case 48...57: UInt64(byte - 48)
    case 97...102: UInt64(byte - 87)
    case 65...70: UInt64(byte - 55)
    default: nil
    }
}
