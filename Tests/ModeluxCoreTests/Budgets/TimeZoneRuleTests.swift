import Foundation
import Testing

@testable import ModeluxCore

@Suite struct TimeZoneRuleTests {
    /// Seconds since the epoch of a moment in UTC.
    private func seconds(_ text: String) throws -> Int64 {
        try #require(Timestamp(iso8601: text)).microseconds / 1_000_000
    }

    @Test(arguments: [
        ("UTC", "2026-07-01T00:00:00Z", 0), ("Europe/Berlin", "2026-03-29T00:59:59Z", 3600),
        ("Europe/Berlin", "2026-03-29T01:00:00Z", 7200), ("Europe/Berlin", "2026-10-25T00:59:59Z", 7200),
        ("Europe/Berlin", "2026-10-25T01:00:00Z", 3600), ("America/New_York", "2026-03-08T07:00:00Z", -14400),
        ("Asia/Kolkata", "2026-01-01T00:00:00Z", 19800), ("Asia/Kathmandu", "2026-01-01T00:00:00Z", 20700),
        ("Australia/Sydney", "2026-01-01T00:00:00Z", 39600), ("Australia/Sydney", "2026-07-01T00:00:00Z", 36000),
        ("Australia/Lord_Howe", "2026-01-01T00:00:00Z", 39600), ("Europe/Dublin", "2026-01-01T00:00:00Z", 0),
        ("Europe/Dublin", "2026-07-01T00:00:00Z", 3600), ("Pacific/Kiritimati", "2026-07-01T00:00:00Z", 50400),
        ("Pacific/Marquesas", "2026-07-01T00:00:00Z", -34200), ("America/Nuuk", "2026-03-29T00:59:59Z", -7200),
        ("America/Nuuk", "2026-03-29T01:00:00Z", -3600),
    ])
    func `a zone's offset is that of the moment`(name: String, moment: String, offset: Int64) throws {
        let rule = try #require(TimeZoneRule(name: name))
        #expect(rule.offset(at: try seconds(moment)) == offset)
    }

    @Test(arguments: [
        // The clock skips midnight: the day begins with the first moment that there is.
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z"),
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"),
        // Midnight comes twice, or the evening does.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"), ("Asia/Beirut", "2026-10-25", "2026-10-24T22:00:00Z"),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z"),
        ("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00Z"),
    ])
    func `a day begins once`(name: String, day: String, beginning: String) throws {
        let rule = try #require(TimeZoneRule(name: name))
        let date = try #require(Timestamp(iso8601: day)).day
        #expect(rule.beginning(ofDay: date) == (try seconds(beginning)))
    }

    @Test func `every zone agrees with the system's calendar for ten years`() throws {
        var compared = 0
        for name in TimeZoneRule.names {
            guard let zone = TimeZone(identifier: name), let rule = TimeZoneRule(name: name) else { continue }
            // Zones whose rule changed, or follows the moon, differ between releases of the database.
            guard !Self.disputed.contains(name) else { continue }
            // Every eleven hours: changes are found whatever hour they come at.
            for moment in stride(from: try seconds("2026-01-01"), to: try seconds("2036-01-01"), by: 11 * 3600) {
                let expected = Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment))))
                guard rule.offset(at: moment) == expected else {
                    Issue.record("\(name) at \(moment): \(rule.offset(at: moment)) instead of \(expected)")
                    break
                }
                compared += 1
            }
        }
        #expect(compared > 1_000_000)
    }

    private static let disputed: Set = ["Africa/Casablanca", "Africa/El_Aaiun"]

    @Test(arguments: ["", "Berlin", "Europe/", "europe/berlin ", "Mars/Olympus"])
    func `a name that is none gives nothing`(name: String) {
        #expect(TimeZoneRule(name: name) == nil)
    }
}
