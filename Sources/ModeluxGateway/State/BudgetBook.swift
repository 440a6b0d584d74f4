public import ModeluxCore
import Synchronization

/// Every budget's accounts, behind one lock. What is to be told is handed on outside of it.
public final class BudgetBook: Sendable {
    private let ledger = Mutex(BudgetLedger())
    private let tell: @Sendable ([BudgetNotice]) -> Void

    /// Makes a book without budgets.
    /// - Parameter tell: Takes what is to be told; it must be quick. The same thing may come twice over a restart.
    public init(tell: @escaping @Sendable ([BudgetNotice]) -> Void = { _ in }) {
        self.tell = tell
    }

    // MARK: Operations

    /// Holds an operation's worst case in every account that covers it, or in none.
    func reserve(
        _ operation: RequestID, for subjects: BudgetSubjects, demand: BudgetDemand, at moment: Timestamp,
        mayDowngrade: Bool
    ) -> BudgetVerdict {
        let verdict = ledger.withLock {
            $0.reserve(operation, for: subjects, demand: demand, at: moment, mayDowngrade: mayDowngrade)
        }
        if !verdict.notices.isEmpty { tell(verdict.notices) }
        return verdict
    }

    /// Raises an operation's hold before another call.
    /// - Returns: The budget that has no room for it: then nothing has changed.
    func raise(_ operation: RequestID, to demand: BudgetDemand) -> BudgetStanding? {
        ledger.withLock { $0.raise(operation, to: demand) }
    }

    /// Ends an operation's hold with what its calls cost; call it once the operation is booked.
    @discardableResult
    public func settle(_ record: RequestRecord) -> [BudgetStanding] {
        let charges = record.attempts.map { (providerID: $0.providerID, cost: $0.cost.total) }
        let (standings, notices) = ledger.withLock { $0.settle(record.requestID, charges: charges) }
        if !notices.isEmpty { tell(notices) }
        return standings
    }

    /// Ends an operation that could not be booked: the calls that were begun stay held, as they do in the journal.
    func strand(_ operation: RequestID, begun: [(providerID: Identifier, cost: Money)]) {
        ledger.withLock { $0.strand(operation, begun: begun) }
    }

    /// Where the budgets that cover a request stand, without holding anything.
    func standings(for subjects: BudgetSubjects, demand: BudgetDemand, at moment: Timestamp) -> [BudgetStanding] {
        ledger.withLock { $0.standings(for: subjects, demand: demand, at: moment) }
    }

    /// Whether a cap in dollars that blocks covers a call.
    func blocks(_ subjects: BudgetSubjects, at providerID: Identifier) -> Bool {
        ledger.withLock { $0.blocks(subjects, providers: BudgetDemand(.zero, at: providerID).providers) }
    }

    /// Says that a record is about to be written that has not passed admission, such as sample traffic. `settle` it
    /// once it is written.
    public func announce(_ record: RequestRecord) {
        var demand = BudgetDemand.nothing
        for attempt in record.attempts { demand.cover(.zero, at: attempt.providerID) }
        _ = ledger.withLock {
            $0.reserve(
                record.requestID, for: BudgetSubjects(record), demand: demand, at: record.createdAt,
                mayDowngrade: false)
        }
    }

    // MARK: Configuration

    /// Takes over the budgets that are in force.
    public func configure(_ budgets: [Budget], at moment: Timestamp) {
        ledger.withLock { $0.configure(budgets, at: moment) }
    }

    /// Begins the look-up of what new budgets' subjects have spent before; nil when there is nothing to look up.
    public func beginOpening(at moment: Timestamp) -> BudgetTally? {
        ledger.withLock { $0.beginOpening(at: moment) }
    }

    /// Ends a look-up with what it found.
    public func finishOpening(_ tally: BudgetTally) {
        let notices = ledger.withLock { $0.finishOpening(tally) }
        if !notices.isEmpty { tell(notices) }
    }

    /// Gives up a look-up that failed; the next one tries again.
    public func abandonOpening() {
        ledger.withLock { $0.abandonOpening() }
    }

    // MARK: Looking

    /// The accounts of a budget in the period of a moment; nil when there is no such budget or it is disabled.
    public func accounts(of id: Identifier, at moment: Timestamp) -> BudgetAccounts? {
        ledger.withLock { $0.accounts(of: id, at: moment) }
    }

    /// The budgets in force.
    public var budgets: [Budget] { ledger.withLock { $0.budgets } }

    /// Operations under way.
    public var operationCount: Int { ledger.withLock { $0.operationCount } }
}

extension BudgetSubjects {
    /// The subjects of an operation, as its record has them.
    init(_ record: RequestRecord) {
        self.init(
            projectID: record.projectID, keyID: record.keyID, endUser: record.endUser, tags: record.tags,
            config: record.config?.slug)
    }
}
