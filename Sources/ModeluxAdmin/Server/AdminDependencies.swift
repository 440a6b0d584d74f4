public import ModeluxCore
import ModeluxGateway
public import ModeluxStore

/// What the management API works on. Everything that has one live version and no type of its own here is a closure.
public struct AdminDependencies: Sendable {
    /// Configuration, keys, people and audit.
    public var store: ControlStore
    /// Records, bodies and figures.
    public var records: RecordSource
    /// New records as they are written, for the live tail.
    public var feed: RecordFeed
    /// Webhooks and mail; nil where they do not run.
    public var alerts: AlertDesk?
    /// The budgets' accounts.
    public var budgets: BudgetKeeper
    /// Prometheus text, at once.
    public var metrics: @Sendable () -> String
    /// Why the program cannot serve yet; nil when it can.
    public var notReady: @Sendable () -> String?
    /// Members of `GET system` that other parts of the program know: disk, segments, queue depths.
    public var systemStatus: @Sendable () async -> [JSONTree.Member]
    /// How providers are doing.
    public var health: @Sendable () -> HealthView
    /// The program's version.
    public var version: String
    /// The wall clock.
    public var clock: @Sendable () -> Timestamp

    /// Joins the parts.
    public init(
        store: ControlStore, records: RecordSource, feed: RecordFeed = RecordFeed(),
        alerts: AlertDesk? = nil,
        budgets: BudgetKeeper? = nil,
        metrics: @escaping @Sendable () -> String = { "" },
        notReady: @escaping @Sendable () -> String? = { nil },
        systemStatus: @escaping @Sendable () async -> [JSONTree.Member] = { [] },
        health: @escaping @Sendable () -> HealthView = { .empty },
        version: String,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.records = records
        self.feed = feed
        self.alerts = alerts
        self.budgets =
            budgets ?? BudgetKeeper(book: BudgetBook(), ledger: records.ledger, flush: {}, clock: clock)
        self.metrics = metrics
        self.notReady = notReady
        self.systemStatus = systemStatus
        self.health = health
        self.version = version
        self.clock = clock
    }
}
