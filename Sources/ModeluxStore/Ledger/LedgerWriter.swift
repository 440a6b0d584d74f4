import ModeluxCore

/// Writes batches of settlements to the ledger: rows, rollups and progress in one transaction, so that a batch counts
/// once or not at all, however often it is tried.
final class LedgerWriter {
    private let connection: SQLiteConnection
    private let upsert: SQLiteStatement
    private let setProgress: SQLiteStatement
    private let prune: SQLiteStatement
    private let hourly: RollupWriter
    private let minutely: RollupWriter
    private var prunedMinute: Int64 = 0

    /// Minutes for which the minute rollups are kept.
    static let minutesKept: Int64 = 180
    /// Pages of 16 KiB in the write-ahead log before it is copied into the file.
    private static let checkpointPages = 512

    init(_ connection: SQLiteConnection) throws {
        self.connection = connection
        upsert = try connection.prepare(
            """
            INSERT INTO attempts VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
            ON CONFLICT (operation, attempt) DO UPDATE SET
                state = excluded.state, created_at = excluded.created_at, outcome = excluded.outcome,
                status = excluded.status, input_tokens = excluded.input_tokens,
                cached_input_tokens = excluded.cached_input_tokens,
                cache_write_5m_tokens = excluded.cache_write_5m_tokens,
                cache_write_1h_tokens = excluded.cache_write_1h_tokens, output_tokens = excluded.output_tokens,
                reasoning_tokens = excluded.reasoning_tokens, audio_input_tokens = excluded.audio_input_tokens,
                audio_output_tokens = excluded.audio_output_tokens, images = excluded.images,
                requests = excluded.requests, estimated = excluded.estimated, input_nano_usd = excluded.input_nano_usd,
                cached_input_nano_usd = excluded.cached_input_nano_usd,
                cache_write_nano_usd = excluded.cache_write_nano_usd, output_nano_usd = excluded.output_nano_usd,
                other_nano_usd = excluded.other_nano_usd, total_nano_usd = excluded.total_nano_usd,
                price_id = excluded.price_id, service_tier = excluded.service_tier, end_user = excluded.end_user,
                tags = excluded.tags, config = excluded.config
            WHERE attempts.state = 0 AND excluded.state <> 0
            """)
        setProgress = try connection.prepare("UPDATE progress SET sequence = ? WHERE id = 1")
        prune = try connection.prepare("DELETE FROM rollups_minutely WHERE bucket < ?")
        hourly = try RollupWriter.hourly(connection)
        minutely = try RollupWriter.minutely(connection)
    }

    /// The file.
    var path: String { connection.path }

    /// The sequence of the last journal entry that the ledger holds.
    func progress() throws -> UInt64 {
        let statement = try connection.prepare("SELECT sequence FROM progress WHERE id = 1")
        guard try statement.step() else {
            throw StoreFailure(
                .damaged, path: connection.path, reason: "the table progress is empty",
                advice: "restore this file from the newest backup")
        }
        defer { statement.reset() }
        return UInt64(bitPattern: statement.int(0))
    }

    /// The attempts under way that the ledger holds for a journal that has forgotten them.
    func heldIntents() throws -> [LedgerIntent] {
        let statement = try connection.prepare(
            """
            SELECT operation, attempt, created_at, project, key, provider_id, provider, model, held_nano_usd, price_id,
                end_user, tags, config
            FROM attempts INDEXED BY attempts_held WHERE state = 0 ORDER BY operation
            """)
        var intents: [LedgerIntent] = []
        while try statement.step() {
            guard let id = statement.requestID(0) else { continue }
            intents.append(
                LedgerIntent(
                    requestID: id, attempt: Int(clamping: statement.int(1)),
                    createdAt: Timestamp(microseconds: statement.int(2)), projectID: Identifier(statement.text(3)),
                    keyID: Identifier(statement.text(4)), providerID: Identifier(statement.text(5)),
                    provider: statement.text(6), model: statement.text(7),
                    hold: Money(nanoUSD: statement.int(8)), priceID: statement.optionalText(9),
                    endUser: statement.optionalText(10), tags: TagText.tags(statement.optionalText(11)),
                    config: LedgerRow.config(statement.optionalText(12))))
        }
        return intents
    }

    /// Writes one batch. Rows that are there already are left alone and not counted again.
    func write(_ batch: LedgerBatch) throws {
        try connection.transaction {
            for row in batch.held { _ = try put(row) }
            var (hours, minutes) = (RollupBatch.hourly(), RollupBatch.minutely())
            for settlement in batch.settlements {
                var isNew = settlement.rows.isEmpty
                for row in settlement.rows where try put(row) {
                    isNew = true
                    hours.add(row, of: settlement.entry)
                    minutes.add(row, of: settlement.entry)
                }
                guard isNew else { continue }
                hours.add(settlement.entry)
                minutes.add(settlement.entry)
            }
            try hourly.add(hours)
            try minutely.add(minutes)
            try pruneMinutes(batch.settlements.last?.entry.record.createdAt)
            setProgress.bind(1, Int64(bitPattern: batch.sequence))
            try setProgress.run()
        }
    }

    /// Copies the write-ahead log into the file when it has grown, or whenever `isIdle`.
    func checkpoint(isIdle: Bool) throws {
        let pages = connection.walPages
        if pages > LedgerWriter.checkpointPages || (isIdle && pages > 0) { try connection.checkpoint() }
    }

    private func pruneMinutes(_ now: Timestamp?) throws {
        guard let now else { return }
        let minute = now.microseconds / 60_000_000
        guard minute > prunedMinute else { return }
        prunedMinute = minute
        prune.bind(1, minute - LedgerWriter.minutesKept)
        try prune.run()
    }

    /// True when the row is new, or replaced a held one.
    private func put(_ row: LedgerRow) throws -> Bool {
        upsert.bind(1, row.operation)
        upsert.bind(2, row.attempt)
        upsert.bind(3, row.state.rawValue)
        upsert.bind(4, row.createdAt.microseconds)
        upsert.bind(5, row.projectID)
        upsert.bind(6, row.keyID)
        upsert.bind(7, row.providerID)
        upsert.bind(8, row.provider)
        upsert.bind(9, row.model)
        upsert.bind(10, row.outcome?.rawValue)
        upsert.bind(11, row.status.map { Int64($0) })
        bind(row.usage)
        bind(row.cost)
        upsert.bind(29, row.held.nanoUSD)
        upsert.bind(30, row.cost.priceID)
        upsert.bind(31, row.serviceTier)
        upsert.bind(32, row.endUser)
        upsert.bind(33, row.tags)
        upsert.bind(34, row.config)
        try upsert.run()
        return connection.changes > 0
    }

    private func bind(_ usage: Usage) {
        upsert.bind(12, usage.input)
        upsert.bind(13, usage.cachedInput)
        upsert.bind(14, usage.cacheWrite5m)
        upsert.bind(15, usage.cacheWrite1h)
        upsert.bind(16, usage.output)
        upsert.bind(17, usage.reasoning)
        upsert.bind(18, usage.audioInput)
        upsert.bind(19, usage.audioOutput)
        upsert.bind(20, usage.images)
        upsert.bind(21, usage.requests)
        upsert.bind(22, usage.isEstimated ? 1 : 0)
    }

    private func bind(_ cost: Cost) {
        upsert.bind(23, cost.input.nanoUSD)
        upsert.bind(24, cost.cachedInput.nanoUSD)
        upsert.bind(25, cost.cacheWrite.nanoUSD)
        upsert.bind(26, cost.output.nanoUSD)
        upsert.bind(27, cost.other.nanoUSD)
        upsert.bind(28, cost.total.nanoUSD)
    }
}
