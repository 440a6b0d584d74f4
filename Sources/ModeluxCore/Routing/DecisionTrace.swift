/// Why a request went the way it went: written while it is planned and tried, stored with its record.
///
/// The attempts themselves are in the record, so that they are stored once; the JSON of the trace shows them.
public struct DecisionTrace: Sendable, Hashable {
    /// How the model field was resolved.
    public var resolution: Plan.Resolution
    /// The policy's name, if a config decided.
    public var policy: String?
    /// Every target that was considered.
    public var candidates: [Candidate]
    /// Request parts that the provider cannot express and that were left out.
    public var dropped: [String]
    /// The outcome in one short sentence: `attempt 1`.
    public var decision: String

    /// A target that was considered.
    public struct Candidate: Sendable, Hashable {
        /// `provider/model`.
        public var target: String
        /// What became of it.
        public var verdict: Verdict
        /// Why.
        public var reason: String
        /// The cost that was expected before the call.
        public var expectedCost: Money

        /// Makes an entry.
        public init(target: String, verdict: Verdict, reason: String, expectedCost: Money) {
            self.target = target
            self.verdict = verdict
            self.reason = reason
            self.expectedCost = expectedCost
        }
    }

    /// What became of a target.
    public enum Verdict: String, Sendable {
        case tried
        case skipped
        case rejected
        case unused
    }

    /// Makes a trace.
    public init(
        resolution: Plan.Resolution, policy: String? = nil, candidates: [Candidate] = [], dropped: [String] = [],
        decision: String = ""
    ) {
        self.resolution = resolution
        self.policy = policy
        self.candidates = candidates
        self.dropped = dropped
        self.decision = decision
    }
}
