/// Builds the tree of one plan: what each policy means, with every target looked at once.
struct PlanBuilder {
    /// Configs inside configs go no deeper, whatever was saved.
    static let maximumDepth = 8
    /// No plan looks at more targets, however configs are nested.
    static let maximumTargets = 64

    let planner: Planner
    let facts: RequestFacts
    let configID: Identifier?
    private(set) var candidates: [Plan.Candidate] = []
    private var rejected: [Plan.Rejection] = []
    private var rules: [Plan.RuleOutcome] = []
    private var variant: String?
    /// Why nothing could be called, the first time that a target could not be.
    private var firstFailure: Failure?
    /// Targets that could be called if nothing better is left, with how bad that would be.
    private var lastResorts: [(candidate: Plan.Candidate, badness: Double)] = []
    private var path: [String] = []
    private var random: UInt64
    private let check: CandidateCheck

    init(_ planner: Planner, _ facts: RequestFacts, configID: Identifier?) {
        self.planner = planner
        self.facts = facts
        self.configID = configID
        random = planner.random
        check = CandidateCheck(planner: planner, facts: facts, configID: configID)
        candidates.reserveCapacity(4)
    }

    // MARK: Policies

    /// The tree of a config, nil when nothing of it may be called, and the options that apply.
    mutating func node(
        for config: RoutingConfig, inherited: Duration?
    ) throws(Failure) -> (Plan.Node?, RoutingConfig.Options) {
        guard path.count < PlanBuilder.maximumDepth, !path.contains(config.slug) else {
            note(Failure(.noHealthyProvider, "the config \"@\(config.slug)\" leads back to itself: change one of them"))
            return (nil, config.options)
        }
        path.append(config.slug)
        defer { path.removeLast() }
        var options = config.options
        switch config.policy {
        case .single(let target):
            let node = try node(for: target, "the config's only target", inherited, adopting: &options)
            return (node, options)
        case .fallbackChain(let chain):
            return (try sequence(chain.targets, chain.rules, inherited), options)
        case .costOptimized(let policy): return (try cheapest(policy, inherited), options)
        case .latencyOptimized(let policy): return (try fastest(policy, inherited), options)
        case .ensemble(let policy): return (try ensemble(policy, inherited), options)
        case .abTest(let test):
            let node = try split(test, config, inherited, adopting: &options)
            return (node, options)
        case .cascade(let cascade): return (try steps(cascade, inherited), options)
        case .customRules(let policy):
            let node = try firstRule(policy, inherited, adopting: &options)
            return (node, options)
        }
    }

    private mutating func sequence(
        _ targets: [Target], _ rules: RetryRules, _ inherited: Duration?
    ) throws(Failure) -> Plan.Node? {
        var nodes: [Plan.Node] = []
        nodes.reserveCapacity(targets.count)
        for (index, target) in targets.enumerated() {
            if let node = try node(for: target, PlanBuilder.placeInChain(index), inherited) { nodes.append(node) }
        }
        return nodes.isEmpty ? nil : .sequence(nodes, rules)
    }

    private mutating func cheapest(_ policy: CostOptimized, _ inherited: Duration?) throws(Failure) -> Plan.Node? {
        let start = candidates.count
        var nodes: [Plan.Node] = []
        for target in policy.targets {
            if let node = try node(for: target, "allowed", inherited, quality: policy.quality) { nodes.append(node) }
        }
        let limit = policy.maximumLatency.map { Double($0.nanoseconds) / 1e6 }
        let ordered = ranked(nodes, from: start) { candidate in
            let isSlow = limit.flatMap { limit in candidate.medianMilliseconds.map { $0 > limit } } ?? false
            // Healthy ones first, slow ones last, then by cost; what has no price is never the cheapest.
            let group = Double(candidate.health.rank + (isSlow ? 4 : 0))
            return (group, candidate.expectedCost.map { Double($0.nanoUSD) } ?? .infinity)
        }
        for (place, index) in ordered.indices.enumerated() {
            guard case .attempt(let position) = ordered[index] else { continue }
            let isUnpriced = candidates[position].expectedCost == nil
            candidates[position].reason =
                place == 0 ? "cheapest by expected cost" : isUnpriced ? "no price is known" : "next by expected cost"
        }
        return ordered.isEmpty ? nil : .sequence(ordered, RetryRules())
    }

    private mutating func fastest(_ policy: LatencyOptimized, _ inherited: Duration?) throws(Failure) -> Plan.Node? {
        let start = candidates.count
        var nodes: [Plan.Node] = []
        for target in policy.targets {
            if let node = try node(for: target, "next by latency", inherited) { nodes.append(node) }
        }
        let health = planner.health
        var unmeasured: [Int] = []
        func latency(_ candidate: Plan.Candidate) -> Double {
            guard let reading = health.reading(of: candidate.healthKey) else { return .infinity }
            let summary = reading.window.summary(of: policy.window, at: health.madeAt)
            return summary.attempts < 3 ? .infinity : summary.percentile(policy.percentile) ?? .infinity
        }
        var ordered = ranked(nodes, from: start) { (Double($0.health.rank), latency($0)) }
        for (index, node) in ordered.enumerated() {
            if case .attempt(let position) = node, latency(candidates[position]).isInfinite { unmeasured.append(index) }
        }
        guard let first = ordered.first else { return nil }
        var reason = "lowest latency"
        // Where nothing is measured the first is as good as any; else the unmeasured are tried by a part of the
        // requests, and besides any other by a small one, so that measurements stay fresh.
        let point = ABTest.point(of: nextRandom())
        let share = max(policy.explorePercent / 100, unmeasured.isEmpty ? 0 : 0.2)
        var chosen: Int?
        if unmeasured.count == ordered.count {
            chosen = Int(point * Double(ordered.count))
            reason = "nothing is measured yet"
        } else if point < share, ordered.count > 1 {
            let pool = unmeasured.isEmpty ? Array(1..<ordered.count) : unmeasured
            chosen = pool[min(Int(point / share * Double(pool.count)), pool.count - 1)]
            reason = "explored, so that its latency is known"
        }
        if let chosen, chosen > 0, chosen < ordered.count { ordered.insert(ordered.remove(at: chosen), at: 0) }
        if case .attempt(let position) = ordered.first ?? first { candidates[position].reason = reason }
        return .sequence(ordered, RetryRules())
    }

    private mutating func ensemble(_ policy: Ensemble, _ inherited: Duration?) throws(Failure) -> Plan.Node? {
        if facts.isStream {
            guard case .firstValid = policy.aggregation else {
                throw Failure(
                    .unsupportedParameter,
                    "an ensemble with \(policy.aggregation.name) cannot stream: ask without stream, or use first_valid",
                    parameter: "stream")
            }
        }
        var members: [(node: Plan.Node, weight: Double)] = []
        for target in policy.members {
            if let node = try node(for: target, "member", inherited) { members.append((node, target.weight)) }
        }
        guard members.count >= max(1, policy.minimumMembers) else {
            note(
                Failure(
                    .noHealthyProvider,
                    "only \(members.count) of the ensemble's members can be called, and \(policy.minimumMembers) are needed"
                ))
            return nil
        }
        let judge: Judge? =
            switch policy.aggregation {
            case .judge(let judge): judge
            case .firstValid(let test): test?.judge
            case .weightedVote, .weightedAverage: nil
            }
        return .ensemble(
            Plan.EnsembleRun(
                members: members, aggregation: policy.aggregation, judge: try self.judge(judge, inherited),
                timeout: policy.timeout, minimumMembers: max(1, policy.minimumMembers)))
    }

    private mutating func split(
        _ test: ABTest, _ config: RoutingConfig, _ inherited: Duration?, adopting options: inout RoutingConfig.Options
    ) throws(Failure) -> Plan.Node? {
        let subject: String? =
            switch test.stickiness {
            case .endUser: facts.endUser ?? facts.conversationID
            case .conversation: facts.conversationID ?? facts.endUser
            case .none: nil
            }
        let point = subject.map { ABTest.point(of: $0, in: config.id) } ?? ABTest.point(of: nextRandom())
        let chosen = test.variant(at: point)
        // The others stand in for a variant of which nothing may be called.
        for offset in test.variants.indices {
            let entry = test.variants[(chosen + offset) % test.variants.count]
            guard entry.target.weight > 0 || offset == 0 else { continue }
            var adopted = options
            let reason = offset == 0 ? "the caller's variant" : "stands in for the caller's variant"
            if let node = try node(for: entry.target, reason, inherited, adopting: &adopted) {
                options = adopted
                variant = variant.map { entry.name + "/" + $0 } ?? entry.name
                return node
            }
        }
        return nil
    }

    private mutating func steps(_ cascade: Cascade, _ inherited: Duration?) throws(Failure) -> Plan.Node? {
        var steps: [Plan.CascadeStep] = []
        for (index, step) in cascade.steps.enumerated() {
            let reason = index == 0 ? "first step" : "a later step"
            guard let node = try node(for: step.target, reason, inherited) else { continue }
            let judge = try judge(step.accept?.judge, inherited)
            steps.append(Plan.CascadeStep(node: node, accept: step.accept, judge: judge))
        }
        return steps.isEmpty ? nil : .cascade(steps)
    }

    private mutating func firstRule(
        _ policy: CustomRules, _ inherited: Duration?, adopting options: inout RoutingConfig.Options
    ) throws(Failure) -> Plan.Node? {
        let scope = RuleScope(
            facts: facts, caller: planner.caller, health: planner.health,
            expectedCost: policy.standard.flatMap(check.expectedCost), now: planner.now)
        for (index, entry) in policy.rules.enumerated() {
            let holds = entry.rule?.holds(in: scope) ?? true
            rules.append(Plan.RuleOutcome(index: index, condition: entry.rule?.text ?? "else", matched: holds))
            guard holds else { continue }
            switch entry.then {
            case .target(let target):
                return try node(for: target, "chosen by a rule", inherited, adopting: &options)
            case .block(let message): return .refuse(Failure(.modelNotAllowed, message, parameter: "model"))
            }
        }
        note(Failure(.modelNotAllowed, "no rule of the config matches the request: add an else", parameter: "model"))
        return nil
    }

    private mutating func judge(_ judge: Judge?, _ inherited: Duration?) throws(Failure) -> Int? {
        guard let judge, case .attempt(let index)? = try node(for: judge.target, "judge", inherited) else { return nil }
        return index
    }

    // MARK: Targets

    /// The node of a target; one that names a config lends its options to a policy that only chooses.
    private mutating func node(
        for target: Target, _ reason: String, _ inherited: Duration?, adopting options: inout RoutingConfig.Options
    ) throws(Failure) -> Plan.Node? {
        guard case .config(let slug) = target.destination, let config = config(slug) else {
            if let timeout = target.timeout { options.timeouts.firstByte = timeout }
            return try node(for: target, reason, inherited)
        }
        let (node, inner) = try node(for: config, inherited: target.timeout ?? inherited)
        let cache = options.cache
        options = inner
        if let cache { options.cache = cache }
        return node
    }

    private mutating func node(
        for target: Target, _ reason: String, _ inherited: Duration?, quality: Model.QualityTier? = nil
    ) throws(Failure) -> Plan.Node? {
        guard candidates.count + rejected.count < PlanBuilder.maximumTargets else { return nil }
        guard case .config(let slug) = target.destination else {
            do throws(Failure) {
                let resolved = try planner.snapshot.resolve(target)
                return node(for: resolved, target, reason: reason, inherited: inherited, quality: quality)
            } catch {
                rejected.append(Plan.Rejection(target: target.name, reason: error.message))
                note(error)
                return nil
            }
        }
        guard let config = config(slug) else {
            let failure = Failure(.routingConfigNotFound, "the config \"@\(slug)\" that this one names is gone")
            rejected.append(Plan.Rejection(target: target.name, reason: failure.message))
            note(failure)
            return nil
        }
        let timeout = target.timeout ?? inherited ?? config.options.timeouts.firstByte
        return try node(for: config, inherited: timeout).0
    }

    /// The attempt at a target, or nil when it may not be called now.
    mutating func node(
        for resolved: ResolvedTarget, _ target: Target, reason: String, inherited: Duration?,
        quality: Model.QualityTier? = nil
    ) -> Plan.Node? {
        let candidate = check.candidate(resolved, target, reason: reason, firstByte: target.timeout ?? inherited)
        switch check.verdict(on: candidate, quality: quality) {
        case .callable:
            candidates.append(candidate)
            return .attempt(candidates.count - 1)
        case .forbidden(let failure):
            note(failure)
            reject(candidate, failure.message)
        case .lastResort(let why, let badness):
            lastResorts.append((candidate, badness))
            reject(candidate, why)
        }
        return nil
    }

    private mutating func reject(_ candidate: Plan.Candidate, _ reason: String) {
        rejected.append(
            Plan.Rejection(target: candidate.name, reason: reason, expectedCost: candidate.expectedCost))
    }

    private mutating func note(_ failure: Failure) {
        if firstFailure == nil { firstFailure = failure }
    }

    private func config(_ slug: String) -> RoutingConfig? {
        planner.snapshot.configs[Snapshot.ConfigKey(projectID: planner.caller.project.id, slug: slug)]
    }

    // MARK: The end

    /// The plan, or the reason why there is none. With nothing else left the least bad target is tried all the same.
    mutating func finish(
        _ built: Plan.Node?, _ resolution: Plan.Resolution, _ config: RoutingConfig?, _ options: RoutingConfig.Options
    ) throws(Failure) -> Plan {
        var root = built
        if root == nil, candidates.isEmpty, let best = lastResorts.min(by: { $0.badness < $1.badness })?.candidate {
            let index = rejected.firstIndex { $0.target == best.name }
            let reason = index.map { rejected.remove(at: $0).reason } ?? ""
            var candidate = best
            candidate.reason = "the least bad that is left: " + reason
            candidates = [candidate]
            root = .attempt(0)
        }
        guard let root else {
            let failure = firstFailure ?? Failure(.noHealthyProvider, "no target may be called for this request")
            // With more to tell than the failure says, the plan tells it.
            guard resolution == .config, rejected.count > 1 || !rules.isEmpty else { throw failure }
            return plan(.refuse(failure), resolution, config, options)
        }
        return plan(root, resolution, config, options)
    }

    private func plan(
        _ root: Plan.Node, _ resolution: Plan.Resolution, _ config: RoutingConfig?, _ options: RoutingConfig.Options
    ) -> Plan {
        Plan(
            resolution: resolution, config: config.map { Plan.ConfigVersion(slug: $0.slug, version: $0.version) },
            configID: config?.id, policy: config?.policy.name, root: root, candidates: candidates,
            rejected: rejected, rules: rules, variant: variant, options: options)
    }

    // MARK: Order

    /// Nodes by the rank of the first target of each; equal ones stay as they were written. Where all are plain
    /// targets the candidates are put into the same order.
    private mutating func ranked(
        _ nodes: [Plan.Node], from start: Int, by rank: (Plan.Candidate) -> (Double, Double)
    ) -> [Plan.Node] {
        var keyed: [(node: Plan.Node, first: Int, rank: (Double, Double), place: Int)] = []
        for (place, node) in nodes.enumerated() {
            guard let first = PlanBuilder.firstCandidate(of: node) else { continue }
            keyed.append((node, first, rank(candidates[first]), place))
        }
        keyed.sort { $0.rank == $1.rank ? $0.place < $1.place : $0.rank < $1.rank }
        let arePlain =
            keyed.count == candidates.count - start
            && keyed.allSatisfy { if case .attempt = $0.node { true } else { false } }
        guard arePlain else { return keyed.map(\.node) }
        let ordered = keyed.map { candidates[$0.first] }
        candidates.replaceSubrange(start..., with: ordered)
        return ordered.indices.map { .attempt(start + $0) }
    }

    private static func firstCandidate(of node: Plan.Node) -> Int? {
        switch node {
        case .attempt(let index): index
        case .sequence(let nodes, _): nodes.first.flatMap(firstCandidate)
        case .ensemble(let run): run.members.first.flatMap { firstCandidate(of: $0.node) }
        case .cascade(let steps): steps.first.flatMap { firstCandidate(of: $0.node) }
        case .refuse: nil
        }
    }

    private static func placeInChain(_ index: Int) -> String {
        switch index {
        case 0: "first in chain"
        case 1: "second in chain"
        case 2: "third in chain"
        default: "later in chain"
        }
    }

    /// The next word of SplitMix64 from the request's random word.
    private mutating func nextRandom() -> UInt64 {
        random &+= 0x9E37_79B9_7F4A_7C15
        var word = random
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
