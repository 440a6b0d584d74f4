/// What a request is going to do: a tree of attempts, and every target that they may reach.
public struct Plan: Sendable {
    /// How the model field was resolved.
    public let resolution: Resolution
    /// The config that decided, if one did.
    public let config: ConfigVersion?
    /// That config's id, under which its history is kept.
    public let configID: Identifier?
    /// Its policy's name; nil without a config.
    public let policy: String?
    /// What to do.
    public let root: Node
    /// Every target that may be called, in the order in which they come up. Nodes name them by their index here.
    public let candidates: [Candidate]
    /// Targets that are not called, and why.
    public let rejected: [Rejection]
    /// The rules that were looked at, in order.
    public let rules: [RuleOutcome]
    /// The variant of an A/B test.
    public let variant: String?
    /// The settings that apply.
    public let options: RoutingConfig.Options

    /// How the model field was resolved.
    public enum Resolution: String, Sendable {
        /// By a routing config.
        case config
        /// It named provider and model.
        case direct
        /// A bare name, found by prefix or by the provider that lists it.
        case auto
    }

    /// A config at one of its versions.
    public struct ConfigVersion: Sendable, Hashable {
        /// The name after the `@`.
        public let slug: String
        /// Which save.
        public let version: Int

        /// Names a version.
        public init(slug: String, version: Int) {
            self.slug = slug
            self.version = version
        }
    }

    /// What to do.
    public indirect enum Node: Sendable {
        /// Call the candidate of that index.
        case attempt(Int)
        /// One after the other, until one answers.
        case sequence([Node], RetryRules)
        /// All at once.
        case ensemble(EnsembleRun)
        /// One after the other, until an answer is accepted.
        case cascade([CascadeStep])
        /// Nothing: the request is refused.
        case refuse(Failure)
    }

    /// Several targets at once.
    public struct EnsembleRun: Sendable {
        /// Who is asked, with the weight of their voice.
        public let members: [(node: Node, weight: Double)]
        /// How one answer is made of theirs.
        public let aggregation: Ensemble.Aggregation
        /// The candidate that judges, if one can.
        public let judge: Int?
        /// How long members may take.
        public let timeout: Duration?
        /// How many answers are needed.
        public let minimumMembers: Int
    }

    /// A step of a cascade.
    public struct CascadeStep: Sendable {
        /// Who is asked.
        public let node: Node
        /// What the answer must be like; nil accepts all.
        public let accept: AnswerTest?
        /// The candidate that judges, if one can.
        public let judge: Int?
    }

    /// A target that is not called.
    public struct Rejection: Sendable, Hashable {
        /// `provider/model`.
        public let target: String
        /// Why not.
        public let reason: String
        /// The cost that was expected.
        public let expectedCost: Money?

        /// Makes a rejection.
        public init(target: String, reason: String, expectedCost: Money? = nil) {
            self.target = target
            self.reason = reason
            self.expectedCost = expectedCost
        }
    }

    /// A rule that was looked at.
    public struct RuleOutcome: Sendable, Hashable {
        /// Its place in the config.
        public let index: Int
        /// Its condition; `else` for the last one.
        public let condition: String
        /// Whether it held.
        public let matched: Bool

        /// Makes an entry.
        public init(index: Int, condition: String, matched: Bool) {
            self.index = index
            self.condition = condition
            self.matched = matched
        }
    }

    /// A model at a provider, ready to be tried.
    public struct Candidate: Sendable {
        /// Where.
        public let provider: Provider
        /// The model's name at the provider.
        public let model: String
        /// `provider/model`.
        public let name: String
        /// What the catalogue knows of it.
        public let entry: Model?
        /// The price in force.
        public let price: Price?
        /// Why it stands where it stands.
        public var reason: String
        /// What it will probably cost; nil when no price is known.
        public let expectedCost: Money?
        /// Its median latency of late, in milliseconds.
        public let medianMilliseconds: Double?
        /// What its breaker says.
        public let health: HealthState
        /// The longest wait for the answer's first byte, if it differs from the plan's.
        public let firstByteTimeout: Duration?
        /// Request members that are set for it, over what the caller sent.
        public let parameters: [JSONTree.Member]

        /// Makes a candidate.
        public init(
            provider: Provider, model: String, name: String? = nil, entry: Model?, price: Price?, reason: String,
            expectedCost: Money? = nil, medianMilliseconds: Double? = nil, health: HealthState = .closed,
            firstByteTimeout: Duration? = nil, parameters: [JSONTree.Member] = []
        ) {
            self.provider = provider
            self.model = model
            self.name = name ?? provider.name + "/" + model
            self.entry = entry
            self.price = price
            self.reason = reason
            self.expectedCost = expectedCost
            self.medianMilliseconds = medianMilliseconds
            self.health = health
            self.firstByteTimeout = firstByteTimeout
            self.parameters = parameters
        }

        /// Under which its health is kept.
        public var healthKey: HealthKey { HealthKey(provider: provider.id, model: model) }
    }

    /// Makes a plan; without a root its candidates are tried in order.
    public init(
        resolution: Resolution, config: ConfigVersion?, configID: Identifier? = nil, policy: String?,
        root: Node? = nil, candidates: [Candidate], rejected: [Rejection] = [], rules: [RuleOutcome] = [],
        variant: String? = nil, options: RoutingConfig.Options
    ) {
        self.resolution = resolution
        self.config = config
        self.configID = configID
        self.policy = policy
        self.root =
            root
            ?? (candidates.count == 1 ? .attempt(0) : .sequence(candidates.indices.map(Node.attempt), RetryRules()))
        self.candidates = candidates
        self.rejected = rejected
        self.rules = rules
        self.variant = variant
        self.options = options
    }
}

extension Plan {
    /// No operation makes more attempts than this in a row.
    public static let mostAttempts = 16

    /// The deadline of the whole operation, counted from its start.
    public var totalBudget: Duration {
        guard case .sequence(_, let rules) = root, let budget = rules.totalBudget else { return options.timeouts.total }
        return min(budget, options.timeouts.total)
    }

    /// The trace of a request that has been planned and not yet tried.
    public var trace: DecisionTrace {
        var trace = DecisionTrace(resolution: resolution, policy: policy)
        trace.rules = rules
        trace.variant = variant
        trace.candidates.reserveCapacity(candidates.count + rejected.count)
        for candidate in candidates {
            trace.candidates.append(
                DecisionTrace.Candidate(
                    target: candidate.name, verdict: .unused, reason: candidate.reason,
                    expectedCost: candidate.expectedCost, medianMilliseconds: candidate.medianMilliseconds))
        }
        for rejection in rejected {
            trace.candidates.append(
                DecisionTrace.Candidate(
                    target: rejection.target, verdict: .rejected, reason: rejection.reason,
                    expectedCost: rejection.expectedCost))
        }
        return trace
    }
}
