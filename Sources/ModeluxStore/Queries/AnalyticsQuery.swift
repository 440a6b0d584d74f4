public import ModeluxCore

/// What an analytics report is to show.
public struct AnalyticsRequest: Sendable {
    /// The first moment; rounded down to a bucket.
    public var start: Timestamp
    /// The last moment, exclusive; rounded up to a bucket.
    public var end: Timestamp
    /// The length of a bucket.
    public var granularity: Granularity
    /// What to tell apart, if anything.
    public var groupBy: Group?
    /// Only this project.
    public var projectID: String?
    /// Only this key.
    public var keyID: String?

    /// The length of a bucket.
    public enum Granularity: String, Sendable {
        /// Kept for three hours.
        case minute
        /// Kept as long as aggregates are.
        case hour
        /// Days in UTC, made of hours.
        case day
    }

    /// What can be told apart.
    public enum Group: String, Sendable {
        case project, key, provider, model
    }

    /// Makes a request.
    public init(
        start: Timestamp, end: Timestamp, granularity: Granularity = .hour, groupBy: Group? = nil,
        projectID: String? = nil, keyID: String? = nil
    ) {
        self.start = start
        self.end = end
        self.granularity = granularity
        self.groupBy = groupBy
        self.projectID = projectID
        self.keyID = keyID
    }
}

/// Sums over a bucket, or over all of them.
public struct AnalyticsFigures: Sendable {
    /// Operations.
    public var requests: Int64 = 0
    /// Operations whose status is not 200 … 399.
    public var errors: Int64 = 0
    /// Calls to providers.
    public var attempts: Int64 = 0
    /// Tokens by kind; audio, images and calls are not in the roll-ups.
    public var usage = Usage.none
    /// What it cost.
    public var cost = Money.zero
    /// The sum of all total times in milliseconds.
    public var latencyMilliseconds: Double = 0
    private var histogram = LatencyHistogram()

    /// The total time that a share `fraction` (0 … 1) of the operations did not exceed, in milliseconds, within 7 %;
    /// nil without operations.
    public func latencyPercentile(_ fraction: Double) -> Double? { histogram.percentile(fraction) }

    mutating func add(_ other: AnalyticsFigures) {
        requests += other.requests
        errors += other.errors
        attempts += other.attempts
        usage = usage + other.usage
        cost = cost + other.cost
        latencyMilliseconds += other.latencyMilliseconds
        histogram.add(other.histogram)
    }

    init() {}

    /// Reads the columns from `requests` on.
    init(_ statement: SQLiteStatement, from column: Int32) {
        requests = statement.int(column)
        errors = statement.int(column + 1)
        attempts = statement.int(column + 2)
        usage = Usage(
            input: statement.int(column + 3), cachedInput: statement.int(column + 4),
            cacheWrite5m: statement.int(column + 5), cacheWrite1h: statement.int(column + 6),
            output: statement.int(column + 7), reasoning: statement.int(column + 8))
        cost = Money(nanoUSD: statement.int(column + 9))
        latencyMilliseconds = Double(statement.int(column + 10)) / 1000
        histogram = unsafe statement.withBytes(column + 11) { unsafe LatencyHistogram(encoded: $0) }
    }
}

/// One bucket of one group.
public struct AnalyticsPoint: Sendable {
    /// When the bucket begins.
    public var start: Timestamp
    /// The project, key, provider or model; empty for operations that reached none. Nil without grouping.
    public var group: String?
    /// The sums.
    public var figures: AnalyticsFigures
}

/// A series and its totals.
public struct AnalyticsReport: Sendable {
    /// Ascending by time, then by group; buckets without operations are left out.
    public var series: [AnalyticsPoint]
    /// Everything in the series together.
    public var totals: AnalyticsFigures
    /// Everything in the series by group; one entry without a name when nothing is told apart.
    public var groups: [String: AnalyticsFigures]
}

/// Reads the roll-ups in the ledger: a report costs by the buckets that it covers, never by the requests.
public struct AnalyticsQuery: Sendable {
    private let dataDirectory: String

    /// Reads below `dataDirectory`.
    public init(dataDirectory: String) {
        self.dataDirectory = dataDirectory
    }

    /// The report, of what was written up to a moment ago.
    public func report(_ request: AnalyticsRequest) async throws -> AnalyticsReport {
        try await QueryQueue.run { try AnalyticsQuery.read(request, dataDirectory: dataDirectory) }
    }

    private struct Place: Hashable, Comparable {
        let bucket: Int64
        let group: String

        static func < (left: Place, right: Place) -> Bool { (left.bucket, left.group) < (right.bucket, right.group) }
    }

    private static func read(_ request: AnalyticsRequest, dataDirectory: String) throws -> AnalyticsReport {
        let connection = try SQLiteConnection(path: LedgerFile.path(dataDirectory), mode: .reading)
        let statement = try statement(for: request, connection: connection)
        let stored: Int64 = request.granularity == .minute ? 60_000_000 : 3_600_000_000
        let shown: Int64 = request.granularity == .day ? 86_400_000_000 : stored
        let start = floor(request.start.microseconds, to: shown)
        let end = floor(request.end.microseconds &+ (shown - 1), to: shown)
        statement.bind(1, start / stored)
        statement.bind(2, end / stored)
        statement.bind(3, request.projectID)
        statement.bind(4, request.keyID)
        var places: [Place: AnalyticsFigures] = [:]
        while try statement.step() {
            let bucket = floor(statement.int(0) &* stored, to: shown)
            let place = Place(bucket: bucket, group: group(of: statement, by: request.groupBy))
            places[place, default: AnalyticsFigures()].add(AnalyticsFigures(statement, from: 5))
        }
        var report = AnalyticsReport(series: [], totals: AnalyticsFigures(), groups: [:])
        for (place, figures) in places.sorted(by: { $0.key < $1.key }) {
            report.series.append(
                AnalyticsPoint(
                    start: Timestamp(microseconds: place.bucket), group: request.groupBy == nil ? nil : place.group,
                    figures: figures))
            report.totals.add(figures)
            report.groups[place.group, default: AnalyticsFigures()].add(figures)
        }
        return report
    }

    private static func statement(
        for request: AnalyticsRequest, connection: SQLiteConnection
    ) throws -> SQLiteStatement {
        switch request.granularity {
        case .minute:
            try connection.prepare(
                """
                SELECT * FROM rollups_minutely WHERE bucket >= ?1 AND bucket < ?2
                    AND (?3 IS NULL OR project = ?3) AND (?4 IS NULL OR key = ?4)
                """)
        case .hour, .day:
            try connection.prepare(
                """
                SELECT * FROM rollups_hourly WHERE bucket >= ?1 AND bucket < ?2
                    AND (?3 IS NULL OR project = ?3) AND (?4 IS NULL OR key = ?4)
                """)
        }
    }

    private static func group(of statement: SQLiteStatement, by group: AnalyticsRequest.Group?) -> String {
        switch group {
        case nil: ""
        case .project: statement.text(1)
        case .key: statement.text(2)
        case .provider: statement.text(3)
        case .model: statement.text(4)
        }
    }

    private static func floor(_ value: Int64, to unit: Int64) -> Int64 {
        let remainder = value % unit
        return value &- (remainder < 0 ? remainder + unit : remainder)
    }
}
