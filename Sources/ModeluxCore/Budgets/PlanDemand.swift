extension Plan {
    /// The most that the plan can cost, in all and at each provider, given the most that a call of each candidate can
    /// cost. Of a sequence the dearest part counts, since a hold is raised before a second call is made; of parts that
    /// are all paid, their sum.
    public func demand(_ cost: (Candidate) -> Money) -> BudgetDemand {
        let costs = candidates.map(cost)
        func demand(_ index: Int?) -> BudgetDemand {
            guard let index, candidates.indices.contains(index) else { return .nothing }
            return BudgetDemand(costs[index], at: candidates[index].provider.id)
        }
        func worst(_ node: Node) -> BudgetDemand {
            switch node {
            case .attempt(let index): return demand(index)
            case .sequence(let nodes, _): return nodes.reduce(into: .nothing) { $0.cover(worst($1)) }
            case .ensemble(let run): return run.members.reduce(into: demand(run.judge)) { $0.add(worst($1.node)) }
            case .cascade(let steps):
                return steps.reduce(into: .nothing) { sum, step in
                    sum.add(worst(step.node))
                    sum.add(demand(step.judge))
                }
            case .refuse: return .nothing
            }
        }
        return worst(root)
    }
}

extension BudgetDemand {
    /// The demand of two parts that may both cost.
    public mutating func add(_ other: BudgetDemand) {
        let sum = total + other.total
        for share in other.providers { add(share.amount, at: share.providerID) }
        total = sum
    }

    /// The demand of two parts of which one costs.
    public mutating func cover(_ other: BudgetDemand) {
        let most = max(total, other.total)
        for share in other.providers { cover(share.amount, at: share.providerID) }
        total = most
    }
}
