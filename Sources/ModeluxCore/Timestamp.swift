/// A moment of wall-clock time: microseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Microseconds since the Unix epoch.
    public var microseconds: Int64

    /// Makes a moment from microseconds since the Unix epoch.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The order in time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// The moment `microseconds` later, saturating.
    public func advanced(byMicroseconds delta: Int64) -> Timestamp {
        let (sum, overflow) = microseconds.addingReportingOverflow(delta)
        return Timestamp(microseconds: overflow ? (delta < 0 ? .min : .max) : sum)
    }

    /// Whole hours since the epoch: the bucket of an hourly roll-up.
    public var hour: Int64 { floorDivide(microseconds, 3_600_000_000) }

    /// Whole days since the epoch: the number of a day file.
    public var day: Int64 { floorDivide(microseconds, 86_400_000_000) }

    /// ISO 8601 in UTC in whole seconds: `2026-05-01T00:00:00Z`. For moments that people chose.
    public var iso8601Seconds: String { iso8601.prefix { $0 != "." } + "Z" }

    /// ISO 8601 in UTC with milliseconds: `2026-05-01T00:00:00.000Z`.
    public var iso8601: String {
        let date = CivilDate(day: day)
        // Wrapping: at the low end of the range the day begins before it.
        let rest = microseconds &- day &* 86_400_000_000
        let (seconds, micros) = rest.quotientAndRemainder(dividingBy: 1_000_000)
        return date.text + "T" + padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":"
            + padded(seconds % 60, 2) + "." + padded(micros / 1000, 3) + "Z"
    }

    /// Reads ISO 8601 (`2026-05-01`, `2026-05-01T10:00:00Z`, with a fraction, or with an offset such as `+02:00`);
    /// nil when it is something else. A time without an offset is UTC.
    public init?(iso8601 text: some StringProtocol) {
        var reader = DigitReader(Array(text.utf8))
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let dayOfMonth = reader.number(2), let date = CivilDate(year: year, month: month, dayOfMonth: dayOfMonth)
        else { return nil }
        var micros: Int64 = 0
        if !reader.atEnd {
            guard reader.skip("T") || reader.skip("t") || reader.skip(" "), let hour = reader.number(2), hour < 24,
                reader.skip(":"), let minute = reader.number(2), minute < 60
            else { return nil }
            var second: Int64 = 0
            if reader.skip(":") {
                guard let value = reader.number(2), value <= 60 else { return nil }
                second = value
            }
            micros = ((hour * 60 + minute) * 60 + second) * 1_000_000
            if reader.skip(".") {
                guard let fraction = reader.fraction() else { return nil }
                micros += fraction
            }
            if !reader.skip("Z"), !reader.skip("z"), !reader.atEnd {
                let sign: Int64 = reader.skip("-") ? 1 : -1
                guard sign == 1 || reader.skip("+"), let hours = reader.number(2), hours < 24 else { return nil }
                _ = reader.skip(":")
                guard let minutes = reader.number(2), minutes < 60 else { return nil }
                micros += sign * (hours * 60 + minutes) * 60_000_000
            }
        }
        guard reader.atEnd else { return nil }
        self.init(microseconds: date.day * 86_400_000_000 + micros)
    }
}

/// A day of the Gregorian calendar. The conversion follows Howard Hinnant's "chrono-compatible low-level date
/// algorithms" (days from civil and back).
public struct CivilDate: Sendable, Hashable {
    /// The year, 1 … 9999.
    public let year: Int64
    /// The month, 1 … 12.
    public let month: Int64
    /// The day of the month, 1 … 31.
    public let dayOfMonth: Int64

    /// The date of a number of days since 1970-01-01.
    public init(day: Int64) {
        let shifted = day + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthPrime = (5 * dayOfYear + 2) / 153
        dayOfMonth = dayOfYear - (153 * monthPrime + 2) / 5 + 1
        month = monthPrime < 10 ? monthPrime + 3 : monthPrime - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// A date from its parts; nil when there is no such day.
    public init?(year: Int64, month: Int64, dayOfMonth: Int64) {
        let lengths: [Int64] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        guard (1...9999).contains(year), (1...12).contains(month), dayOfMonth >= 1,
            dayOfMonth <= lengths[Int(month) - 1] + (month == 2 && isLeap ? 1 : 0)
        else { return nil }
        (self.year, self.month, self.dayOfMonth) = (year, month, dayOfMonth)
    }

    /// Days since 1970-01-01.
    public var day: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = floorDivide(shiftedYear, 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + dayOfMonth - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// `2026-05-01`.
    public var text: String { padded(year, 4) + "-" + padded(month, 2) + "-" + padded(dayOfMonth, 2) }
}

/// The quotient rounded down, also for what lies before the epoch.
func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
}

private func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
}

private struct DigitReader {
    private var bytes: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    var atEnd: Bool { bytes.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = bytes.first, UInt32(first) == character.value else { return false }
        bytes.removeFirst()
        return true
    }

    mutating func number(_ width: Int) -> Int64? {
        guard bytes.count >= width else { return nil }
        var value: Int64 = 0
        for byte in bytes.prefix(width) {
            guard byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + Int64(byte - 48)
        }
        bytes.removeFirst(width)
        return value
    }

    /// A decimal fraction as microseconds; digits past the sixth are cut.
    mutating func fraction() -> Int64? {
        var value: Int64 = 0
        var weight: Int64 = 100_000
        var isEmpty = true
        while let byte = bytes.first, byte >= 48, byte <= 57 {
            value += Int64(byte - 48) * weight
            weight /= 10
            isEmpty = false
            bytes.removeFirst()
        }
        return isEmpty ? nil : value
    }
}
