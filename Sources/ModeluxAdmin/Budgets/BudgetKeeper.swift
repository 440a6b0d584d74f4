public import ModeluxCore
public import ModeluxGateway
public import ModeluxStore
import Synchronization

/// Keeps the budgets' accounts and the ledger together: opens the accounts of new budgets from the ledger's rows, and
/// checks accounts against them.
public final class BudgetKeeper: Sendable {
    /// The accounts that requests are admitted by.
    public let book: BudgetBook
    private let ledger: LedgerQuery
    private let flush: @Sendable () async -> Void
    private let clock: @Sendable () -> Timestamp
    private let last = Mutex<Task<Void, any Error>?>(nil)

    /// Joins the parts.
    /// - Parameters:
    ///   - book: The accounts.
    ///   - ledger: The ledger's rows.
    ///   - flush: Returns when everything that was booked before the call is in them.
    ///   - clock: The wall clock.
    public init(
        book: BudgetBook, ledger: LedgerQuery, flush: @escaping @Sendable () async -> Void,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.book = book
        self.ledger = ledger
        self.flush = flush
        self.clock = clock
    }

    /// Opens the accounts of all budgets on the calling thread: for a start, before anything is served.
    public func openNow() throws {
        let now = clock()
        guard let tally = book.beginOpening(at: now) else { return }
        do {
            book.finishOpening(try ledger.fillNow(tally, at: now))
        } catch {
            book.abandonOpening()
            throw error
        }
    }

    /// Opens the accounts of budgets that have come since, while requests go on; returns when they are open.
    public func open() async throws {
        // One after the other: a look-up must not begin before the last one has ended.
        let task = last.withLock { last in
            let before = last
            let task = Task {
                _ = await before?.result
                try await self.openOnce()
            }
            last = task
            return task
        }
        try await task.value
    }

    private func openOnce() async throws {
        let now = clock()
        guard let tally = book.beginOpening(at: now) else { return }
        await flush()
        do {
            book.finishOpening(try await ledger.fill(tally, at: now))
        } catch {
            book.abandonOpening()
            throw error
        }
    }

    // MARK: Checking

    /// One account beside the ledger.
    public struct Check: Sendable {
        /// Which budget.
        public let budget: Budget
        /// Its period.
        public let window: BudgetWindow
        /// Whose account; nil for the one that all share.
        public let subject: String?
        /// What it says.
        public let account: BudgetAccount
        /// What the ledger's rows add up to.
        public let ledger: Money
        /// The ledger's sum less the account, as far as calls that end just now do not explain it.
        public let drift: Money
    }

    /// Adds up the ledger's rows for some budgets, or all, and compares every account with them.
    public func check(_ ids: Set<Identifier>? = nil) async throws -> [Check] {
        var checks: [Check] = []
        // While requests end, account and rows cannot be read at one moment: try for one in which they agree.
        for _ in 0..<5 {
            let moment = clock()
            let budgets = book.budgets.filter { ids?.contains($0.id) ?? true }
            let before = accounts(of: budgets, at: moment)
            await flush()
            let tally = try await ledger.add(to: BudgetTally(budgets, at: moment))
            let after = accounts(of: budgets, at: moment)
            checks = tally.sums().filter { $0.window.contains(moment) }.flatMap { sums in
                compare(sums, before: before[sums.budget.id], after: after[sums.budget.id])
            }
            if checks.allSatisfy({ $0.drift == .zero }) { break }
        }
        return checks
    }

    private func accounts(of budgets: [Budget], at moment: Timestamp) -> [Identifier: [String?: BudgetAccount]] {
        var found: [Identifier: [String?: BudgetAccount]] = [:]
        for budget in budgets {
            guard let accounts = book.accounts(of: budget.id, at: moment), accounts.isOpen else { continue }
            found[budget.id] = Dictionary(accounts.accounts.map { ($0.subject, $0.account) }) { first, _ in first }
        }
        return found
    }

    private func compare(
        _ sums: BudgetTally.Sums, before: [String?: BudgetAccount]?, after: [String?: BudgetAccount]?
    ) -> [Check] {
        guard let before, let after else { return [] }
        return Set(after.keys).union(sums.bySubject.keys).map { subject in
            let least = before[subject]?.spend ?? .zero
            let account = after[subject] ?? BudgetAccount()
            let booked = sums.bySubject[subject, default: .zero]
            // What was spent before was booked before; what is booked is spent, or held by a call that ends just now.
            let most = account.spend == least && account.held == .zero ? account.spend : account.committed
            let drift = booked < least ? booked - least : booked > most ? booked - most : .zero
            return Check(
                budget: sums.budget, window: sums.window, subject: subject, account: account, ledger: booked,
                drift: drift)
        }
    }
}
