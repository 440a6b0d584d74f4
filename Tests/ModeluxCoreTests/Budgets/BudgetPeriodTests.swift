import ModeluxCore
import Testing

@Suite struct BudgetPeriodTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let period: BudgetPeriod
        let zone: String
        let day: Int?
        let moment: String
        let start: String
        let end: String

        init(
            _ period: BudgetPeriod, _ zone: String, _ day: Int? = nil, at moment: String, _ start: String, _ end: String
        ) {
            (self.period, self.zone, self.day, self.moment, self.start, self.end) = (
                period, zone, day, moment, start, end
            )
        }

        var testDescription: String { "\(period) \(zone) \(day ?? 1) at \(moment)" }
    }

    static let rows = [
        Row(.daily, "UTC", at: "2026-05-01T00:00:00Z", "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z"),
        Row(.daily, "UTC", at: "2026-05-01T23:59:59.999Z", "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z"),
        Row(.daily, "Asia/Tokyo", at: "2026-05-01T14:59:59Z", "2026-04-30T15:00:00Z", "2026-05-01T15:00:00Z"),
        Row(.daily, "Asia/Tokyo", at: "2026-05-01T15:00:00Z", "2026-05-01T15:00:00Z", "2026-05-02T15:00:00Z"),
        Row(.daily, "Asia/Kathmandu", at: "2026-01-01T12:00:00Z", "2025-12-31T18:15:00Z", "2026-01-01T18:15:00Z"),
        // 23 and 25 hours.
        Row(.daily, "Europe/Berlin", at: "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        Row(.daily, "Europe/Berlin", at: "2026-10-25T00:30:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        Row(.daily, "Europe/Berlin", at: "2026-10-25T01:30:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        Row(.daily, "Africa/Cairo", at: "2026-04-23T22:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"),
        Row(.daily, "Asia/Beirut", at: "2026-10-24T21:30:00Z", "2026-10-23T21:00:00Z", "2026-10-24T22:00:00Z"),
        // A leap second is a second like any other.
        Row(.daily, "UTC", at: "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z", "2017-01-02T00:00:00Z"),
        Row(.weekly, "UTC", at: "2026-05-03T23:59:59Z", "2026-04-27T00:00:00Z", "2026-05-04T00:00:00Z"),
        Row(.weekly, "UTC", at: "2026-05-04T00:00:00Z", "2026-05-04T00:00:00Z", "2026-05-11T00:00:00Z"),
        Row(.weekly, "UTC", 7, at: "2026-05-03T00:00:00Z", "2026-05-03T00:00:00Z", "2026-05-10T00:00:00Z"),
        Row(.weekly, "America/New_York", 7, at: "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z", "2026-03-15T04:00:00Z"),
        Row(.weekly, "UTC", 4, at: "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "1970-01-08T00:00:00Z"),
        Row(.monthly, "UTC", at: "2026-02-28T23:59:59Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"),
        Row(.monthly, "UTC", at: "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        Row(.monthly, "UTC", at: "2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"),
        Row(.monthly, "UTC", 15, at: "2026-05-14T23:59:59Z", "2026-04-15T00:00:00Z", "2026-05-15T00:00:00Z"),
        Row(.monthly, "UTC", 15, at: "2026-01-10T00:00:00Z", "2025-12-15T00:00:00Z", "2026-01-15T00:00:00Z"),
        // Day 31 in months that have none; 29 February in leap years only.
        Row(.monthly, "UTC", 31, at: "2026-02-27T00:00:00Z", "2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z"),
        Row(.monthly, "UTC", 31, at: "2026-02-28T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"),
        Row(.monthly, "UTC", 31, at: "2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z", "2028-03-31T00:00:00Z"),
        Row(.monthly, "UTC", 31, at: "2026-04-30T00:00:00Z", "2026-04-30T00:00:00Z", "2026-05-31T00:00:00Z"),
        Row(.monthly, "UTC", 29, at: "2100-02-28T00:00:00Z", "2100-02-28T00:00:00Z", "2100-03-29T00:00:00Z"),
        Row(.monthly, "UTC", 30, at: "2028-02-29T10:00:00Z", "2028-02-29T00:00:00Z", "2028-03-30T00:00:00Z"),
        Row(.monthly, "Europe/Berlin", at: "2026-03-31T22:00:00Z", "2026-03-31T22:00:00Z", "2026-04-30T22:00:00Z"),
        Row(.monthly, "Europe/Berlin", at: "2026-03-31T21:59:59Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"),
        Row(.monthly, "Pacific/Kiritimati", at: "2026-04-30T10:00:00Z", "2026-04-30T10:00:00Z", "2026-05-31T10:00:00Z"),
    ]

    @Test(arguments: rows)
    func `a moment lies in its period`(row: Row) throws {
        let schedule = try #require(BudgetSchedule(row.period, timeZone: row.zone, resetDay: row.day))
        let window = schedule.window(at: try #require(Timestamp(iso8601: row.moment)))
        #expect(window.start.iso8601Seconds == row.start)
        #expect(window.end.iso8601Seconds == row.end)
    }

    @Test(arguments: [BudgetPeriod.daily, .weekly, .monthly])
    func `periods follow one another without gap or overlap, in every zone`(period: BudgetPeriod) throws {
        let days: [Int?] = period == .monthly ? [nil, 15, 29, 30, 31] : period == .weekly ? [nil, 4, 7] : [nil]
        for zone in TimeZoneRule.names {
            for day in days {
                let schedule = try #require(BudgetSchedule(period, timeZone: zone, resetDay: day))
                var window = schedule.window(at: Timestamp(microseconds: 1_767_225_600_000_000))
                for _ in 0..<(period == .daily ? 400 : 60) {
                    let next = schedule.window(at: window.end)
                    guard next.start == window.end, next.end > next.start,
                        schedule.window(at: window.end.advanced(byMicroseconds: -1)) == window
                    else {
                        Issue.record("\(zone) \(day ?? 1): \(window) then \(next)")
                        break
                    }
                    window = next
                }
            }
        }
    }

    @Test func `the total of a budget has neither beginning nor end`() throws {
        let window = try #require(BudgetSchedule(.total)).window(at: Timestamp(microseconds: 5))
        #expect(window.beginning == nil && window.reset == nil)
        #expect(window.contains(Timestamp(microseconds: .min)))
    }

    @Test(arguments: [
        (BudgetPeriod.daily, "UTC", 2 as Int?), (.weekly, "UTC", 0), (.weekly, "UTC", 8), (.monthly, "UTC", 32),
        (.monthly, "UTC", 0), (.daily, "Nowhere", nil),
    ])
    func `a schedule that cannot be is none`(period: BudgetPeriod, zone: String, day: Int?) {
        #expect(BudgetSchedule(period, timeZone: zone, resetDay: day) == nil)
    }

    @Test(arguments: [Int64.min, -1, 0, .max])
    func `no clock is wrong enough to trap`(microseconds: Int64) throws {
        for period in BudgetPeriod.allCases {
            let window = try #require(BudgetSchedule(period, timeZone: "America/Santiago")).window(
                at: Timestamp(microseconds: microseconds))
            #expect(window.start < window.end)
        }
    }
}
