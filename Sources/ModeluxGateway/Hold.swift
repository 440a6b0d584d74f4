import ModeluxCore
import ModeluxHTTP

/// What an operation holds of its caller's limits until it ends, and where those limits stand.
struct Hold {
    /// What it has taken of its key's limits.
    var share: RateLimiters.Share?
    /// Where the key stands, for the answer's headers.
    var rates: RateStanding?
    /// The worst case that is held in the budgets; nil when nothing is.
    var demand: BudgetDemand?
    /// The budget that the answer's headers tell of.
    var budget: BudgetStanding?
    /// Calls that were begun.
    var begun: [Call] = []
    /// What all members of an ensemble hold together; nil where calls follow each other.
    var shared: SharedHold?

    /// A call that was begun.
    struct Call {
        /// The attempt's number.
        let number: Int
        /// Where it went.
        let providerID: Identifier
        /// What its intent holds.
        let cost: Money
    }

    /// Takes over where the budgets stand, unless one that stood in the way has been noted.
    mutating func note(_ standings: [BudgetStanding]) {
        guard budget?.isEnforced != true else { return }
        budget = BudgetStanding.tightest(of: standings)
    }

    /// Takes over where the noted budget stands after the operation has been booked.
    mutating func refresh(_ standings: [BudgetStanding]) {
        guard let known = budget else { return }
        let now = standings.first { $0.budget === known.budget && $0.subject == known.subject }
        if let now { budget = now.enforced(known.isEnforced) }
    }

    /// Adds the headers that tell of limits and budget.
    func add(to headers: inout HeaderBlock) {
        rates?.add(to: &headers)
        guard let budget else { return }
        headers.add("x-modelux-budget-name", Hold.printable(budget.budget.name))
        headers.add("x-modelux-budget-remaining", budget.remaining.fourDecimalsText)
        headers.add("x-modelux-budget-action", budget.budget.action.rawValue)
        if budget.isEnforced, let reset = budget.window.reset {
            headers.add("x-modelux-budget-reset", reset.iso8601Seconds)
        }
    }

    /// A name for a header: what a header may not hold shows as a question mark.
    private static func printable(_ name: String) -> String {
        String(name.unicodeScalars.map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" })
    }
}

/// What the members of an ensemble hold together, so that one that calls again does not spend what another one holds.
///
/// `@unchecked Sendable`: all members run on the event loop of the caller's connection, and nothing else reaches it.
final class SharedHold: @unchecked Sendable {
    /// The worst case that is held in the budgets.
    var demand: BudgetDemand
    /// Calls that were begun, by number: what each has cost, or may still cost.
    private(set) var calls: [Int: (providerID: Identifier, cost: Money)] = [:]

    /// Begins with what is held already.
    init(_ demand: BudgetDemand) {
        self.demand = demand
    }

    /// Notes what a call costs, or may cost.
    func note(_ number: Int, _ providerID: Identifier, _ cost: Money) { calls[number] = (providerID, cost) }
}
