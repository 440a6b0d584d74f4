/// The offset from UTC that a time zone follows, now and from now on. Integers only; no file is read.
public struct TimeZoneRule: Sendable, Hashable {
    /// Seconds east of UTC outside summer time.
    let standardOffset: Int64
    /// Summer time, where the zone has it.
    let summer: Summer?

    /// When summer time holds, and its offset.
    struct Summer: Sendable, Hashable {
        /// Seconds east of UTC.
        let offset: Int64
        /// Told in standard time.
        let begins: Change
        /// Told in summer time.
        let ends: Change
    }

    /// A day of the year such as "the last Sunday of March", and the seconds after its midnight.
    struct Change: Sendable, Hashable {
        let month: Int64
        /// 1 … 4, or 5 for the last one.
        let week: Int64
        /// 0 is Sunday.
        let weekday: Int64
        /// May be negative, or more than a day.
        let seconds: Int64
    }

    /// UTC.
    public static let utc = TimeZoneRule(standardOffset: 0, summer: nil)

    /// The rule of a zone of the IANA database, such as `Europe/Berlin`; nil when there is no such zone.
    public init?(name: String) {
        guard let text = TimeZoneTable.rule(of: name) else { return nil }
        self.init(posix: text)
    }

    /// Every name that `init(name:)` takes.
    public static var names: [String] { TimeZoneTable.names }

    init(standardOffset: Int64, summer: Summer?) {
        self.standardOffset = standardOffset
        self.summer = summer
    }

    /// Reads the POSIX form, `CET-1CEST,M3.5.0,M10.5.0/3`, as far as the database uses it; nil when it is something
    /// else.
    init?(posix text: String) {
        var reader = PosixReader(text)
        guard reader.skipName(), let west = reader.time() else { return nil }
        standardOffset = -west
        guard !reader.isAtEnd else {
            summer = nil
            return
        }
        guard reader.skipName() else { return nil }
        var offset = standardOffset + 3600
        if !reader.isAt(",") {
            guard let west = reader.time() else { return nil }
            offset = -west
        }
        guard let begins = reader.change(), let ends = reader.change(), reader.isAtEnd else { return nil }
        summer = Summer(offset: offset, begins: begins, ends: ends)
    }

    /// Seconds east of UTC at a moment, in seconds since the epoch.
    func offset(at seconds: Int64) -> Int64 {
        guard let summer else { return standardOffset }
        let year = CivilDate(day: floorDivide(seconds + standardOffset, 86_400)).year
        let begins = summer.begins.localSeconds(in: year) - standardOffset
        let ends = summer.ends.localSeconds(in: year) - summer.offset
        let isSummer =
            begins < ends ? (begins..<ends).contains(seconds) : !(ends..<begins).contains(seconds)
        return isSummer ? summer.offset : standardOffset
    }

    /// The local date at a moment.
    func date(at seconds: Int64) -> CivilDate {
        CivilDate(day: floorDivide(seconds + offset(at: seconds), 86_400))
    }

    /// The first moment of a local day, in seconds since the epoch. Where the clock skips midnight, that is the moment
    /// of the skip; where midnight comes twice, the first one.
    func beginning(ofDay day: Int64) -> Int64 {
        let local = day * 86_400
        let offsets = [standardOffset, summer?.offset ?? standardOffset]
        let moments = offsets.filter { offset(at: local - $0) == $0 }.map { local - $0 }
        return moments.min() ?? local - (offsets.min() ?? standardOffset)
    }
}

extension TimeZoneRule.Change {
    /// The moment in local seconds since the epoch.
    fileprivate func localSeconds(in year: Int64) -> Int64 {
        guard let first = CivilDate(year: min(max(year, 1), 9999), month: month, dayOfMonth: 1)?.day else { return 0 }
        // 1970-01-01 was a Thursday.
        let firstWeekday = (first + 4) - floorDivide(first + 4, 7) * 7
        var day = first + (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
        if CivilDate(day: day).month != month { day -= 7 }
        return day * 86_400 + seconds
    }
}

/// Reads the parts of a POSIX time zone.
private struct PosixReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    func isAt(_ character: Unicode.Scalar) -> Bool { rest.first.map { UInt32($0) == character.value } ?? false }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard isAt(character) else { return false }
        rest.removeFirst()
        return true
    }

    /// `CET` or `<+0330>`.
    mutating func skipName() -> Bool {
        if skip("<") {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
            rest = rest[rest.index(after: end)...]
            return true
        }
        let name = rest.prefix { (65...90).contains($0 & 0xDF) }
        rest = rest[name.endIndex...]
        return name.count >= 3
    }

    /// `-3:30` as seconds.
    mutating func time() -> Int64? {
        let isNegative = skip("-")
        if !isNegative { _ = skip("+") }
        guard let hours = number() else { return nil }
        var seconds = hours * 3600
        if skip(":") {
            guard let minutes = number() else { return nil }
            seconds += minutes * 60
        }
        return isNegative ? -seconds : seconds
    }

    /// `,M3.5.0/2`; two o'clock where no time is told.
    mutating func change() -> TimeZoneRule.Change? {
        guard skip(","), skip("M"), let month = number(), skip("."), let week = number(), skip("."),
            let weekday = number()
        else { return nil }
        var seconds: Int64 = 7200
        if skip("/") {
            guard let time = time() else { return nil }
            seconds = time
        }
        return TimeZoneRule.Change(month: month, week: week, weekday: weekday, seconds: seconds)
    }

    private mutating func number() -> Int64? {
        let digits = rest.prefix { (48...57).contains($0) }
        rest = rest[digits.endIndex...]
        guard (1...3).contains(digits.count) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - 48) }
    }
}
