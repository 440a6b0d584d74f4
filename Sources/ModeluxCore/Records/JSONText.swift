/// Writes JSON text piece by piece, commas and escapes included. Members come out in the order they are written.
public struct JSONText: Sendable {
    /// What has been written so far.
    public private(set) var text = ""
    private var needsComma = false

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
        text += ":"
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
        text += json
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

    private mutating func container(_ open: String, _ close: String, _ body: (inout JSONText) -> Void) {
        separate()
        text += open
        needsComma = false
        body(&self)
        text += close
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { text += "," }
        needsComma = true
    }

    private mutating func quote(_ value: String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
