/// Looks at one target of a plan: what it would cost, how it is doing, and whether it may be called.
struct CandidateCheck {
    let planner: Planner
    let facts: RequestFacts
    private let outputTokens: Int64
    private let restrictsModels: Bool

    init(planner: Planner, facts: RequestFacts, configID: Identifier?) {
        self.planner = planner
        self.facts = facts
        let usual = configID.flatMap(planner.health.usualOutput).map { Int64(min(max($0, 1), 1e9).rounded(.up)) }
        let expected =
            facts.expectedOutputTokens
            ?? min(facts.maximumOutputTokens ?? .max, usual ?? Estimate.usualOutputTokens)
        let (product, overflow) = expected.multipliedReportingOverflow(by: max(1, facts.choices))
        outputTokens = facts.operation == .embeddings ? 0 : overflow ? .max : max(0, product)
        let allowed = planner.caller.key.allowedModels
        restrictsModels = !allowed.isEmpty && !allowed.contains(facts.model)
    }

    /// Whether a target may be called.
    enum Verdict {
        case callable
        /// Never, whatever else is left.
        case forbidden(Failure)
        /// Only when nothing better is left.
        case lastResort(String, badness: Double)
    }

    /// The candidate that a target is.
    func candidate(
        _ resolved: ResolvedTarget, _ target: Target, reason: String, firstByte: Duration?
    ) -> Plan.Candidate {
        let price = resolved.entry?.price(at: planner.now)
        let key = HealthKey(provider: resolved.provider.id, model: resolved.model)
        return Plan.Candidate(
            provider: resolved.provider, model: resolved.model, name: resolved.name, entry: resolved.entry,
            price: price, reason: reason, expectedCost: expectedCost(at: price),
            medianMilliseconds: planner.health.reading(of: key)?.medianMilliseconds,
            health: planner.health.state(of: key), firstByteTimeout: firstByte, parameters: target.parameters)
    }

    /// What the request will probably cost at a target; nil without a price.
    func expectedCost(_ target: Target) -> Money? {
        guard let resolved = try? planner.snapshot.resolve(target) else { return nil }
        return expectedCost(at: resolved.entry?.price(at: planner.now))
    }

    private func expectedCost(at price: Price?) -> Money? {
        guard let price else { return nil }
        return Meter.cost(of: Usage(input: facts.likelyInputTokens, output: outputTokens, requests: 1), at: price).total
    }

    func verdict(on candidate: Plan.Candidate, quality: Model.QualityTier?) -> Verdict {
        let (caller, policy) = (planner.caller, planner.caller.project.settings.dataPolicy)
        if !policy.allowsAll, let objection = policy.objection(to: candidate.provider) {
            return .forbidden(Failure(.modelNotAllowed, objection + " (\(candidate.name))", parameter: "model"))
        }
        if restrictsModels {
            let allowed = caller.key.allowedModels
            guard allowed.contains(candidate.model) || allowed.contains(candidate.name) else {
                return .forbidden(
                    Failure(
                        .modelNotAllowed,
                        "the key \(caller.key.display) may not use \"\(facts.model)\" (\(candidate.name)); it may use: "
                            + allowed.joined(separator: ", "), parameter: "model"))
            }
        }
        if let quality, (candidate.entry?.quality ?? .standard).rank < quality.rank {
            let own = candidate.entry?.quality ?? .standard
            return .forbidden(
                Failure(
                    .noHealthyProvider,
                    "no allowed model has the quality \(quality.rawValue): \(candidate.name) is \(own.rawValue)"))
        }
        if let problem = incapability(of: candidate) { return .lastResort(problem, badness: 10) }
        guard candidate.health == .open else { return .callable }
        let rate = planner.health.reading(of: candidate.healthKey)?.successRate ?? 0
        return .lastResort("its circuit is open after failures", badness: 1 - rate)
    }

    /// What a model cannot do that the request needs, as far as the catalogue knows; nil when nothing is missing.
    private func incapability(of candidate: Plan.Candidate) -> String? {
        guard let entry = candidate.entry else { return nil }
        switch facts.operation {
        case .embeddings where entry.mode == "chat": return "it is a chat model"
        case .chat where entry.mode == "embedding": return "it is an embedding model"
        default: break
        }
        if let context = entry.contextTokens, facts.likelyInputTokens > context {
            return "the prompt is longer than its context of \(context) tokens"
        }
        guard entry.mode == "chat", !entry.capabilities.isEmpty else { return nil }
        if facts.hasTools, !entry.capabilities.contains("tools") { return "it takes no tools" }
        if facts.hasImages, !entry.capabilities.contains("vision") { return "it takes no images" }
        return nil
    }
}

extension Model.QualityTier {
    /// The better, the higher.
    var rank: Int {
        switch self {
        case .economy: 0
        case .standard: 1
        case .premium: 2
        }
    }
}
