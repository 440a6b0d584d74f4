/// Whose request it is, as far as budgets ask.
public struct BudgetSubjects: Sendable, Hashable {
    /// Whose money.
    public let projectID: Identifier?
    /// The key that spends it.
    public let keyID: Identifier?
    /// Who uses the caller's application.
    public let endUser: String?
    /// The caller's labels.
    public let tags: Tags
    /// The slug of the routing config that decided.
    public let config: String?

    /// Names the subjects of a request.
    public init(
        projectID: Identifier?, keyID: Identifier?, endUser: String? = nil, tags: Tags = Tags(), config: String? = nil
    ) {
        self.projectID = projectID
        self.keyID = keyID
        self.endUser = endUser
        self.tags = tags
        self.config = config
    }
}

/// What a request may cost at most: in all, and at each provider that it may reach.
public struct BudgetDemand: Sendable, Hashable {
    /// In all.
    public internal(set) var total: Money
    /// At each provider, by its id.
    public private(set) var providers: [Share]

    /// The part of one provider.
    public struct Share: Sendable, Hashable {
        /// The provider's id.
        public let providerID: Identifier
        /// How much.
        public var amount: Money
    }

    /// Nothing.
    public static let nothing = BudgetDemand(total: .zero, providers: [])

    private init(total: Money, providers: [Share]) {
        self.total = total
        self.providers = providers
    }

    /// One call.
    public init(_ amount: Money, at providerID: Identifier) {
        self.init(total: amount, providers: [Share(providerID: providerID, amount: amount)])
    }

    /// The demand of calls that may all cost: they add up.
    public mutating func add(_ amount: Money, at providerID: Identifier) {
        total += amount
        if let index = providers.firstIndex(where: { $0.providerID == providerID }) {
            providers[index].amount += amount
        } else {
            providers.append(Share(providerID: providerID, amount: amount))
        }
    }

    /// The demand of calls of which one at a time costs: the dearest counts.
    public mutating func cover(_ amount: Money, at providerID: Identifier) {
        total = max(total, amount)
        if let index = providers.firstIndex(where: { $0.providerID == providerID }) {
            providers[index].amount = max(providers[index].amount, amount)
        } else {
            providers.append(Share(providerID: providerID, amount: amount))
        }
    }

    /// The part of one provider.
    func amount(at providerID: String) -> Money {
        providers.first { $0.providerID.text == providerID }?.amount ?? .zero
    }
}
