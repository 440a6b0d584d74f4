/// What a plan will probably cost, and its JSON for those who only want to know.
public struct PlanForecast: Sendable {
    /// The plan.
    public let plan: Plan
    /// For how many requests.
    public let requests: Int64

    /// Makes a forecast.
    public init(plan: Plan, requests: Int64 = 1) {
        self.plan = plan
        self.requests = max(1, requests)
    }

    /// The expected cost of one request when nothing fails: of a sequence its first part, of parts that are all paid
    /// their sum. Nil when a price is missing.
    public var expectedCost: Money? { cost(of: plan.root) }

    private func cost(of node: Plan.Node) -> Money? {
        switch node {
        case .attempt(let index):
            return plan.candidates.indices.contains(index) ? plan.candidates[index].expectedCost : nil
        case .sequence(let nodes, _): return nodes.first.flatMap(cost)
        case .cascade(let steps): return steps.first.flatMap { cost(of: $0.node) }
        case .ensemble(let run):
            var sum = Money.zero
            for node in run.members.map(\.node) + (run.judge.map { [.attempt($0)] } ?? []) {
                guard let part = cost(of: node) else { return nil }
                sum += part
            }
            return sum
        case .refuse: return .zero
        }
    }

    private func times(_ cost: Money) -> Money {
        let (product, overflow) = cost.nanoUSD.multipliedReportingOverflow(by: requests)
        return Money(nanoUSD: overflow ? .max : product)
    }

    /// Writes the forecast as one object.
    public func write(to json: inout JSONText) {
        json.object { json in
            json.member("resolved", plan.resolution.rawValue)
            json.key("config")
            if let config = plan.config {
                json.object { json in
                    json.member("slug", config.slug)
                    json.member("version", Int64(config.version))
                }
            } else {
                json.null()
            }
            json.member("policy", plan.policy)
            json.member("variant", plan.variant)
            json.member("requests", requests)
            writeMoney("expected_cost_usd", expectedCost, to: &json)
            writeMoney("expected_total_usd", expectedCost.map(times), to: &json)
            json.member("refusal", refusal)
            json.key("rules")
            json.array { json in
                for rule in plan.rules { TraceJSON.write(rule, to: &json) }
            }
            json.key("candidates")
            json.array { json in
                for candidate in plan.trace.candidates {
                    json.object { json in
                        json.member("target", candidate.target)
                        json.member("verdict", candidate.verdict.rawValue)
                        json.member("reason", candidate.reason)
                        writeMoney("expected_cost_usd", candidate.expectedCost, to: &json)
                        writeMoney("expected_total_usd", candidate.expectedCost.map(times), to: &json)
                        json.member("p50_latency_ms", candidate.medianMilliseconds)
                    }
                }
            }
        }
    }

    private var refusal: String? {
        guard case .refuse(let failure) = plan.root else { return nil }
        return failure.message
    }

    private func writeMoney(_ name: String, _ money: Money?, to json: inout JSONText) {
        if let money { json.member(name, money) } else { json.member(name, nil as String?) }
    }
}
