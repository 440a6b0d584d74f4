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
    private(set) var entries: [Rollup.Key: Entry] = [:]
    /// Where the last one was counted: mostly the next one belongs there too, and four texts need not be hashed.
    private var last: Entry?
    private let microsecondsPerBucket: Int64

    init(microsecondsPerBucket: Int64) { self.microsecondsPerBucket = microsecondsPerBucket }

    static func hourly() -> RollupBatch { RollupBatch(microsecondsPerBucket: 3_600_000_000) }

    static func minutely() -> RollupBatch { RollupBatch(microsecondsPerBucket: 60_000_000) }

    /// Counts an operation, once, under the provider and model that answered.
    mutating func add(_ entry: RecordEntry) {
        let target = rollup(
            of: entry, provider: entry.record.provider ?? entry.record.attempts.last?.provider ?? "",
            model: entry.record.model ?? entry.record.attempts.last?.model ?? "")
        let isError = entry.record.status < 200 || entry.record.status >= 400
        target.rollup.count(latencyMilliseconds: entry.record.latency.totalMilliseconds, isError: isError)
    }

    /// Counts an attempt's usage and cost under its own provider and model.
    mutating func add(_ row: LedgerRow, of entry: RecordEntry) {
        rollup(of: entry, provider: row.provider, model: row.model).rollup.count(row)
    }

    private mutating func rollup(of entry: RecordEntry, provider: String, model: String) -> Entry {
        let (quotient, remainder) = entry.record.createdAt.microseconds.quotientAndRemainder(
            dividingBy: microsecondsPerBucket)
        let bucket = remainder < 0 ? quotient - 1 : quotient
        let project = entry.record.projectID?.text ?? ""
        let keyID = entry.record.keyID?.text ?? ""
        if let last, last.key.bucket == bucket, last.key.model == model, last.key.provider == provider,
            last.key.key == keyID, last.key.project == project
        {
            return last
        }
        let key = Rollup.Key(bucket: bucket, project: project, key: keyID, provider: provider, model: model)
        let target = entries[key] ?? Entry(key)
        entries[key] = target
        last = target
        return target
    }

    /// One key's numbers.
    final class Entry {
        let key: Rollup.Key
        fileprivate(set) var rollup = Rollup()

        fileprivate init(_ key: Rollup.Key) {
            self.key = key
        }
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
