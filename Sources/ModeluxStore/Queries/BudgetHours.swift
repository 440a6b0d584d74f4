import ModeluxCore

/// The hourly sums as budgets read them: what was spent by project or key in a range of hours.
struct BudgetHours {
    private let whole: SQLiteStatement
    private let byProject: SQLiteStatement
    private let byKey: SQLiteStatement

    init(_ connection: SQLiteConnection) throws {
        whole = try connection.prepare(
            "SELECT NULL, sum(cost_nano_usd) FROM rollups_hourly WHERE bucket >= ?1 AND bucket < ?2")
        byProject = try connection.prepare(
            """
            SELECT project, sum(cost_nano_usd) FROM rollups_hourly
            WHERE bucket >= ?1 AND bucket < ?2 AND project <> '' AND (?3 IS NULL OR project = ?3) GROUP BY project
            """)
        byKey = try connection.prepare(
            """
            SELECT key, sum(cost_nano_usd) FROM rollups_hourly
            WHERE bucket >= ?1 AND bucket < ?2 AND key <> '' AND (?3 IS NULL OR key = ?3) GROUP BY key
            """)
    }

    func read(_ hours: BudgetTally.Hours) throws -> [(subject: String?, cost: Money)] {
        let statement =
            switch hours.kind {
            case .project: byProject
            case .key: byKey
            default: whole
            }
        statement.bind(1, hours.range.lowerBound)
        statement.bind(2, hours.range.upperBound)
        if hours.kind != .organization { statement.bind(3, hours.subject) }
        var sums: [(subject: String?, cost: Money)] = []
        while try statement.step() {
            sums.append((statement.optionalText(0), Money(nanoUSD: statement.int(1))))
        }
        return sums
    }
}
