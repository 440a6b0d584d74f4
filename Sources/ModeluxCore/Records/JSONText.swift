/// Writes JSON text piece by piece, commas and escapes included. Members come out in the order they are written.
public struct JSONText: Sendable {
    /// What has been written so far, as UTF-8.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// What has been written so far.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Starts empty.
    public init() {}

    /// Writes an object whose members the closure writes.
    public mutating func object(_ body: (inout JSONText) -> Void) { container("{", "}", body) }

    /// Writes an array whose elements the closure writes.
    public mutating func array(_ body: (inout JSONText) -> Void) { container("[", "]", body) }

    /// Writes a member's key; its value must follow.
    public mutating func key(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string value.
    public mutating func string(_ value: String) {
        separate()
        quote(value)
    }

    /// Writes `null`.
    public mutating func null() { raw("null") }

    /// Writes text that is JSON already.
    public mutating func raw(_ json: String) {
        separate()
        bytes.append(contentsOf: json.utf8)
    }

    /// A string member, or null.
    public mutating func member(_ name: String, _ value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    /// An integer member, or null.
    public mutating func member(_ name: String, _ value: Int64?) {
        key(name)
        raw(value.map(String.init) ?? "null")
    }

    /// A truth member.
    public mutating func member(_ name: String, _ value: Bool) {
        key(name)
        raw(value ? "true" : "false")
    }

    /// An amount in dollars.
    public mutating func member(_ name: String, _ value: Money) {
        key(name)
        raw(value.usdText)
    }

    /// A duration in milliseconds with three decimals, or null.
    public mutating func member(_ name: String, _ milliseconds: Double?) {
        key(name)
        guard let milliseconds, milliseconds.isFinite, abs(milliseconds) < 1e12 else { return null() }
        raw(Money(nanoUSD: Int64((milliseconds * 1000).rounded()) * 1_000_000).usdText)
    }

    private mutating func container(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONText) -> Void) {
        separate()
        bytes.append(UInt8(ascii: open))
        needsComma = false
        body(&self)
        bytes.append(UInt8(ascii: close))
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func quote(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        let needsEscape = value.utf8.contains {
            $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\")
        }
        if needsEscape {
            for byte in value.utf8 { escape(byte) }
        } else {
            bytes.append(contentsOf: value.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): bytes.append(contentsOf: #"\""#.utf8)
        case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
        case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
        case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
        case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
        case 0x00..<0x20:
            let digits = String(byte, radix: 16)
            bytes.append(contentsOf: (byte < 0x10 ? #"\u000"# : #"\u00"#).utf8)
            bytes.append(contentsOf: digits.utf8)
        default: bytes.append(byte)
        }
    }
}
