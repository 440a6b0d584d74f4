/// What is written down before a provider is called: that money may be about to be spent, whose, and how much at most.
/// An intent without its record after a restart becomes an unsettled row of the held amount.
public struct LedgerIntent: Sendable, Hashable {
    /// The operation.
    public var requestID: RequestID
    /// The attempt's number within it.
    public var attempt: Int
    /// When the attempt was about to start.
    public var createdAt: Timestamp
    /// Whose money.
    public var projectID: Identifier
    /// The key that spends it.
    public var keyID: Identifier
    /// The provider about to be called.
    public var providerID: Identifier
    /// Its name at the time.
    public var provider: String
    /// The model's name at the provider.
    public var model: String
    /// The most that the attempt can cost.
    public var hold: Money
    /// The price that the hold was worked out with.
    public var priceID: String?
    /// Who uses the caller's application.
    public var endUser: String?
    /// The caller's labels.
    public var tags: Tags
    /// The routing config that decided.
    public var config: Plan.ConfigVersion?

    /// Makes an intent.
    public init(
        requestID: RequestID, attempt: Int, createdAt: Timestamp, projectID: Identifier, keyID: Identifier,
        providerID: Identifier, provider: String, model: String, hold: Money, priceID: String?,
        endUser: String? = nil, tags: Tags = Tags(), config: Plan.ConfigVersion? = nil
    ) {
        self.requestID = requestID
        self.attempt = attempt
        self.createdAt = createdAt
        self.projectID = projectID
        self.keyID = keyID
        self.providerID = providerID
        self.provider = provider
        self.model = model
        self.hold = hold
        self.priceID = priceID
        self.endUser = endUser
        self.tags = tags
        self.config = config
    }
}
