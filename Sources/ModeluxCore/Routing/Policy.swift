/// A routing config's strategy.
public indirect enum Policy: Sendable {
    /// One target.
    case single(Target)
    /// Targets in order, until one answers.
    case fallbackChain(FallbackChain)
    /// The cheapest by expected cost.
    case costOptimized(CostOptimized)
    /// The one that answers fastest at present.
    case latencyOptimized(LatencyOptimized)
    /// Several at once.
    case ensemble(Ensemble)
    /// A stable split of the callers.
    case abTest(ABTest)
    /// Cheap first, until an answer is accepted.
    case cascade(Cascade)
    /// The first rule that holds decides.
    case customRules(CustomRules)

    /// The name in the management API and in traces.
    public var name: String {
        switch self {
        case .single: "single"
        case .fallbackChain: "fallback_chain"
        case .costOptimized: "cost_optimized"
        case .latencyOptimized: "latency_optimized"
        case .ensemble: "ensemble"
        case .abTest: "ab_test"
        case .cascade: "cascade"
        case .customRules: "custom_rules"
        }
    }

    /// Every target that it names, with its place in the config as JSON names it: `models[1]`.
    public var targets: [(path: String, target: Target)] {
        func list(_ name: String, _ targets: [Target]) -> [(path: String, target: Target)] {
            targets.enumerated().map { ("\(name)[\($0.offset)]", $0.element) }
        }
        func judge(_ path: String, _ test: AnswerTest?) -> [(path: String, target: Target)] {
            test?.judge.map { [(path + ".judge", $0.target)] } ?? []
        }
        switch self {
        case .single(let target): return [("", target)]
        case .fallbackChain(let chain): return list("models", chain.targets)
        case .costOptimized(let policy): return list("allowed_models", policy.targets)
        case .latencyOptimized(let policy): return list("models", policy.targets)
        case .ensemble(let ensemble):
            let members = list("members", ensemble.members)
            switch ensemble.aggregation {
            case .judge(let judge): return members + [("judge", judge.target)]
            case .firstValid(let test): return members + judge("validate", test)
            case .weightedVote, .weightedAverage: return members
            }
        case .abTest(let test):
            return test.variants.enumerated().map { ("variants[\($0.offset)]", $0.element.target) }
        case .cascade(let cascade):
            return cascade.steps.enumerated().flatMap { index, step in
                [("steps[\(index)].target", step.target)] + judge("steps[\(index)].accept", step.accept)
            }
        case .customRules(let rules):
            return rules.rules.enumerated().compactMap { index, entry in
                guard case .target(let target) = entry.then else { return nil }
                return ("rules[\(index)].\(entry.rule == nil ? "else" : "then")", target)
            }
        }
    }
}
