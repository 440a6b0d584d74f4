public import ModeluxStore

/// Where logs and analytics come from: the files of a data folder.
public struct RecordSource: Sendable {
    /// Records and bodies.
    public let logs: LogQuery
    /// Figures over time.
    public let analytics: AnalyticsQuery

    /// The ledger's rows.
    public let ledger: LedgerQuery

    /// Reads below a data folder.
    public init(dataDirectory: String) {
        logs = LogQuery(dataDirectory: dataDirectory)
        ledger = LedgerQuery(dataDirectory: dataDirectory)
        analytics = AnalyticsQuery(dataDirectory: dataDirectory)
    }
}
