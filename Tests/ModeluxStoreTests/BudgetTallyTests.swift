import Foundation
import ModeluxCore
import Testing

@testable import ModeluxStore

/// Budgets against the ledger's file, after whatever may have stopped the program.
struct BudgetTallyTests {
    private static func budget(_ name: String, _ scope: BudgetScope, isPerSubject: Bool = false) -> Budget {
        Budget(
            id: Identifier("bud_" + name), name: name, scope: scope, cap: Money(dollars: 1), isPerSubject: isPerSubject)
    }

    private static let budgets = [
        budget("all", .organization), budget("key", BudgetScope(.key, subject: Fixture.key.text)),
        budget("other", BudgetScope(.key, subject: "key_other")),
        budget("user", BudgetScope(.endUser), isPerSubject: true),
        budget("tag", BudgetScope(.tag, tagKey: "team", subject: "m\"l")),
        budget("config", BudgetScope(.config, subject: Fixture.project.text + "/default")),
        budget("provider", BudgetScope(.provider, subject: Fixture.provider.text)),
    ]

    private static func sums(_ place: String, at moment: Timestamp) async throws -> [String: [String?: Int64]] {
        let tally = try await LedgerQuery(dataDirectory: place).add(to: BudgetTally(budgets, at: moment))
        return Dictionary(
            uniqueKeysWithValues: tally.sums().filter { $0.window.contains(moment) }.map { sums in
                (sums.budget.name, sums.bySubject.mapValues(\.nanoUSD))
            })
    }

    /// Operations that ended, and some that nobody ended, with everything that budgets ask for.
    private static func fill(_ pipeline: RecordPipeline) throws {
        var tags = Tags()
        try tags.set("team", to: "m\"l")
        for number in UInt64(0)..<20 {
            let id = Fixture.id(number)
            var intent = Fixture.intent(id, hold: 5000)
            intent.endUser = number % 2 == 0 ? "ada" : "bob"
            intent.tags = number < 10 ? tags : Tags()
            intent.config = Plan.ConfigVersion(slug: "default", version: 3)
            try pipeline.journal.append(intent: intent)
            guard number % 5 > 0 else { continue }
            var record = Fixture.record(id)
            record.endUser = intent.endUser
            record.tags = intent.tags
            try pipeline.journal.append(record: record)
        }
        // The day before counts in no daily budget.
        let earlier = Fixture.id(99, at: someMoment.advanced(byMicroseconds: -86_400_000_000))
        try pipeline.journal.append(record: Fixture.record(earlier))
    }

    @Test func `every budget equals the ledger, held costs of operations that nobody ended included`() async throws {
        let folder = try TemporaryFolder()
        let first = try RecordPipeline(dataDirectory: folder.path, logger: quietLogger)
        try Self.fill(first)
        let dead = try TemporaryFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted(by: >) {
            try FileManager.default.copyItem(atPath: folder.path + "/" + name, toPath: dead.path + "/" + name)
        }
        await first.stop()
        await (try RecordPipeline(dataDirectory: dead.path, logger: quietLogger)).stop()
        // 16 ended at 1,234 each; 0, 5, 10 and 15 are booked at what was held.
        let expected: [String: [String?: Int64]] = [
            "all": [nil: 16 * 1234 + 4 * 5000], "key": [nil: 16 * 1234 + 4 * 5000], "other": [:],
            "user": ["ada": 8 * 1234 + 2 * 5000, "bob": 8 * 1234 + 2 * 5000], "tag": [nil: 8 * 1234 + 2 * 5000],
            "config": [nil: 16 * 1234 + 4 * 5000], "provider": [nil: 16 * 1234 + 4 * 5000],
        ]
        #expect(try await Self.sums(dead.path, at: someMoment) == expected)
    }

    @Test(arguments: [0, 5, 70, 200, 3000]) func `sums by the hour say what the rows say`(minutes: Int64) async throws {
        let folder = try TemporaryFolder()
        let pipeline = try RecordPipeline(dataDirectory: folder.path, logger: quietLogger)
        try pipeline.start()
        for number in UInt64(0)..<300 {
            // Over three days, at odd minutes; some keys and projects of others between them.
            let moment = someMoment.advanced(byMicroseconds: -Int64(number) * 847_000_000)
            var record = Fixture.record(Fixture.id(number, at: moment))
            if number % 7 == 0 { record.keyID = Identifier("key_other") }
            if number % 11 == 0 { record.projectID = nil }
            record.endUser = "ada"
            try pipeline.journal.append(record: record)
        }
        await pipeline.flush()
        let zones = ["UTC", "Asia/Kolkata", "America/New_York"]
        let more = zones.flatMap { zone in
            BudgetPeriod.allCases.flatMap { period in
                [BudgetScope(.project), BudgetScope(.key), .organization].map { scope in
                    Budget(
                        id: Identifier("bud_\(zone)\(period)\(scope.kind)"), name: "\(zone) \(period) \(scope.kind)",
                        scope: scope, cap: Money(dollars: 1),
                        schedule: BudgetSchedule(period, timeZone: zone) ?? .daily,
                        isPerSubject: scope.kind != .organization)
                }
            }
        }
        let moment = someMoment.advanced(byMicroseconds: minutes * 60_000_000)
        let query = LedgerQuery(dataDirectory: folder.path)
        let rows = try await query.add(to: BudgetTally(Self.budgets + more, at: moment))
        let hours = try await query.fill(BudgetTally(Self.budgets + more, at: moment), at: moment)
        await pipeline.stop()
        #expect(hours.since > rows.since)
        for (left, right) in zip(rows.sums(), hours.sums()) {
            #expect(left.bySubject == right.bySubject, "\(left.budget.name) from \(left.window.start.iso8601)")
        }
        #expect(rows.sums().contains { !$0.bySubject.isEmpty })
    }

    @Test func `an operation under way counts nothing yet`() async throws {
        let folder = try TemporaryFolder()
        let pipeline = try RecordPipeline(dataDirectory: folder.path, logger: quietLogger)
        try pipeline.start()
        try Self.fill(pipeline)
        await pipeline.flush()
        let sums = try await Self.sums(folder.path, at: someMoment)
        await pipeline.stop()
        #expect(sums["all"] == [nil: 16 * 1234])
    }
}
