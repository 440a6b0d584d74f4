/// When another attempt is made, and how long all of them may take together.
public struct RetryRules: Sendable, Hashable {
    /// What another attempt may follow.
    public var causes: Causes
    /// Statuses that another attempt may follow besides.
    public var statuses: [Int]
    /// How often one target is tried again before the next.
    public var retriesPerTarget: Int
    /// The middle of the first pause before a target is tried again; each further one doubles it.
    public var backoff: Duration
    /// The deadline of all attempts together; nil means the config's total timeout.
    public var totalBudget: Duration?

    /// What another attempt may follow.
    public struct Causes: OptionSet, Sendable, Hashable {
        /// One bit each.
        public let rawValue: UInt8

        /// Takes bits.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Status 429.
        public static let rateLimit = Causes(rawValue: 1)
        /// Statuses 500 to 599, and an answer that is none.
        public static let serverError = Causes(rawValue: 2)
        /// No first byte in time; status 408.
        public static let timeout = Causes(rawValue: 4)
        /// No connection, or one that broke before an answer.
        public static let connection = Causes(rawValue: 8)
        /// Statuses 401 and 403.
        public static let credential = Causes(rawValue: 16)

        /// What is retried where nothing is said. A refused credential always moves on to the next target.
        public static let usual: Causes = [.rateLimit, .serverError, .timeout, .connection]
    }

    /// The longest pause between two attempts.
    public static let longestPause = Duration.seconds(30)

    /// Makes rules.
    public init(
        causes: Causes = .usual, statuses: [Int] = [409], retriesPerTarget: Int = 0,
        backoff: Duration = .milliseconds(250), totalBudget: Duration? = nil
    ) {
        self.causes = causes
        self.statuses = statuses
        self.retriesPerTarget = retriesPerTarget
        self.backoff = backoff
        self.totalBudget = totalBudget
    }

    /// Whether the next target may be tried after an attempt that ended so.
    public func moveOn(after report: RunState.Report) -> Bool {
        switch report.outcome {
        case .authError: true
        case .success, .cancelled: false
        case .notAccepted: true
        default: covers(report)
        }
    }

    /// Whether the same target may be tried again after an attempt that ended so.
    public func retry(after report: RunState.Report) -> Bool {
        switch report.outcome {
        case .success, .cancelled, .notAccepted, .authError: false
        default: covers(report)
        }
    }

    private func covers(_ report: RunState.Report) -> Bool {
        if let status = report.status, statuses.contains(status) { return true }
        switch report.outcome {
        case .rateLimited: return causes.contains(.rateLimit)
        case .serverError: return causes.contains(.serverError)
        case .timeout: return causes.contains(.timeout)
        case .connectionError: return causes.contains(.connection)
        case .invalidRequest: return report.status == 408 && causes.contains(.timeout)
        case .authError: return causes.contains(.credential)
        case .success, .notAccepted, .cancelled: return false
        }
    }
}
