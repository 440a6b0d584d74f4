/// Finds the budgets that cover a request, without looking at those that do not: a look-up for each thing that budgets
/// tell requests apart by.
struct BudgetIndex: Sendable {
    private var organization: [Int] = []
    private var projects = Dimension()
    private var keys = Dimension()
    private var endUsers = Dimension()
    private var configs = Dimension()
    private var providers = Dimension()
    private var tags: [String: Dimension] = [:]

    /// Budgets that look at the same thing.
    fileprivate struct Dimension: Sendable {
        /// Those of one subject.
        var named: [String: [Int]] = [:]
        /// Those of every subject: whether each of them has its own account.
        var open: [(slot: Int, isPerSubject: Bool)] = []

        var isEmpty: Bool { named.isEmpty && open.isEmpty }
    }

    /// A budget that covers a request.
    struct Match: Sendable {
        /// Which budget.
        let slot: Int
        /// Whose account of it; nil for the one that all share.
        let subject: String?
        /// The provider whose calls alone count; nil when all do.
        let provider: String?
    }

    /// Whether there are no budgets.
    private(set) var isEmpty = true

    /// Whether any budget looks at tags.
    var looksAtTags: Bool { !tags.isEmpty }

    /// Whether any budget looks at providers.
    var looksAtProviders: Bool { !providers.isEmpty }

    /// Adds a budget under a number of the caller's.
    mutating func add(_ budget: Budget, as slot: Int) {
        isEmpty = false
        let scope = budget.scope
        switch scope.kind {
        case .organization: organization.append(slot)
        case .project: Self.add(budget, slot, to: &projects)
        case .key: Self.add(budget, slot, to: &keys)
        case .endUser: Self.add(budget, slot, to: &endUsers)
        case .config: Self.add(budget, slot, to: &configs)
        case .provider where scope.subject == nil && !budget.isPerSubject: organization.append(slot)
        case .provider: Self.add(budget, slot, to: &providers)
        case .tag: Self.add(budget, slot, to: &tags[scope.tagKey ?? "", default: Dimension()])
        }
    }

    private static func add(_ budget: Budget, _ slot: Int, to dimension: inout Dimension) {
        if let subject = budget.scope.subject {
            dimension.named[subject, default: []].append(slot)
        } else {
            dimension.open.append((slot, budget.isPerSubject))
        }
    }

    /// The budgets that cover a request, one entry each and, for budgets that look at providers, one for each provider.
    func matches(_ subjects: BudgetSubjects, providers reached: [BudgetDemand.Share]) -> [Match] {
        guard !isEmpty else { return [] }
        var matches: [Match] = []
        matches.reserveCapacity(max(16, organization.count))
        for slot in organization { matches.append(Match(slot: slot, subject: nil, provider: nil)) }
        if !projects.isEmpty, let project = subjects.projectID { projects.find(project.text, into: &matches) }
        if !keys.isEmpty, let key = subjects.keyID { keys.find(key.text, into: &matches) }
        if !endUsers.isEmpty, let user = subjects.endUser { endUsers.find(user, into: &matches) }
        if !configs.isEmpty, let project = subjects.projectID, let slug = subjects.config {
            configs.find(BudgetScope.subject(ofConfig: slug, in: project), into: &matches)
        }
        if !tags.isEmpty {
            for pair in subjects.tags.pairs { tags[pair.key]?.find(pair.value, into: &matches) }
        }
        if !providers.isEmpty {
            for share in reached { providers.find(provider: share.providerID.text, into: &matches) }
        }
        return matches
    }
}

extension BudgetIndex.Dimension {
    fileprivate func find(_ subject: String, into matches: inout [BudgetIndex.Match]) {
        for slot in named[subject] ?? [] {
            matches.append(BudgetIndex.Match(slot: slot, subject: nil, provider: nil))
        }
        for (slot, isPerSubject) in open {
            matches.append(BudgetIndex.Match(slot: slot, subject: isPerSubject ? subject : nil, provider: nil))
        }
    }

    /// As `find`, for the calls of one provider.
    fileprivate func find(provider: String, into matches: inout [BudgetIndex.Match]) {
        for slot in named[provider] ?? [] {
            matches.append(BudgetIndex.Match(slot: slot, subject: nil, provider: provider))
        }
        for (slot, isPerSubject) in open {
            matches.append(
                BudgetIndex.Match(slot: slot, subject: isPerSubject ? provider : nil, provider: provider))
        }
    }
}
