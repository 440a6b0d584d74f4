/// Targets in order: the next one is tried when one fails.
public struct FallbackChain: Sendable, Hashable {
    /// What to try, in order.
    public let targets: [Target]
    /// When another attempt is made.
    public let rules: RetryRules

    /// Makes a chain.
    public init(targets: [Target], rules: RetryRules = RetryRules()) {
        self.targets = targets
        self.rules = rules
    }
}

/// The cheapest of some targets by expected cost; the others are its fallbacks.
public struct CostOptimized: Sendable, Hashable {
    /// What may be used.
    public let targets: [Target]
    /// The least quality that will do.
    public let quality: Model.QualityTier?
    /// Targets whose median latency is longer come last.
    public let maximumLatency: Duration?

    /// Makes the policy.
    public init(targets: [Target], quality: Model.QualityTier? = nil, maximumLatency: Duration? = nil) {
        self.targets = targets
        self.quality = quality
        self.maximumLatency = maximumLatency
    }
}

/// The fastest of some targets by live latency; the others are its fallbacks.
public struct LatencyOptimized: Sendable, Hashable {
    /// What may be used.
    public let targets: [Target]
    /// Which percentile of the latencies counts, 1 … 100.
    public let percentile: Double
    /// How old a measurement may be.
    public let window: Duration
    /// The share of requests, in percent, that try another target so that measurements stay fresh.
    public let explorePercent: Double

    /// Makes the policy.
    public init(
        targets: [Target], percentile: Double = 50, window: Duration = .seconds(300), explorePercent: Double = 5
    ) {
        self.targets = targets
        self.percentile = percentile
        self.window = window
        self.explorePercent = explorePercent
    }
}

/// Several targets at once.
public struct Ensemble: Sendable, Hashable {
    /// Who is asked.
    public let members: [Target]
    /// How one answer is made of theirs.
    public let aggregation: Aggregation
    /// How long members may take; those that take longer are left out.
    public let timeout: Duration?
    /// How many answers are needed.
    public let minimumMembers: Int

    /// How one answer is made of several.
    public enum Aggregation: Sendable, Hashable {
        /// The first that passes the test, if there is one.
        case firstValid(AnswerTest?)
        /// The answer that most of the weight agrees on.
        case weightedVote
        /// The weighted mean of numbers.
        case weightedAverage
        /// A model chooses.
        case judge(Judge)

        /// The name in the management API and in traces.
        public var name: String {
            switch self {
            case .firstValid: "first_valid"
            case .weightedVote: "weighted_vote"
            case .weightedAverage: "weighted_average"
            case .judge: "llm_judge"
            }
        }
    }

    /// Makes the policy.
    public init(members: [Target], aggregation: Aggregation, timeout: Duration? = nil, minimumMembers: Int = 1) {
        self.members = members
        self.aggregation = aggregation
        self.timeout = timeout
        self.minimumMembers = minimumMembers
    }
}

/// A stable split of the callers over variants.
public struct ABTest: Sendable, Hashable {
    /// The variants; the weights of their targets are relative to each other.
    public let variants: [Variant]
    /// Who stays with one variant.
    public let stickiness: Stickiness

    /// A variant.
    public struct Variant: Sendable, Hashable {
        /// The name in records and in the header.
        public let name: String
        /// What it answers with; its weight is the variant's share.
        public let target: Target

        /// Makes a variant.
        public init(name: String, target: Target) {
            self.name = name
            self.target = target
        }
    }

    /// Who stays with one variant.
    public enum Stickiness: String, Sendable, CaseIterable {
        case endUser = "end_user"
        case conversation
        case none
    }

    /// Makes the policy.
    public init(variants: [Variant], stickiness: Stickiness = .endUser) {
        self.variants = variants
        self.stickiness = stickiness
    }

    /// Which variant a point between 0 and 1 falls on.
    func variant(at point: Double) -> Int {
        let total = variants.reduce(0) { $0 + max(0, $1.target.weight) }
        var rest = point * total
        for (index, variant) in variants.enumerated() where variant.target.weight > 0 {
            rest -= variant.target.weight
            if rest < 0 { return index }
        }
        return variants.lastIndex { $0.target.weight > 0 } ?? 0
    }

    /// The point between 0 and 1 of a subject in a config: the same in every process and at all times (FNV-1a, then
    /// the finalizer of SplitMix64).
    public static func point(of subject: String, in config: Identifier) -> Double {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        for byte in config.text.utf8 { add(byte) }
        add(0)
        for byte in subject.utf8 { add(byte) }
        hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
        return point(of: hash ^ hash >> 31)
    }

    /// The point between 0 and 1 of a random word.
    static func point(of word: UInt64) -> Double { Double(word >> 11) / Double(1 << 53) }
}

/// Cheap first: the next step is taken when an answer is not accepted.
public struct Cascade: Sendable, Hashable {
    /// The steps, in order.
    public let steps: [Step]

    /// A target and what its answer must be like.
    public struct Step: Sendable, Hashable {
        /// Who is asked.
        public let target: Target
        /// What the answer must be like; nil accepts all.
        public let accept: AnswerTest?

        /// Makes a step.
        public init(target: Target, accept: AnswerTest? = nil) {
            self.target = target
            self.accept = accept
        }
    }

    /// Makes the policy.
    public init(steps: [Step]) {
        self.steps = steps
    }
}

/// Rules in order: the first that holds decides.
public struct CustomRules: Sendable {
    /// The rules.
    public let rules: [Entry]

    /// A condition and what follows from it.
    public struct Entry: Sendable {
        /// The condition; nil always holds (`else`).
        public let rule: Rule?
        /// What follows.
        public let then: Consequence

        /// Makes an entry.
        public init(rule: Rule?, then: Consequence) {
            self.rule = rule
            self.then = then
        }
    }

    /// What follows from a rule.
    public enum Consequence: Sendable {
        /// A target answers.
        case target(Target)
        /// The request is refused with this message.
        case block(String)
    }

    /// Makes the policy.
    public init(rules: [Entry]) {
        self.rules = rules
    }

    /// The target that no rule would change.
    var standard: Target? {
        for entry in rules.reversed() {
            if case .target(let target) = entry.then { return target }
        }
        return nil
    }
}
