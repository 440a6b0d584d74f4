/// How often a budget begins anew.
public enum BudgetPeriod: String, Sendable, CaseIterable {
    /// At every local midnight.
    case daily
    /// At the local midnight of one weekday.
    case weekly
    /// At the local midnight of one day of the month.
    case monthly
    /// Never.
    case total
}

/// When a budget's periods begin: a period, in a time zone, on a day.
public struct BudgetSchedule: Sendable, Hashable {
    /// How often.
    public let period: BudgetPeriod
    /// The name of the time zone, as the IANA database has it.
    public let timeZone: String
    /// The day on which a period begins: of a week 1 (Monday, the default) … 7, of a month 1 (the default) … 31. A
    /// month that has no such day begins its period on its last one.
    public let resetDay: Int
    private let rule: TimeZoneRule

    /// Every day in UTC.
    public static let daily = BudgetSchedule(period: .daily, timeZone: "UTC", resetDay: 1, rule: .utc)

    /// Makes a schedule; nil when there is no such time zone, or the period has no such day.
    public init?(_ period: BudgetPeriod, timeZone: String = "UTC", resetDay: Int? = nil) {
        let days =
            switch period {
            case .daily, .total: 1...1
            case .weekly: 1...7
            case .monthly: 1...31
            }
        guard let rule = TimeZoneRule(name: timeZone), days.contains(resetDay ?? 1) else { return nil }
        self.init(period: period, timeZone: timeZone, resetDay: resetDay ?? 1, rule: rule)
    }

    private init(period: BudgetPeriod, timeZone: String, resetDay: Int, rule: TimeZoneRule) {
        self.period = period
        self.timeZone = timeZone
        self.resetDay = resetDay
        self.rule = rule
    }

    /// The period that a moment lies in. Calendar work: call it when a period begins, not for every request.
    public func window(at moment: Timestamp) -> BudgetWindow {
        // Within the years that the calendar knows, so that no clock, however wrong, overflows.
        let seconds = floorDivide(min(max(moment.microseconds, 0), 250_000_000_000_000_000), 1_000_000)
        let date = rule.date(at: seconds)
        switch period {
        case .total: return .always
        case .daily: return window(from: date.day, to: date.day + 1)
        case .weekly:
            // Day 0 was a Thursday, the fourth day of its week.
            let start = date.day - (date.day + 3 - Int64(resetDay - 1) + 7) % 7
            return window(from: start, to: start + 7)
        case .monthly:
            let begins = firstDay(year: date.year, month: date.month)
            let isBefore = date.day < begins
            let start = isBefore ? firstDay(year: date.year, month: date.month - 1) : begins
            let end = isBefore ? begins : firstDay(year: date.year, month: date.month + 1)
            return window(from: start, to: end)
        }
    }

    /// The day on which the period of a month begins; the month may be 0 or 13.
    private func firstDay(year: Int64, month: Int64) -> Int64 {
        let (year, month) = month < 1 ? (year - 1, 12) : month > 12 ? (year + 1, 1) : (year, month)
        for day in stride(from: Int64(resetDay), to: 27, by: -1) {
            if let date = CivilDate(year: year, month: month, dayOfMonth: day) { return date.day }
        }
        return CivilDate(year: year, month: month, dayOfMonth: Int64(min(resetDay, 28)))?.day ?? 0
    }

    private func window(from first: Int64, to next: Int64) -> BudgetWindow {
        BudgetWindow(
            start: Timestamp(microseconds: rule.beginning(ofDay: first) * 1_000_000),
            end: Timestamp(microseconds: rule.beginning(ofDay: next) * 1_000_000))
    }
}

/// One period of a budget: from `start` up to, but without, `end`.
public struct BudgetWindow: Sendable, Hashable {
    /// Its first moment.
    public let start: Timestamp
    /// The first moment after it.
    public let end: Timestamp

    /// All time.
    public static let always = BudgetWindow(
        start: Timestamp(microseconds: .min), end: Timestamp(microseconds: .max))

    /// Makes a period.
    public init(start: Timestamp, end: Timestamp) {
        self.start = start
        self.end = end
    }

    /// Whether a moment lies in it.
    public func contains(_ moment: Timestamp) -> Bool { start <= moment && moment < end }

    /// When it ends; nil when it never does.
    public var reset: Timestamp? { end.microseconds == .max ? nil : end }
}
