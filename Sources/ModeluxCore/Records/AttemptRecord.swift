/// One call to a provider, as the ledger keeps it: a row of its own with its own model and price.
public struct AttemptRecord: Sendable, Hashable {
    /// 1, 2, … within the operation; (operation, number) is unique.
    public var number: Int
    /// The provider's id.
    public var providerID: Identifier
    /// The provider's name at the time.
    public var provider: String
    /// The model's name at the provider.
    public var model: String
    /// How it ended.
    public var outcome: Outcome
    /// The provider's HTTP status, if a head came.
    public var status: Int?
    /// Milliseconds from the operation's start to this attempt's start.
    public var startedMilliseconds: Double
    /// Milliseconds from the attempt's start to the first byte of the answer's head.
    public var firstByteMilliseconds: Double?
    /// Milliseconds from the attempt's start to its end.
    public var durationMilliseconds: Double
    /// What it consumed.
    public var usage: Usage
    /// What that cost.
    public var cost: Cost
    /// The service tier that the answer named.
    public var serviceTier: String?
    /// Why it ended so, in one sentence.
    public var reason: String

    /// How an attempt ended.
    public enum Outcome: String, Sendable, CaseIterable {
        case success
        case timeout
        case rateLimited = "rate_limited"
        case serverError = "server_error"
        case connectionError = "connection_error"
        case authError = "auth_error"
        case invalidRequest = "invalid_request"
        case notAccepted = "not_accepted"
        case cancelled
    }

    /// Makes an attempt.
    public init(
        number: Int, providerID: Identifier, provider: String, model: String, outcome: Outcome, status: Int? = nil,
        startedMilliseconds: Double = 0, firstByteMilliseconds: Double? = nil, durationMilliseconds: Double = 0,
        usage: Usage = .none, cost: Cost = Cost(), serviceTier: String? = nil, reason: String = ""
    ) {
        self.number = number
        self.providerID = providerID
        self.provider = provider
        self.model = model
        self.outcome = outcome
        self.status = status
        self.startedMilliseconds = startedMilliseconds
        self.firstByteMilliseconds = firstByteMilliseconds
        self.durationMilliseconds = durationMilliseconds
        self.usage = usage
        self.cost = cost
        self.serviceTier = serviceTier
        self.reason = reason
    }
}
