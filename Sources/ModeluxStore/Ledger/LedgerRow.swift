public import ModeluxCore

/// One attempt as the ledger keeps it. (operation, attempt) is unique for ever.
public struct LedgerRow: Sendable, Hashable {
    /// The operation.
    public var operation: RequestID
    /// The attempt's number within it, from 1.
    public var attempt: Int
    /// Whether the money is known.
    public var state: State
    /// When the operation began.
    public var createdAt: Timestamp
    /// Whose money; nil when the caller was not identified.
    public var projectID: String?
    /// The key that spent it.
    public var keyID: String?
    /// The provider's id.
    public var providerID: String
    /// The provider's name at the time.
    public var provider: String
    /// The model's name at the provider.
    public var model: String
    /// How it ended; nil while it is held, or when nobody knows.
    public var outcome: AttemptRecord.Outcome?
    /// The provider's HTTP status.
    public var status: Int?
    /// What it consumed.
    public var usage: Usage
    /// What it cost. An unsettled attempt costs what was held for it.
    public var cost: Cost
    /// The most that it could have cost, when an intent said so.
    public var held: Money
    /// The service tier that the answer named.
    public var serviceTier: String?
    /// Who used the caller's application.
    public var endUser: String?
    /// The caller's labels as a JSON object; nil without labels.
    public var tags: String?
    /// The routing config as `slug@version`.
    public var config: String?

    /// Whether the money is known.
    public enum State: Int64, Sendable {
        /// Under way: `held` is promised, nothing is spent yet.
        case held = 0
        /// It ended, and `cost` is what it cost.
        case settled = 1
        /// The process died before it ended: `cost` is `held`, until a rule resolves it.
        case unsettled = 2
    }

    /// An attempt that ended.
    init(_ attempt: AttemptRecord, of entry: RecordEntry, held: Money, tags: String?, config: String?) {
        operation = entry.record.requestID
        self.attempt = attempt.number
        state = .settled
        createdAt = entry.record.createdAt
        projectID = entry.record.projectID?.text
        keyID = entry.record.keyID?.text
        providerID = attempt.providerID.text
        provider = attempt.provider
        model = attempt.model
        outcome = attempt.outcome
        status = attempt.status
        usage = attempt.usage
        cost = attempt.cost
        self.held = held
        serviceTier = attempt.serviceTier
        endUser = entry.record.endUser
        self.tags = tags
        self.config = config
    }

    /// An attempt that is under way, or whose end nobody knows.
    init(_ intent: LedgerIntent, state: State) {
        operation = intent.requestID
        attempt = intent.attempt
        self.state = state
        createdAt = intent.createdAt
        projectID = intent.projectID.text
        keyID = intent.keyID.text
        providerID = intent.providerID.text
        provider = intent.provider
        model = intent.model
        usage = Usage(isEstimated: state == .unsettled)
        cost = Cost(other: state == .unsettled ? intent.hold : .zero, priceID: intent.priceID)
        held = intent.hold
        endUser = intent.endUser
        tags = intent.tags.isEmpty ? nil : TagText.json(intent.tags)
        config = intent.config.map { "\($0.slug)@\($0.version)" }
    }
}
