import ModeluxCore
import Testing

struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01", 0), ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:01.5Z", 1_500_000),
            ("1970-01-01T00:00:00.123456789Z", 123_456), ("1970-01-01T01:00:00+01:00", 0),
            ("1969-12-31T23:00:00-0100", 0), ("1970-01-01t00:01z", 60_000_000), ("1970-01-01 00:00:02", 2_000_000),
            ("1969-12-31T23:59:59.999999Z", -1), ("2026-05-01T00:00:00Z", 1_777_593_600_000_000),
            ("2024-02-29T12:00:00Z", 1_709_208_000_000_000), ("2000-02-29", 951_782_400_000_000),
        ] as [(String, Int64)])
    func `ISO 8601 is read`(text: String, microseconds: Int64) {
        #expect(Timestamp(iso8601: text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-13-01", "2026-00-01", "2026-02-29", "1900-02-29", "2026-04-31", "2026-05-00", "0000-01-01",
        "2026-05-01T24:00:00Z", "2026-05-01T10:60:00Z", "2026-05-01T10:00:61Z", "2026-05-01T10",
        "2026-05-01T10:00:00.Z",
        "2026-05-01T10:00:00+25:00", "2026-05-01T10:00:00+01:99", "2026-05-01T10:00:00Zx", "2026-5-1", "26-05-01",
        "２０２６-05-01",
    ])
    func `what is no time is refused`(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test func `what is written is read back, and days and hours are its floor`() throws {
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<2000 {
            let milliseconds = Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &generator)
            let moment = Timestamp(microseconds: milliseconds * 1000)
            #expect(Timestamp(iso8601: moment.iso8601) == moment)
            let day = CivilDate(day: moment.day)
            #expect(moment.iso8601.hasPrefix(day.text))
            #expect(moment.hour * 3_600_000_000 <= moment.microseconds)
            #expect((moment.hour + 1) * 3_600_000_000 > moment.microseconds)
        }
    }

    @Test func `every day of four centuries follows the one before`() throws {
        var previous = CivilDate(day: -1)
        #expect(previous.text == "1969-12-31")
        for day in Int64(0)...146_097 {
            let date = CivilDate(day: day)
            #expect(
                date.day == day && CivilDate(year: date.year, month: date.month, dayOfMonth: date.dayOfMonth) == date)
            let isNext =
                date.dayOfMonth == previous.dayOfMonth + 1 && date.month == previous.month
                || date.dayOfMonth == 1
                    && (date.month == previous.month + 1 || date.month == 1 && date.year == previous.year + 1)
            guard isNext else {
                Issue.record("\(previous.text) is followed by \(date.text)")
                return
            }
            previous = date
        }
    }

    @Test func `the ends of the range do not trap`() {
        for microseconds in [Int64.min, .max] {
            let moment = Timestamp(microseconds: microseconds)
            #expect(!moment.iso8601.isEmpty)
            #expect(moment.advanced(byMicroseconds: 1).microseconds >= microseconds)
            #expect(moment.advanced(byMicroseconds: -1).microseconds <= microseconds)
        }
        #expect(Timestamp(microseconds: .max).advanced(byMicroseconds: 1).microseconds == .max)
        #expect(Timestamp(microseconds: .min).advanced(byMicroseconds: -1).microseconds == .min)
    }
}
