/// What has been spent and what is held in one period: of one subject, or of all together.
public struct BudgetAccount: Sendable, Hashable {
    /// Booked costs.
    public internal(set) var spend = Money.zero
    /// Worst cases of what is under way.
    public internal(set) var held = Money.zero
    /// Which thresholds have been told, by position; the highest bit stands for the cap.
    var told: UInt32 = 0

    /// An account that nobody has used.
    public init() {}

    /// Spent and held together.
    public var committed: Money { spend + held }
}

/// The accounts of a budget in its current period, as they stand.
public struct BudgetAccounts: Sendable {
    /// Which budget.
    public let budget: Budget
    /// The period.
    public let window: BudgetWindow
    /// Whether what was spent before the budget came to be is in them.
    public let isOpen: Bool
    /// Every account; of a budget that all subjects share, one without a subject.
    public let accounts: [(subject: String?, account: BudgetAccount)]
}

/// The accounts of one budget in one of its periods.
struct PeriodAccounts: Sendable {
    let window: BudgetWindow
    private(set) var shared = BudgetAccount()
    private(set) var bySubject: [String: BudgetAccount] = [:]

    init(_ window: BudgetWindow) {
        self.window = window
    }

    /// An account; a subject that has none begins with nothing.
    subscript(subject: String?) -> BudgetAccount {
        get {
            guard let subject else { return shared }
            return bySubject[subject] ?? BudgetAccount()
        }
        set {
            if let subject { bySubject[subject] = newValue } else { shared = newValue }
        }
    }

    /// Changes an account in place.
    mutating func change<Result>(_ subject: String?, _ body: (inout BudgetAccount) -> Result) -> Result {
        guard let subject else { return body(&shared) }
        return body(&bySubject[subject, default: BudgetAccount()])
    }

    /// Every subject that has an account, and its account.
    var all: [(subject: String?, account: BudgetAccount)] {
        var all: [(subject: String?, account: BudgetAccount)] = bySubject.map { ($0.key, $0.value) }
        if bySubject.isEmpty || shared != BudgetAccount() { all.append((nil, shared)) }
        return all
    }

    /// Forgets what was told.
    mutating func clearTold() {
        shared.told = 0
        for subject in bySubject.keys { bySubject[subject]?.told = 0 }
    }

    /// Forgets what was spent, not what is held.
    mutating func clearSpend() {
        shared.spend = .zero
        for subject in bySubject.keys { bySubject[subject]?.spend = .zero }
    }
}

/// A budget with the accounts of the periods that requests have lately fallen into. More than one, since a request
/// belongs to the period that it began in, and clocks can be set back.
struct BudgetSlot: Sendable {
    var budget: Budget
    /// The last used one first; never empty.
    private(set) var periods: [PeriodAccounts]
    /// Whether what was spent before it came to be is still to be added.
    var awaitsOpening = true
    /// Whether its budget is in force.
    private(set) var isLive = true

    private static let maximumPeriods = 3

    init(_ budget: Budget, at moment: Timestamp) {
        self.budget = budget
        periods = [PeriodAccounts(budget.window(at: moment))]
    }

    /// Brings the period of a moment to the front, beginning it when it is new. Cheap unless it is.
    mutating func turn(to moment: Timestamp) {
        guard !periods[0].window.contains(moment) else { return }
        if let index = periods.firstIndex(where: { $0.window.contains(moment) }) {
            periods.swapAt(0, index)
        } else {
            periods.insert(PeriodAccounts(budget.window(at: moment)), at: 0)
            if periods.count > BudgetSlot.maximumPeriods { periods.removeLast() }
        }
    }

    /// Makes accounts for a period, behind the one in use.
    mutating func add(_ window: BudgetWindow) {
        guard !periods.contains(where: { $0.window == window }) else { return }
        periods.append(PeriodAccounts(window))
    }

    /// The beginning of the period at the front.
    var start: Timestamp { periods[0].window.start }

    /// The accounts of the period at the front.
    var accounts: BudgetAccounts {
        BudgetAccounts(
            budget: budget, window: periods[0].window, isOpen: !awaitsOpening, accounts: periods[0].all)
    }

    /// Holds an amount in the period at the front, and says whether it passes the cap.
    mutating func hold(_ amount: Money, for subject: String?) -> (account: BudgetAccount, isExceeded: Bool) {
        let cap = budget.cap
        return periods[0].change(subject) { account in
            let isExceeded = amount > .zero && account.committed + amount > cap
            account.held += amount
            return (account, isExceeded)
        }
    }

    /// Whether an account has no room for an amount.
    func isExceeded(by amount: Money, _ account: BudgetAccount) -> Bool {
        amount > .zero && account.committed + amount > budget.cap
    }

    /// Where an account of the period at the front stands.
    func standing(of subject: String?, _ account: BudgetAccount, isEnforced: Bool) -> BudgetStanding {
        BudgetStanding(
            budget: budget, subject: subject, window: periods[0].window, spend: account.spend, held: account.held,
            isEnforced: isEnforced)
    }

    /// Where an account of the period that begins at `start` stands.
    func standing(
        of subject: String?, from start: Timestamp, _ account: BudgetAccount, isEnforced: Bool
    ) -> BudgetStanding {
        let window = periods.first { $0.window.start == start }?.window ?? periods[0].window
        return BudgetStanding(
            budget: budget, subject: subject, window: window, spend: account.spend, held: account.held,
            isEnforced: isEnforced)
    }

    /// Its budget is gone: what is under way may still end in it, and nobody looks.
    mutating func end() {
        isLive = false
        awaitsOpening = false
        periods = [PeriodAccounts(periods[0].window)]
    }

    /// Changes an account of the period that begins at `start`; nil when that period has been forgotten.
    @discardableResult
    mutating func change<Result>(
        _ subject: String?, from start: Timestamp, _ body: (inout BudgetAccount) -> Result
    ) -> Result? {
        guard let index = periods.firstIndex(where: { $0.window.start == start }) else { return nil }
        return periods[index].change(subject, body)
    }

    /// An account of the period at the front.
    func account(_ subject: String?) -> BudgetAccount { periods[0][subject] }

    /// Goes on under another cap, name, action or thresholds: what was told may have to be told again.
    mutating func replaceBudget(_ other: Budget) {
        guard other !== budget else { return }
        if other.cap != budget.cap || other.thresholds != budget.thresholds {
            for index in periods.indices { periods[index].clearTold() }
        }
        budget = other
    }

    /// Forgets what was spent, not what is held.
    mutating func clearSpend() {
        for index in periods.indices { periods[index].clearSpend() }
    }
}
