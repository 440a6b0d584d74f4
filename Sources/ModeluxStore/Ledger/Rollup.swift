import ModeluxCore

/// What is counted for one project, key, provider and model in one hour or minute.
struct Rollup {
    /// Whose numbers they are. Operations that reached no provider count under empty names.
    struct Key: Hashable {
        /// Hours or minutes since the epoch.
        var bucket: Int64
        var project: String
        var key: String
        var provider: String
        var model: String
    }

    var requests: Int64 = 0
    var errors: Int64 = 0
    var attempts: Int64 = 0
    var usage = Usage.none
    var cost = Money.zero
    var latencyMicroseconds: Int64 = 0
    var histogram = LatencyHistogram()
}

/// Rollups of one batch, gathered in memory before they are added to the tables.
struct RollupBatch {
    private(set) var rollups: [Rollup.Key: Rollup] = [:]
    private let microsecondsPerBucket: Int64

    init(microsecondsPerBucket: Int64) { self.microsecondsPerBucket = microsecondsPerBucket }

    static func hourly() -> RollupBatch { RollupBatch(microsecondsPerBucket: 3_600_000_000) }

    static func minutely() -> RollupBatch { RollupBatch(microsecondsPerBucket: 60_000_000) }

    /// Counts an operation, once, under the provider and model that answered.
    mutating func add(_ record: RequestRecord) {
        let last = record.attempts.last
        let key = key(
            record, provider: record.provider ?? last?.provider ?? "", model: record.model ?? last?.model ?? "")
        let isError = record.status < 200 || record.status >= 400
        rollups[key, default: Rollup()].count(
            latencyMilliseconds: record.latency.totalMilliseconds, isError: isError)
    }

    /// Counts an attempt's usage and cost under its own provider and model.
    mutating func add(_ row: LedgerRow, of record: RequestRecord) {
        rollups[key(record, provider: row.provider, model: row.model), default: Rollup()].count(row)
    }

    private func key(_ record: RequestRecord, provider: String, model: String) -> Rollup.Key {
        let (quotient, remainder) = record.createdAt.microseconds.quotientAndRemainder(
            dividingBy: microsecondsPerBucket)
        return Rollup.Key(
            bucket: remainder < 0 ? quotient - 1 : quotient, project: record.projectID?.text ?? "",
            key: record.keyID?.text ?? "", provider: provider, model: model)
    }
}

extension Rollup {
    fileprivate mutating func count(latencyMilliseconds: Double, isError: Bool) {
        requests += 1
        if isError { errors += 1 }
        let micros = latencyMilliseconds * 1000
        latencyMicroseconds &+= micros.isFinite ? Int64(max(0, min(1e15, micros))) : 0
        histogram.add(milliseconds: latencyMilliseconds)
    }

    fileprivate mutating func count(_ row: LedgerRow) {
        attempts += 1
        usage = usage + row.usage
        cost = cost + row.cost.total
    }
}
