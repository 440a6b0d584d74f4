/// An amount of US dollars as an integer number of nano-dollars (10⁻⁹ USD).
///
/// Never a float: sums of parts equal totals to the last unit. Arithmetic saturates instead of trapping, since the
/// factors come from providers; the range of ±9.2 billion dollars is far beyond any ledger.
public struct Money: Sendable, Hashable, Comparable {
    /// The amount in 10⁻⁹ USD.
    public var nanoUSD: Int64

    /// No money.
    public static let zero = Money(nanoUSD: 0)

    /// Makes an amount from nano-dollars.
    public init(nanoUSD: Int64) {
        self.nanoUSD = nanoUSD
    }

    /// Makes an amount from a whole number of dollars, saturating.
    public init(dollars: Int64) {
        let (product, overflow) = dollars.multipliedReportingOverflow(by: 1_000_000_000)
        nanoUSD = overflow ? (dollars < 0 ? .min : .max) : product
    }

    /// Reads a decimal number of dollars such as `12`, `0.000000001` or `1.5e-3`; nil when it is no number, has more
    /// than nine significant decimals that are not zero, or is out of range.
    public init?(usd text: some StringProtocol) {
        guard let decimal = Decimal9(text) else { return nil }
        nanoUSD = decimal.nanos
    }

    /// The order of the amounts.
    public static func < (left: Money, right: Money) -> Bool {
        left.nanoUSD < right.nanoUSD
    }

    /// The sum, saturating at the ends of the range.
    public static func + (left: Money, right: Money) -> Money {
        let (sum, overflow) = left.nanoUSD.addingReportingOverflow(right.nanoUSD)
        return Money(nanoUSD: overflow ? (left.nanoUSD < 0 ? .min : .max) : sum)
    }

    /// The difference, saturating at the ends of the range.
    public static func - (left: Money, right: Money) -> Money {
        let (difference, overflow) = left.nanoUSD.subtractingReportingOverflow(right.nanoUSD)
        return Money(nanoUSD: overflow ? (left.nanoUSD < 0 ? .min : .max) : difference)
    }

    /// Adds in place, saturating.
    public static func += (left: inout Money, right: Money) {
        left = left + right
    }

    /// The amount as a plain decimal number of dollars with up to nine decimals and no trailing zeros: `0.000151`.
    /// It is valid JSON.
    public var usdText: String {
        let (whole, fraction) = nanoUSD.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        // Written from the back into one buffer: every answer carries an amount.
        return unsafe String(unsafeUninitializedCapacity: 32) { buffer in
            var bytes = InlineArray<32, UInt8>(repeating: 0)
            var start = 32
            var rest = fraction
            for _ in 0..<9 where fraction > 0 {
                if start < 32 || rest % 10 > 0 {
                    start -= 1
                    bytes[start] = 48 + UInt8(truncatingIfNeeded: rest % 10)
                }
                rest /= 10
            }
            if fraction > 0 {
                start -= 1
                bytes[start] = UInt8(ascii: ".")
            }
            rest = whole
            repeat {
                start -= 1
                bytes[start] = 48 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if nanoUSD < 0 {
                start -= 1
                bytes[start] = UInt8(ascii: "-")
            }
            for index in start..<32 { unsafe buffer[index - start] = bytes[index] }
            return 32 - start
        }
    }

    /// The amount cut to four decimals: `59.8000`. Cut, so that a rest of a cap is never told too large.
    public var fourDecimalsText: String {
        let (whole, rest) = (nanoUSD.magnitude / 100_000).quotientAndRemainder(dividingBy: 10_000)
        let digits = String(rest)
        return (nanoUSD < 0 ? "-" : "") + "\(whole)." + String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// The amount rounded half up to whole cents: `105.00`. For sentences that people read.
    public var centsText: String {
        let magnitude = nanoUSD.magnitude
        let cents = magnitude / 10_000_000 + (magnitude % 10_000_000 >= 5_000_000 ? 1 : 0)
        let (whole, rest) = cents.quotientAndRemainder(dividingBy: 100)
        return "\(nanoUSD < 0 ? "-" : "")\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}

/// A price in nano-dollars per one million units (tokens, images, requests).
public struct Rate: Sendable, Hashable {
    /// Nano-dollars for 1,000,000 units; 0 … 9.2 × 10¹⁸.
    public let nanoUSDPerMillion: Int64

    /// A rate of nothing.
    public static let free = Rate(nanoUSDPerMillion: 0)

    /// Makes a rate; negative rates count as zero.
    public init(nanoUSDPerMillion: Int64) {
        self.nanoUSDPerMillion = max(0, nanoUSDPerMillion)
    }

    /// The cost of `units`, rounded half up to the nano-dollar, saturating. Negative counts cost nothing.
    public func cost(of units: Int64) -> Money {
        guard units > 0 else { return .zero }
        let product = UInt64(units).multipliedFullWidth(by: UInt64(nanoUSDPerMillion))
        let divisor: UInt64 = 1_000_000
        guard product.high < divisor else { return Money(nanoUSD: .max) }
        let (quotient, remainder) = divisor.dividingFullWidth(product)
        let rounded = remainder >= 500_000 ? quotient.addingReportingOverflow(1).partialValue : quotient
        return Money(nanoUSD: Int64(clamping: rounded))
    }
}

/// A decimal number read exactly as nano-units, without a float in between.
struct Decimal9 {
    let nanos: Int64

    init?(_ text: some StringProtocol) {
        var digits: [UInt8] = []
        var scale = 0
        var seenPoint = false
        var exponent = 0
        var bytes = Array(text.utf8)[...]
        var negative = false
        if bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") {
            negative = bytes.removeFirst() == UInt8(ascii: "-")
        }
        while let byte = bytes.first {
            if byte == UInt8(ascii: ".") {
                guard !seenPoint else { return nil }
                seenPoint = true
            } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                guard digits.count < 40 else { return nil }
                digits.append(byte - UInt8(ascii: "0"))
                if seenPoint { scale += 1 }
            } else if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
                guard let power = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)), abs(power) < 40 else {
                    return nil
                }
                exponent = power
                break
            } else {
                return nil
            }
            bytes.removeFirst()
        }
        guard !digits.isEmpty else { return nil }
        var shift = 9 - scale + exponent
        while shift < 0, digits.last == 0 {
            digits.removeLast()
            shift += 1
        }
        if digits.isEmpty { (digits, shift) = ([0], 0) }
        guard shift >= 0 else { return nil }
        var value: Int64 = 0
        for digit in digits + Array(repeating: 0, count: digits.allSatisfy { $0 == 0 } ? 0 : shift) {
            let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tenfold.addingReportingOverflow(Int64(digit))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        nanos = negative ? -value : value
    }
}
