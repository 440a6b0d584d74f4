import ModeluxCore

/// Adds the rollups of a batch to one of the rollup tables, inside the ledger's transaction.
struct RollupWriter {
    private let select: SQLiteStatement
    private let upsert: SQLiteStatement
    private let connection: SQLiteConnection

    /// The table `rollups_hourly`.
    static func hourly(_ connection: SQLiteConnection) throws -> RollupWriter {
        RollupWriter(
            select: try connection.prepare(
                """
                SELECT histogram FROM rollups_hourly
                WHERE bucket = ? AND project = ? AND key = ? AND provider = ? AND model = ?
                """),
            upsert: try connection.prepare(
                """
                INSERT INTO rollups_hourly VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
                ON CONFLICT (bucket, project, key, provider, model) DO UPDATE SET
                    requests = requests + excluded.requests, errors = errors + excluded.errors,
                    attempts = attempts + excluded.attempts, input_tokens = input_tokens + excluded.input_tokens,
                    cached_input_tokens = cached_input_tokens + excluded.cached_input_tokens,
                    cache_write_5m_tokens = cache_write_5m_tokens + excluded.cache_write_5m_tokens,
                    cache_write_1h_tokens = cache_write_1h_tokens + excluded.cache_write_1h_tokens,
                    output_tokens = output_tokens + excluded.output_tokens,
                    reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
                    cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd,
                    latency_microseconds = latency_microseconds + excluded.latency_microseconds,
                    histogram = excluded.histogram
                """), connection: connection)
    }

    /// The table `rollups_minutely`.
    static func minutely(_ connection: SQLiteConnection) throws -> RollupWriter {
        RollupWriter(
            select: try connection.prepare(
                """
                SELECT histogram FROM rollups_minutely
                WHERE bucket = ? AND project = ? AND key = ? AND provider = ? AND model = ?
                """),
            upsert: try connection.prepare(
                """
                INSERT INTO rollups_minutely VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
                ON CONFLICT (bucket, project, key, provider, model) DO UPDATE SET
                    requests = requests + excluded.requests, errors = errors + excluded.errors,
                    attempts = attempts + excluded.attempts, input_tokens = input_tokens + excluded.input_tokens,
                    cached_input_tokens = cached_input_tokens + excluded.cached_input_tokens,
                    cache_write_5m_tokens = cache_write_5m_tokens + excluded.cache_write_5m_tokens,
                    cache_write_1h_tokens = cache_write_1h_tokens + excluded.cache_write_1h_tokens,
                    output_tokens = output_tokens + excluded.output_tokens,
                    reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
                    cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd,
                    latency_microseconds = latency_microseconds + excluded.latency_microseconds,
                    histogram = excluded.histogram
                """), connection: connection)
    }

    private init(select: SQLiteStatement, upsert: SQLiteStatement, connection: SQLiteConnection) {
        self.select = select
        self.upsert = upsert
        self.connection = connection
    }

    func add(_ batch: RollupBatch) throws {
        for (key, entry) in batch.entries {
            let rollup = entry.rollup
            bind(key, to: select)
            var histogram = rollup.histogram
            if try select.step() {
                unsafe histogram.add(select.withBytes(0) { unsafe LatencyHistogram(encoded: $0) })
                select.reset()
            }
            bind(key, to: upsert)
            upsert.bind(6, rollup.requests)
            upsert.bind(7, rollup.errors)
            upsert.bind(8, rollup.attempts)
            upsert.bind(9, rollup.usage.input)
            upsert.bind(10, rollup.usage.cachedInput)
            upsert.bind(11, rollup.usage.cacheWrite5m)
            upsert.bind(12, rollup.usage.cacheWrite1h)
            upsert.bind(13, rollup.usage.output)
            upsert.bind(14, rollup.usage.reasoning)
            upsert.bind(15, rollup.cost.nanoUSD)
            upsert.bind(16, rollup.latencyMicroseconds)
            try upsert.run(binding: 17, to: histogram.encoded)
        }
    }

    private func bind(_ key: Rollup.Key, to statement: SQLiteStatement) {
        statement.bind(1, key.bucket)
        statement.bind(2, key.project)
        statement.bind(3, key.key)
        statement.bind(4, key.provider)
        statement.bind(5, key.model)
    }
}
