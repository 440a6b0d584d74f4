/// Why a request went the way it went: written while it is planned and tried, stored with its record.
///
/// The attempts themselves are in the record, so that they are stored once; the JSON of the trace shows them.
public struct DecisionTrace: Sendable, Hashable {
    /// How the model field was resolved.
    public var resolution: Plan.Resolution
    /// The policy's name, if a config decided.
    public var policy: String?
    /// The rules that were looked at.
    public var rules: [Plan.RuleOutcome]
    /// Every target that was considered.
    public var candidates: [Candidate]
    /// What the cache said, where one applies.
    public var cache: CacheNote?
    /// The variant of an A/B test.
    public var variant: String?
    /// Request parts that the provider cannot express and that were left out.
    public var dropped: [String]
    /// Every budget that covered the request, as it stood when the request was admitted or refused.
    public var budgets: [BudgetLine]
    /// The outcome in one short sentence: `attempt 1`.
    public var decision: String
    /// Why it came to that.
    public var reason: String

    /// A target that was considered.
    public struct Candidate: Sendable, Hashable {
        /// `provider/model`.
        public var target: String
        /// What became of it.
        public var verdict: Verdict
        /// Why.
        public var reason: String
        /// The cost that was expected before the call; nil when no price was known.
        public var expectedCost: Money?
        /// Its median latency of late, in milliseconds.
        public var medianMilliseconds: Double?

        /// Makes an entry.
        public init(
            target: String, verdict: Verdict, reason: String, expectedCost: Money?, medianMilliseconds: Double? = nil
        ) {
            self.target = target
            self.verdict = verdict
            self.reason = reason
            self.expectedCost = expectedCost
            self.medianMilliseconds = medianMilliseconds
        }
    }

    /// A budget that covered the request.
    public struct BudgetLine: Sendable, Hashable {
        /// What people call it.
        public var name: String
        /// Whose account of it; nil for the one that all share.
        public var subject: String?
        /// What happens at its cap.
        public var action: Budget.Action
        /// Whether it stood in the request's way.
        public var isEnforced: Bool
        /// Booked costs.
        public var spend: Money
        /// Worst cases of what was under way, this request's included once it was admitted.
        public var held: Money
        /// The cap.
        public var cap: Money

        /// Makes an entry.
        public init(
            name: String, subject: String?, action: Budget.Action, isEnforced: Bool, spend: Money, held: Money,
            cap: Money
        ) {
            self.name = name
            self.subject = subject
            self.action = action
            self.isEnforced = isEnforced
            self.spend = spend
            self.held = held
            self.cap = cap
        }

        /// What a standing says.
        public init(_ standing: BudgetStanding) {
            self.init(
                name: standing.budget.name, subject: standing.subject, action: standing.budget.action,
                isEnforced: standing.isEnforced, spend: standing.spend, held: standing.held, cap: standing.budget.cap)
        }
    }

    /// What became of a target.
    public enum Verdict: String, Sendable {
        case tried
        case skipped
        case rejected
        case unused
    }

    /// What the cache said.
    public struct CacheNote: Sendable, Hashable {
        /// How entries are found.
        public var mode: CachePolicy.Mode
        /// What came of it.
        public var result: Result
        /// What the answer cost when it was made; only on a hit.
        public var saved: Money?

        /// What came of it.
        public enum Result: String, Sendable {
            case hit
            case miss
            /// The caller, or the policy for such requests, said not to look.
            case skipped
        }

        /// Makes a note.
        public init(mode: CachePolicy.Mode, result: Result, saved: Money? = nil) {
            self.mode = mode
            self.result = result
            self.saved = saved
        }
    }

    /// Makes a trace.
    public init(
        resolution: Plan.Resolution, policy: String? = nil, rules: [Plan.RuleOutcome] = [],
        candidates: [Candidate] = [], cache: CacheNote? = nil, variant: String? = nil, dropped: [String] = [],
        budgets: [BudgetLine] = [], decision: String = "", reason: String = ""
    ) {
        self.resolution = resolution
        self.policy = policy
        self.rules = rules
        self.candidates = candidates
        self.cache = cache
        self.variant = variant
        self.dropped = dropped
        self.budgets = budgets
        self.decision = decision
        self.reason = reason
    }
}
