/// Adds up ledger rows by budget and subject, in the periods of one moment: how accounts are opened after a start and
/// checked against the ledger.
public struct BudgetTally: Sendable {
    private let budgets: [Budget]
    /// For each budget the period of the moment first, then its neighbours as far as they matter.
    private let windows: [[BudgetWindow]]
    private let excluded: Set<RequestID>
    private let recentSince: Timestamp
    private var index = BudgetIndex()
    /// For each budget and each of its windows.
    private var totals: [[[String?: Money]]]
    private var recent: [Recent] = []
    /// Budgets whose rows before `rolledUpTo` came as sums by the hour.
    private var rolledUp: Set<Int> = []
    private var rolledUpTo = Timestamp(microseconds: .min)

    /// A part of the sums that may have to be taken out again.
    private struct Recent: Sendable {
        let operation: RequestID
        let budget: Int
        let window: Int
        let subject: String?
        let cost: Money
    }

    /// The sums of one budget in one period.
    public struct Sums: Sendable {
        /// Which budget.
        public let budget: Budget
        /// Its period.
        public let window: BudgetWindow
        /// What each subject has spent; nil is the account that all share.
        public let bySubject: [String?: Money]
    }

    /// No operation runs longer than this.
    private static let longestOperationMicroseconds: Int64 = 3_600_000_000

    /// Begins at nothing.
    /// - Parameters:
    ///   - budgets: Which budgets.
    ///   - moment: The periods that it lies in are summed; the next ones too, in case the clock was set back, and, in
    ///     the first day of a period, the last one, in case it will be.
    ///   - excluded: Operations to leave out.
    public init(_ budgets: [Budget], at moment: Timestamp, excluding excluded: Set<RequestID> = []) {
        self.budgets = budgets
        self.excluded = excluded
        windows = budgets.map { BudgetTally.windows(of: $0, at: moment) }
        recentSince = moment.advanced(byMicroseconds: -BudgetTally.longestOperationMicroseconds)
        totals = windows.map { Array(repeating: [:], count: $0.count) }
        for (position, budget) in budgets.enumerated() { index.add(budget, as: position) }
    }

    /// Rows of operations that began before this moment count in no period.
    public var since: Timestamp {
        let starts = windows.indices.flatMap { position in
            windows[position].map { rolledUp.contains(position) ? max($0.start, rolledUpTo) : $0.start }
        }
        return starts.min() ?? Timestamp(microseconds: .max)
    }

    /// Whether rows need their tags.
    public var looksAtTags: Bool { index.looksAtTags }

    /// What one look at the hourly sums asks for.
    public struct Hours: Sendable {
        /// By what the sums are told apart: organization, project or key.
        public let kind: BudgetScope.Kind
        /// The one project or key; nil for all.
        public let subject: String?
        /// The hours, since the epoch.
        public let range: Range<Int64>
    }

    /// Takes everything but the last hours from sums by the hour, for budgets that these suffice for: those of the
    /// organization, of projects and of keys whose periods begin with an hour. Call it before any row is added.
    /// - Parameters:
    ///   - moment: The moment that the tally was made for.
    ///   - sum: Gives the sums of a range of hours by project or key.
    /// - Throws: What `sum` throws.
    public mutating func rollUp(
        at moment: Timestamp, _ sum: (Hours) throws -> [(subject: String?, cost: Money)]
    ) throws {
        let boundary = moment.advanced(byMicroseconds: -BudgetTally.longestOperationMicroseconds).hour
        rolledUpTo = Timestamp(microseconds: boundary * 3_600_000_000)
        for (position, budget) in budgets.enumerated() {
            let ranges = windows[position].map { $0.hours(before: boundary) }
            guard [.organization, .project, .key].contains(budget.scope.kind), !ranges.contains(nil) else { continue }
            rolledUp.insert(position)
            for (window, range) in ranges.enumerated() {
                guard let range, !range.isEmpty else { continue }
                let hours = Hours(kind: budget.scope.kind, subject: budget.scope.subject, range: range)
                for part in try sum(hours) where part.cost != .zero {
                    let isOwn = budget.isPerSubject && budget.scope.subject == nil
                    totals[position][window][isOwn ? part.subject : nil, default: .zero] += part.cost
                }
            }
        }
    }

    /// Counts a ledger row.
    public mutating func add(
        _ operation: RequestID, at createdAt: Timestamp, for subjects: BudgetSubjects, providerID: Identifier,
        cost: Money
    ) {
        guard cost != .zero, !excluded.contains(operation) else { return }
        let isRecent = createdAt >= recentSince
        for match in index.matches(subjects, providers: BudgetDemand(cost, at: providerID).providers) {
            guard createdAt >= rolledUpTo || !rolledUp.contains(match.slot) else { continue }
            guard let window = windows[match.slot].firstIndex(where: { $0.contains(createdAt) }) else { continue }
            totals[match.slot][window][match.subject, default: .zero] += cost
            guard isRecent else { continue }
            recent.append(
                Recent(operation: operation, budget: match.slot, window: window, subject: match.subject, cost: cost))
        }
    }

    /// What was found, without some operations that came in meanwhile: for each budget its current period first.
    public func sums(without others: Set<RequestID> = []) -> [Sums] {
        var totals = totals
        for part in recent where others.contains(part.operation) {
            let sum = totals[part.budget][part.window][part.subject, default: .zero]
            totals[part.budget][part.window][part.subject] = sum - part.cost
        }
        return budgets.indices.flatMap { position in
            windows[position].indices.map { window in
                Sums(
                    budget: budgets[position], window: windows[position][window],
                    bySubject: totals[position][window])
            }
        }
    }

    private static func windows(of budget: Budget, at moment: Timestamp) -> [BudgetWindow] {
        let current = budget.window(at: moment)
        var windows = [current]
        if current.reset != nil { windows.append(budget.window(at: current.end)) }
        if let start = current.beginning, start.advanced(byMicroseconds: 86_400_000_000) > moment {
            windows.append(budget.window(at: start.advanced(byMicroseconds: -1)))
        }
        return windows
    }
}

extension BudgetWindow {
    /// The hours of the window before one; nil when it does not begin and end with an hour.
    fileprivate func hours(before boundary: Int64) -> Range<Int64>? {
        guard beginning.map({ $0.microseconds % 3_600_000_000 == 0 }) ?? true,
            reset.map({ $0.microseconds % 3_600_000_000 == 0 }) ?? true
        else { return nil }
        let first = beginning?.hour ?? .min
        let end = min(reset?.hour ?? .max, boundary)
        return first..<max(first, end)
    }
}
