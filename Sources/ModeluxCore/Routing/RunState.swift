/// Which attempt comes next: the run of one plan's sequence, within one attempt budget and one deadline. Pure; the
/// moment and the randomness are arguments.
///
///     var state = RunState(plan, at: now)
///     var action = state.begin(at: now)
///     // .call(leaf, …) → perform it, then: action = state.next(after: report, at: now, random: word)
///     // .wait(duration) → sleep, then: action = state.resume(at: now)
///     // .finish → the last report is the result
public struct RunState: Sendable {
    /// What the shell must do now.
    public enum Action: Sendable, Hashable {
        /// Perform the leaf of that index; `isForced` when its breaker must not be asked.
        case call(leaf: Int, isForced: Bool)
        /// Wait, then resume.
        case wait(Duration)
        /// There is nothing more to do; why.
        case finish(Ending)
    }

    /// Why a run ended.
    public enum Ending: String, Sendable, Hashable {
        case answered
        /// The failure is one that no other attempt would change.
        case final
        /// All targets were tried.
        case exhausted
        /// The attempt budget is used up.
        case noAttemptsLeft
        /// The deadline has come.
        case deadline
    }

    /// How a leaf ended.
    public struct Report: Sendable, Hashable {
        /// How.
        public var outcome: AttemptRecord.Outcome
        /// The provider's status, if there is one.
        public var status: Int?
        /// How long the provider asks to wait.
        public var retryAfter: Duration?
        /// Whether bytes have gone to the caller: then nothing more may be tried.
        public var isCommitted: Bool
        /// Whether it was not called at all, since its breaker said no.
        public var isSkipped: Bool

        /// Makes a report.
        public init(
            _ outcome: AttemptRecord.Outcome, status: Int? = nil, retryAfter: Duration? = nil,
            isCommitted: Bool = false, isSkipped: Bool = false
        ) {
            self.outcome = outcome
            self.status = status
            self.retryAfter = retryAfter
            self.isCommitted = isCommitted
            self.isSkipped = isSkipped
        }

        /// Its breaker said no.
        public static let skipped = Report(.cancelled, isSkipped: true)
    }

    private struct Group: Sendable {
        let range: Range<Int>
        let rules: RetryRules
        let parent: Int?
    }

    /// What is tried: attempts, ensembles and cascades, in order.
    public private(set) var leaves: [Plan.Node] = []
    private var groups: [Group] = []
    private var innermost: [Int?] = []
    private var attemptsLeft: Int
    private let deadline: UInt64
    private var leaf = 0
    private var retries = 0
    private var isForced = false
    private var hasCalled = false

    /// Prepares the run of a node. `deadline` is a monotonic moment in nanoseconds.
    public init(_ node: Plan.Node, deadline: UInt64, attempts: Int? = nil) {
        self.deadline = deadline
        attemptsLeft = 0
        _ = flatten(node, parent: nil)
        var budget = 0
        for index in leaves.indices {
            let rules = innermost[index].map { groups[$0].rules }
            budget += 1 + max(0, min(rules?.retriesPerTarget ?? 0, Plan.mostAttempts))
        }
        attemptsLeft = max(0, min(attempts ?? budget, Plan.mostAttempts))
    }

    /// The moment by which everything must have ended, in monotonic nanoseconds.
    public var end: UInt64 { deadline }

    /// The first action.
    public mutating func begin(at now: UInt64) -> Action {
        guard !leaves.isEmpty else { return .finish(.exhausted) }
        return call(at: now)
    }

    /// The action after a wait.
    public mutating func resume(at now: UInt64) -> Action { call(at: now) }

    /// The action after a leaf has ended. `random` spreads the pause before a retry.
    public mutating func next(after report: Report, at now: UInt64, random: UInt64) -> Action {
        if report.isSkipped {
            guard leaf + 1 < leaves.count else { return startOver(at: now) }
            leaf += 1
            retries = 0
            return call(at: now)
        }
        attemptsLeft -= 1
        hasCalled = true
        if report.outcome == .success { return .finish(.answered) }
        guard !report.isCommitted else { return .finish(.final) }
        if let pause = retryPause(after: report, at: now, random: random) {
            retries += 1
            return pause == .zero ? call(at: now) : .wait(pause)
        }
        guard let following = successor(after: report) else {
            let isLast = leaf + 1 >= leaves.count
            return .finish(isLast && mayMoveOn(report) ? .exhausted : .final)
        }
        leaf = following
        retries = 0
        return call(at: now)
    }

    /// With every breaker against it and nothing tried yet, the first target is tried all the same.
    private mutating func startOver(at now: UInt64) -> Action {
        guard !hasCalled, !isForced else { return .finish(.exhausted) }
        isForced = true
        leaf = 0
        return call(at: now)
    }

    private func call(at now: UInt64) -> Action {
        guard attemptsLeft > 0 else { return .finish(.noAttemptsLeft) }
        guard now < deadline else { return .finish(.deadline) }
        return .call(leaf: leaf, isForced: isForced)
    }

    /// How long to wait before the same target is tried again; nil when it is not.
    private func retryPause(after report: Report, at now: UInt64, random: UInt64) -> Duration? {
        guard let group = innermost[leaf].map({ groups[$0] }), retries < group.rules.retriesPerTarget,
            attemptsLeft > 0, group.rules.retry(after: report)
        else { return nil }
        let doubled = group.rules.backoff.nanoseconds.multipliedReportingOverflow(by: 1 << UInt64(min(retries, 16)))
        let middle = min(doubled.overflow ? .max : doubled.partialValue, RetryRules.longestPause.nanoseconds)
        // Between half and one and a half of the middle, so that callers who failed together do not return together.
        var pause = middle / 2 &+ UInt64(Double(middle) * ABTest.point(of: random))
        if let asked = report.retryAfter { pause = max(pause, asked.nanoseconds) }
        guard pause < deadline - min(deadline, now) else { return nil }
        return .nanoseconds(Int64(clamping: pause))
    }

    /// The next leaf: the following one where the rules allow it, else the first after the group that gives up.
    private func successor(after report: Report) -> Int? {
        var place = innermost[leaf]
        var last = leaf
        while let index = place {
            let group = groups[index]
            if group.rules.moveOn(after: report), last + 1 < group.range.upperBound { return last + 1 }
            last = group.range.upperBound - 1
            place = group.parent
        }
        return nil
    }

    private func mayMoveOn(_ report: Report) -> Bool {
        guard let index = innermost[leaf] else { return false }
        return groups[index].rules.moveOn(after: report)
    }

    private mutating func flatten(_ node: Plan.Node, parent: Int?) -> Range<Int> {
        let start = leaves.count
        guard case .sequence(let nodes, let rules) = node else {
            leaves.append(node)
            innermost.append(parent)
            return start..<leaves.count
        }
        let index = groups.count
        groups.append(Group(range: start..<start, rules: rules, parent: parent))
        for inner in nodes { _ = flatten(inner, parent: index) }
        groups[index] = Group(range: start..<leaves.count, rules: rules, parent: parent)
        return start..<leaves.count
    }
}
