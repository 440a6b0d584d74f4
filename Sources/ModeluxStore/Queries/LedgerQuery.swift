public import ModeluxCore

/// Sums over ledger rows of one state.
public struct LedgerSums: Sendable, Hashable {
    /// Attempts.
    public var attempts: Int64 = 0
    /// What they cost; of held ones nothing yet.
    public var cost = Money.zero
    /// What was held for them.
    public var held = Money.zero
    /// What they consumed: the tokens of the main buckets.
    public var usage = Usage.none
}

/// Reads the ledger itself: for verification, and for one operation.
public struct LedgerQuery: Sendable {
    private let dataDirectory: String

    /// Reads below `dataDirectory`.
    public init(dataDirectory: String) {
        self.dataDirectory = dataDirectory
    }

    /// Sums by state over the attempts whose operations began in [`start`, `end`), of one project or of all. Reads
    /// every row of the period: some 2 million a second.
    public func sums(
        start: Timestamp? = nil, end: Timestamp? = nil, projectID: String? = nil
    ) async throws -> [LedgerRow.State: LedgerSums] {
        try await QueryQueue.run {
            let connection = try open()
            let statement = try connection.prepare(
                """
                SELECT state, count(*), sum(total_nano_usd), sum(held_nano_usd), sum(input_tokens),
                    sum(cached_input_tokens), sum(cache_write_5m_tokens), sum(cache_write_1h_tokens),
                    sum(output_tokens), sum(reasoning_tokens)
                FROM attempts WHERE created_at >= ?1 AND created_at < ?2 AND (?3 IS NULL OR project = ?3)
                GROUP BY state
                """)
            statement.bind(1, start?.microseconds ?? .min)
            statement.bind(2, end?.microseconds ?? .max)
            statement.bind(3, projectID)
            var sums: [LedgerRow.State: LedgerSums] = [:]
            while try statement.step() {
                guard let state = LedgerRow.State(rawValue: statement.int(0)) else { continue }
                sums[state] = LedgerSums(
                    attempts: statement.int(1), cost: Money(nanoUSD: statement.int(2)),
                    held: Money(nanoUSD: statement.int(3)),
                    usage: Usage(
                        input: statement.int(4), cachedInput: statement.int(5), cacheWrite5m: statement.int(6),
                        cacheWrite1h: statement.int(7), output: statement.int(8), reasoning: statement.int(9)))
            }
            return sums
        }
    }

    /// Adds every row that a tally asks for: for checks. Reads some 500,000 rows a second.
    public func add(to tally: BudgetTally) async throws -> BudgetTally {
        try await QueryQueue.run { try add(to: tally, from: try open()) }
    }

    /// Fills a tally by the shortest way, from the hourly sums where these suffice: for opening accounts.
    public func fill(_ tally: BudgetTally, at moment: Timestamp) async throws -> BudgetTally {
        try await QueryQueue.run { try fillNow(tally, at: moment) }
    }

    /// As `fill`, on the calling thread: for a start, when nothing else runs.
    public func fillNow(_ tally: BudgetTally, at moment: Timestamp) throws -> BudgetTally {
        let connection = try open()
        var tally = tally
        let sums = try BudgetHours(connection)
        try tally.rollUp(at: moment) { try sums.read($0) }
        return try add(to: tally, from: connection)
    }

    private func add(to tally: BudgetTally, from connection: SQLiteConnection) throws -> BudgetTally {
        var tally = tally
        // The rows lie by operation, whose ids begin with their time.
        let statement = try connection.prepare(
            """
            SELECT operation, created_at, project, key, provider_id, end_user, config, total_nano_usd, tags
            FROM attempts WHERE operation >= ?1 AND state <> 0 AND total_nano_usd <> 0
            """)
        let milliseconds = UInt64(clamping: tally.since.microseconds / 1000)
        statement.bind(1, RequestID(high: min(milliseconds, 0xFFFF_FFFF_FFFF) << 16, low: 0))
        while try statement.step() {
            guard let operation = statement.requestID(0) else { continue }
            let subjects = BudgetSubjects(
                projectID: statement.optionalText(2).map { Identifier($0) },
                keyID: statement.optionalText(3).map { Identifier($0) }, endUser: statement.optionalText(5),
                tags: tally.looksAtTags ? TagText.tags(statement.optionalText(8)) : Tags(),
                config: LedgerRow.config(statement.optionalText(6))?.slug)
            tally.add(
                operation, at: Timestamp(microseconds: statement.int(1)), for: subjects,
                providerID: Identifier(statement.text(4)), cost: Money(nanoUSD: statement.int(7)))
        }
        return tally
    }

    /// The attempts of one operation, in order.
    public func attempts(of id: RequestID) async throws -> [LedgerRow] {
        try await QueryQueue.run {
            let connection = try open()
            let statement = try connection.prepare("SELECT * FROM attempts WHERE operation = ? ORDER BY attempt")
            statement.bind(1, id)
            var rows: [LedgerRow] = []
            while try statement.step() {
                if let row = LedgerRow(statement) { rows.append(row) }
            }
            return rows
        }
    }

    private func open() throws -> SQLiteConnection {
        try SQLiteConnection(path: LedgerFile.path(dataDirectory), mode: .reading)
    }
}

extension LedgerRow {
    /// The version that `slug@version` names.
    static func config(_ text: String?) -> Plan.ConfigVersion? {
        guard let text, let mark = text.lastIndex(of: "@"), let version = Int(text[text.index(after: mark)...]) else {
            return nil
        }
        return Plan.ConfigVersion(slug: String(text[..<mark]), version: version)
    }

    /// Reads a row of the table, all columns in order; nil when it is none of ours.
    fileprivate init?(_ statement: SQLiteStatement) {
        guard let id = statement.requestID(0), let state = State(rawValue: statement.int(2)) else { return nil }
        operation = id
        attempt = Int(clamping: statement.int(1))
        self.state = state
        createdAt = Timestamp(microseconds: statement.int(3))
        projectID = statement.optionalText(4)
        keyID = statement.optionalText(5)
        providerID = statement.text(6)
        provider = statement.text(7)
        model = statement.text(8)
        outcome = statement.optionalText(9).flatMap { AttemptRecord.Outcome(rawValue: $0) }
        status = statement.optionalInt(10).map { Int(clamping: $0) }
        usage = Usage(
            input: statement.int(11), cachedInput: statement.int(12), cacheWrite5m: statement.int(13),
            cacheWrite1h: statement.int(14), output: statement.int(15), reasoning: statement.int(16),
            audioInput: statement.int(17), audioOutput: statement.int(18), images: statement.int(19),
            requests: statement.int(20), isEstimated: statement.int(21) != 0)
        cost = Cost(
            input: Money(nanoUSD: statement.int(22)), cachedInput: Money(nanoUSD: statement.int(23)),
            cacheWrite: Money(nanoUSD: statement.int(24)), output: Money(nanoUSD: statement.int(25)),
            other: Money(nanoUSD: statement.int(26)), priceID: statement.optionalText(29))
        held = Money(nanoUSD: statement.int(28))
        serviceTier = statement.optionalText(30)
        endUser = statement.optionalText(31)
        tags = statement.optionalText(32)
        config = statement.optionalText(33)
    }
}
