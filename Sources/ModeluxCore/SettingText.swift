/// Sizes as people write them: `32 MiB`, `64KiB`, `1024`.
enum SizeText {
    private static let units: [(name: String, bytes: Int)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1), ("", 1),
    ]

    /// Bytes; nil when the text is no size.
    static func read(_ text: String) -> Int? {
        guard let (number, unit) = numberAndUnit(text), let factor = units.first(where: { $0.name == unit })?.bytes
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }

    /// The size in the largest unit that divides it.
    static func write(_ bytes: Int) -> String {
        guard bytes > 0, let unit = units.first(where: { bytes % $0.bytes == 0 && $0.bytes > 1 }) else {
            return String(bytes)
        }
        return "\(bytes / unit.bytes) \(unit.name)"
    }
}

/// Times as people write them: `250ms`, `30s`, `5m`, `1h`.
enum DurationText {
    private static let units: [(name: String, milliseconds: Int)] = [
        ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// The duration; nil when the text is none. A bare `0` needs no unit.
    static func read(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        guard let (number, unit) = numberAndUnit(text), let factor = units.first(where: { $0.name == unit })
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor.milliseconds)
        return overflow ? nil : .milliseconds(product)
    }

    /// The duration in the largest unit that divides it, to the millisecond.
    static func write(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = Int(clamping: seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
        guard milliseconds > 0, let unit = units.first(where: { milliseconds % $0.milliseconds == 0 }) else {
            return "0s"
        }
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }
}

/// Splits `32 MiB` into 32 and `MiB`.
private func numberAndUnit(_ text: String) -> (Int, String)? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits) else { return nil }
    return (number, String(text.dropFirst(digits.count).drop { $0 == " " }))
}
