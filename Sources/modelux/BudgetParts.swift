import Logging
import ModeluxAdmin
import ModeluxCore
import ModeluxGateway
import ModeluxStore

/// The parts that keep caps: the accounts that requests are admitted by, what opens and checks them, and what tells of
/// them.
struct BudgetParts: Sendable {
    /// The accounts.
    let book: BudgetBook
    /// Opens and checks them.
    let keeper: BudgetKeeper
    /// Tells of them.
    let service: BudgetEventService

    /// Joins them and opens the accounts of all budgets; the journal must have been replayed.
    /// - Throws: what reading the ledger throws.
    init(
        control: ControlStore, pipeline: RecordPipeline, ledger: LedgerQuery, logger: Logger
    ) throws {
        let clock = OperationClock.system().wall
        let notices = BudgetNotices(clock: clock)
        let book = BudgetBook { notices.offer($0) }
        let keeper = BudgetKeeper(book: book, ledger: ledger, flush: { await pipeline.flush() }, clock: clock)
        service = BudgetEventService(notices: notices, control: control, logger: logger)
        self.book = book
        self.keeper = keeper
        control.onChange { book.configure($0.budgets, at: clock()) }
        try keeper.openNow()
        // From now on new budgets come while requests run. Whoever made them waits; this is for all other ways.
        control.onChange { _ in
            Task {
                do { try await keeper.open() } catch {
                    logger.error("a budget's earlier spending is not known", metadata: ["reason": "\(error)"])
                }
            }
        }
    }
}
