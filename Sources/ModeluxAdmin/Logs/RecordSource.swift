public import ModeluxCore

/// Where logs and analytics come from: the record store, as the few questions that the API asks it.
public struct RecordSource: Sendable {
    /// A page of records, newest first: at most so many, after a cursor that an earlier page gave.
    public var list: @Sendable (LogFilter, Int, String?) async throws -> RecordPage
    /// One record, or nil.
    public var find: @Sendable (RequestID) async throws -> RequestRecord?
    /// The bodies of one operation, or nil when they were not stored or are gone.
    public var bodies: @Sendable (RequestID) async throws -> RecordBodies?
    /// Figures over time.
    public var report: @Sendable (ReportRequest) async throws -> Report

    /// Joins the questions.
    public init(
        list: @escaping @Sendable (LogFilter, Int, String?) async throws -> RecordPage,
        find: @escaping @Sendable (RequestID) async throws -> RequestRecord?,
        bodies: @escaping @Sendable (RequestID) async throws -> RecordBodies?,
        report: @escaping @Sendable (ReportRequest) async throws -> Report
    ) {
        self.list = list
        self.find = find
        self.bodies = bodies
        self.report = report
    }
}

/// A page of records.
public struct RecordPage: Sendable {
    /// Newest first.
    public let records: [RequestRecord]
    /// Where the next page begins; nil on the last one.
    public let nextCursor: String?

    /// Makes a page.
    public init(records: [RequestRecord], nextCursor: String?) {
        self.records = records
        self.nextCursor = nextCursor
    }
}

/// Which figures are asked for.
public struct ReportRequest: Sendable, Hashable {
    /// From this moment on.
    public var start: Timestamp
    /// Up to but not including this moment.
    public var end: Timestamp
    /// How long a bucket is.
    public var granularity: Granularity
    /// What each bucket is split by; nil for one row a bucket.
    public var group: Group?
    /// Only this project.
    public var projectID: Identifier?

    /// How long a bucket is.
    public enum Granularity: String, Sendable, CaseIterable {
        case minute, hour, day
    }

    /// What a bucket can be split by.
    public enum Group: Sendable, Hashable {
        case model, provider, project, key, config, endUser
        case tag(String)

        /// Reads `model`, `end_user`, `tag:team`, …; nil when it is something else.
        public init?(_ text: String) {
            switch text {
            case "model": self = .model
            case "provider": self = .provider
            case "project": self = .project
            case "key": self = .key
            case "config": self = .config
            case "end_user": self = .endUser
            case _ where text.hasPrefix("tag:") && text.utf8.count > 4: self = .tag(String(text.dropFirst(4)))
            default: return nil
            }
        }
    }

    /// Makes a request.
    public init(
        start: Timestamp, end: Timestamp, granularity: Granularity, group: Group? = nil, projectID: Identifier? = nil
    ) {
        self.start = start
        self.end = end
        self.granularity = granularity
        self.group = group
        self.projectID = projectID
    }
}

/// Figures over time.
public struct Report: Sendable {
    /// Buckets in order of time; with a group, several rows a bucket.
    public let series: [Row]
    /// Everything together.
    public let totals: Figures

    /// Figures of one bucket, or of one group in it.
    public struct Row: Sendable {
        /// When the bucket begins.
        public let bucket: Timestamp
        /// The group's value; nil without a group.
        public let group: String?
        /// What happened.
        public let figures: Figures

        /// Makes a row.
        public init(bucket: Timestamp, group: String?, figures: Figures) {
            self.bucket = bucket
            self.group = group
            self.figures = figures
        }
    }

    /// What happened in some stretch of time.
    public struct Figures: Sendable, Hashable {
        /// Operations.
        public var requests: Int64
        /// Operations that ended with a status of 400 or above.
        public var errors: Int64
        /// What they cost.
        public var cost: Money
        /// Input tokens of every kind.
        public var inputTokens: Int64
        /// Output tokens.
        public var outputTokens: Int64
        /// Median of the total time.
        public var p50Milliseconds: Double?
        /// 95th percentile of the total time.
        public var p95Milliseconds: Double?
        /// 99th percentile of the total time.
        public var p99Milliseconds: Double?

        /// Makes figures.
        public init(
            requests: Int64 = 0, errors: Int64 = 0, cost: Money = .zero, inputTokens: Int64 = 0,
            outputTokens: Int64 = 0, p50Milliseconds: Double? = nil, p95Milliseconds: Double? = nil,
            p99Milliseconds: Double? = nil
        ) {
            self.requests = requests
            self.errors = errors
            self.cost = cost
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
            self.p50Milliseconds = p50Milliseconds
            self.p95Milliseconds = p95Milliseconds
            self.p99Milliseconds = p99Milliseconds
        }
    }

    /// Makes a report.
    public init(series: [Row], totals: Figures) {
        self.series = series
        self.totals = totals
    }
}
