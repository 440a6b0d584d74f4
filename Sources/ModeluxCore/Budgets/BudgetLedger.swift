/// Every budget's accounts: what is spent, what is held, and for which operations. The value behind one lock.
///
/// A hold belongs to an operation and dies with it: `settle`, `release` or `strand` end it, once, whatever comes
/// twice. Every function costs time in the number of budgets that cover the request, not in the number that exist.
public struct BudgetLedger: Sendable {
    /// Those of budgets that are gone stay, so that positions stay; nothing finds them any more.
    private var slots: [BudgetSlot] = []
    private var slotByID: [Identifier: Int] = [:]
    private var index = BudgetIndex()
    private var operations: [RequestID: Operation] = [:]
    private var opening: Opening?

    /// An operation under way.
    private struct Operation: Sendable {
        let subjects: BudgetSubjects
        let createdAt: Timestamp
        var lines: [Line]
    }

    /// What an operation holds of one account.
    private struct Line: Sendable {
        let slot: Int
        let subject: String?
        let provider: String?
        let start: Timestamp
        var amount: Money
    }

    /// Budgets whose earlier spending is being looked up.
    private struct Opening: Sendable {
        let slots: [Int]
        /// Operations that the look-up must leave out: they are, or will be, counted here.
        var counted: Set<RequestID>
    }

    /// Makes a ledger without budgets.
    public init() {}

    /// Whether there are no budgets.
    public var isEmpty: Bool { index.isEmpty }

    /// Operations under way.
    public var operationCount: Int { operations.count }

    // MARK: Operations

    /// Holds the worst case of an operation in every account that covers it, or in none.
    /// - Parameters:
    ///   - operation: Whose hold.
    ///   - subjects: Whose request.
    ///   - demand: What it may cost at most.
    ///   - moment: When the operation began: it belongs to the periods of that moment.
    ///   - mayDowngrade: Whether it can still be sent elsewhere; else such budgets only count.
    /// - Returns: Whether it may pass, and where the budgets stand.
    public mutating func reserve(
        _ operation: RequestID, for subjects: BudgetSubjects, demand: BudgetDemand, at moment: Timestamp,
        mayDowngrade: Bool = true
    ) -> BudgetVerdict {
        var lines = makeLines(index.matches(subjects, providers: demand.providers), demand: demand, at: moment)
        if let refusal = refusal(of: lines, mayDowngrade: mayDowngrade) { return refusal }
        var standings: [BudgetStanding] = []
        standings.reserveCapacity(lines.count)
        var notices: [BudgetNotice] = []
        for line in lines {
            let (account, isEnforced) = slots[line.slot].hold(line.amount, for: line.subject)
            standings.append(slots[line.slot].standing(of: line.subject, account, isEnforced: isEnforced))
            if isEnforced { tellExceeded(line, into: &notices) }
        }
        if var earlier = operations[operation] {
            // The same operation again, sent elsewhere: its holds add up until it ends.
            earlier.lines += lines
            swap(&lines, &earlier.lines)
        }
        operations[operation] = Operation(subjects: subjects, createdAt: moment, lines: lines)
        opening?.counted.insert(operation)
        return BudgetVerdict(outcome: .admitted, standings: standings, notices: notices)
    }

    /// Raises an operation's hold to a new worst case, before it makes another call; lower ones change nothing.
    /// - Returns: The budget that has no room for it, if one has not: then nothing has changed.
    public mutating func raise(_ operation: RequestID, to demand: BudgetDemand) -> BudgetStanding? {
        guard var entry = operations[operation] else { return nil }
        let known = entry.lines.map(\.slot)
        var lines = entry.lines
        // Providers that were not in the first plan.
        for match in index.matches(entry.subjects, providers: demand.providers) where match.provider != nil {
            let isKnown = lines.contains { $0.slot == match.slot && $0.provider == match.provider }
            if !isKnown {
                lines += makeLines([match], demand: .nothing, at: entry.createdAt)
            }
        }
        var changes: [Line] = []
        for index in lines.indices {
            let goal = lines[index].provider.map(demand.amount(at:)) ?? demand.total
            guard goal > lines[index].amount else { continue }
            var change = lines[index]
            change.amount = goal - lines[index].amount
            changes.append(change)
            lines[index].amount = goal
        }
        guard !changes.isEmpty || lines.count > known.count else { return nil }
        if case .blocked(let standing, _) = refusal(of: changes, mayDowngrade: false)?.outcome { return standing }
        for change in changes {
            slots[change.slot].change(change.subject, from: change.start) { $0.held += change.amount }
        }
        entry.lines = lines
        operations[operation] = entry
        return nil
    }

    /// Ends an operation's hold and books what it cost; an operation that has no hold changes nothing.
    /// - Parameters:
    ///   - operation: Whose hold.
    ///   - charges: Each call's provider and cost.
    /// - Returns: Where the budgets stand, and what is to be told.
    public mutating func settle(
        _ operation: RequestID, charges: [(providerID: Identifier, cost: Money)]
    ) -> (standings: [BudgetStanding], notices: [BudgetNotice]) {
        guard var entry = operations.removeValue(forKey: operation), !isEmpty else { return ([], []) }
        addProviders(charges.map(\.providerID), to: &entry)
        let total = charges.reduce(Money.zero) { $0 + $1.cost }
        var standings: [BudgetStanding] = []
        standings.reserveCapacity(entry.lines.count)
        var notices: [BudgetNotice] = []
        for (position, line) in entry.lines.enumerated() {
            // An operation that was sent elsewhere holds twice of an account, and is booked once.
            let isFirst =
                entry.lines.count < 2
                || !entry.lines[..<position].contains {
                    $0.slot == line.slot && $0.subject == line.subject && $0.provider == line.provider
                }
            let cost: Money =
                if !isFirst {
                    .zero
                } else if let provider = line.provider {
                    charges.reduce(.zero) { $1.providerID.text == provider ? $0 + $1.cost : $0 }
                } else {
                    total
                }
            let account = slots[line.slot].change(line.subject, from: line.start) { account in
                account.held = max(.zero, account.held - line.amount)
                account.spend += cost
                return account
            }
            guard let account, isFirst, slots[line.slot].isLive else { continue }
            if cost > .zero { tell(line, account, into: &notices) }
            standings.append(slots[line.slot].standing(of: line.subject, from: line.start, account, isEnforced: false))
        }
        return (standings, notices)
    }

    /// Books what was spent without a hold, in the periods of a moment.
    public mutating func book(
        _ operation: RequestID, for subjects: BudgetSubjects, charges: [(providerID: Identifier, cost: Money)],
        at moment: Timestamp
    ) -> [BudgetNotice] {
        var demand = BudgetDemand.nothing
        for charge in charges { demand.cover(.zero, at: charge.providerID) }
        _ = reserve(operation, for: subjects, demand: demand, at: moment, mayDowngrade: false)
        return settle(operation, charges: charges).notices
    }

    /// Ends an operation's hold; it cost nothing.
    public mutating func release(_ operation: RequestID) {
        _ = settle(operation, charges: [])
    }

    /// Ends an operation that could not be booked. Its calls stay held, as their intents stay open in the journal: the
    /// next start books them at what was held.
    /// - Parameters:
    ///   - operation: Whose hold.
    ///   - begun: Each call's provider and what its intent held.
    public mutating func strand(_ operation: RequestID, begun: [(providerID: Identifier, cost: Money)]) {
        guard let entry = operations.removeValue(forKey: operation) else { return }
        let total = begun.reduce(Money.zero) { $0 + $1.cost }
        var kept: [Int: Money] = [:]
        for line in entry.lines {
            let goal = line.provider.map { id in
                begun.reduce(Money.zero) { $1.providerID.text == id ? $0 + $1.cost : $0 }
            }
            let remaining = (goal ?? total) - (kept[line.slot] ?? .zero)
            let stays = min(line.amount, max(.zero, remaining))
            kept[line.slot, default: .zero] += stays
            slots[line.slot].change(line.subject, from: line.start) { $0.held = $0.held - line.amount + stays }
        }
    }

    /// Where the budgets that cover a request stand, without changing anything; for rules and dry runs.
    public mutating func standings(
        for subjects: BudgetSubjects, demand: BudgetDemand, at moment: Timestamp
    ) -> [BudgetStanding] {
        makeLines(index.matches(subjects, providers: demand.providers), demand: demand, at: moment).map { line in
            let account = slots[line.slot].account(line.subject)
            return slots[line.slot].standing(
                of: line.subject, account, isEnforced: slots[line.slot].isExceeded(by: line.amount, account))
        }
    }

    /// Whether a cap in dollars that blocks covers a request.
    public func blocks(_ subjects: BudgetSubjects, providers: [BudgetDemand.Share]) -> Bool {
        index.matches(subjects, providers: providers).contains { slots[$0.slot].budget.action == .block }
    }

    // MARK: Parts of them

    private mutating func makeLines(
        _ matches: [BudgetIndex.Match], demand: BudgetDemand, at moment: Timestamp
    ) -> [Line] {
        var lines: [Line] = []
        lines.reserveCapacity(matches.count)
        for match in matches {
            slots[match.slot].turn(to: moment)
            lines.append(
                Line(
                    slot: match.slot, subject: match.subject, provider: match.provider,
                    start: slots[match.slot].start,
                    amount: match.provider.map(demand.amount(at:)) ?? demand.total))
        }
        return lines
    }

    /// Why lines cannot be held; nil when they can. Nothing changes but that a reached cap has been told.
    private mutating func refusal(of lines: [Line], mayDowngrade: Bool) -> BudgetVerdict? {
        var blocked: Int?
        var downgrade: Int?
        var mayClear = true
        for (position, line) in lines.enumerated() where line.amount > .zero {
            let account = slots[line.slot].account(line.subject)
            guard slots[line.slot].isExceeded(by: line.amount, account) else { continue }
            let budget = slots[line.slot].budget
            switch budget.action {
            case .warnOnly: break
            case .downgrade: if mayDowngrade, downgrade == nil { downgrade = position }
            case .block:
                let isFinal = account.spend + line.amount > budget.cap
                if blocked == nil || (isFinal && mayClear) { blocked = position }
                if isFinal { mayClear = false }
            }
        }
        guard let culprit = blocked ?? downgrade else { return nil }
        var notices: [BudgetNotice] = []
        let standings = lines.enumerated().map { position, line in
            slots[line.slot].standing(
                of: line.subject, slots[line.slot].account(line.subject), isEnforced: position == culprit)
        }
        if blocked == nil || !mayClear { tellExceeded(lines[culprit], into: &notices) }
        let shown = standings[culprit]
        return BudgetVerdict(
            outcome: blocked == nil ? .downgrade(shown) : .blocked(shown, mayClear: mayClear), standings: standings,
            notices: notices)
    }

    /// Providers that were called although no plan named them.
    private mutating func addProviders(_ providers: [Identifier], to entry: inout Operation) {
        guard index.looksAtProviders else { return }
        for provider in providers {
            let demand = BudgetDemand(.zero, at: provider)
            for match in index.matches(entry.subjects, providers: demand.providers) where match.provider != nil {
                guard !entry.lines.contains(where: { $0.slot == match.slot && $0.provider == match.provider }) else {
                    continue
                }
                entry.lines += makeLines([match], demand: demand, at: entry.createdAt)
            }
        }
    }

    // MARK: Notices

    private static let toldExceeded: UInt32 = 1 << 31

    private mutating func tellExceeded(_ line: Line, into notices: inout [BudgetNotice]) {
        let account = slots[line.slot].change(line.subject, from: line.start) { account -> BudgetAccount? in
            guard account.told & BudgetLedger.toldExceeded == 0 else { return nil }
            account.told |= BudgetLedger.toldExceeded
            return account
        }
        guard let account = account.flatMap({ $0 }) else { return }
        notices.append(
            BudgetNotice(
                standing: slots[line.slot].standing(of: line.subject, from: line.start, account, isEnforced: true),
                threshold: nil))
    }

    private mutating func tell(_ line: Line, _ account: BudgetAccount, into notices: inout [BudgetNotice]) {
        let budget = slots[line.slot].budget
        var told = account.told
        for (position, amount) in budget.thresholdAmounts.enumerated()
        where told & 1 << position == 0 && account.spend >= amount {
            told |= 1 << position
            notices.append(
                BudgetNotice(
                    standing: slots[line.slot].standing(of: line.subject, from: line.start, account, isEnforced: false),
                    threshold: budget.thresholds[position]))
        }
        if told != account.told { slots[line.slot].change(line.subject, from: line.start) { $0.told = told } }
        if account.spend >= budget.cap { tellExceeded(line, into: &notices) }
    }

    // MARK: Configuration

    /// Takes over the budgets that are in force. Those that keep their accounts go on; new ones, and those whose
    /// subjects or periods changed, begin with what is under way and await their opening.
    public mutating func configure(_ budgets: [Budget], at moment: Timestamp) {
        let live = budgets.filter(\.isEnabled)
        let ids = Set(live.map(\.id))
        for (id, slot) in slotByID where !ids.contains(id) {
            slots[slot].end()
            slotByID[id] = nil
        }
        for budget in live {
            if let slot = slotByID[budget.id] {
                guard !slots[slot].budget.sharesAccounts(with: budget) else {
                    slots[slot].replaceBudget(budget)
                    continue
                }
                slots[slot].end()
            }
            slotByID[budget.id] = slots.count
            slots.append(BudgetSlot(budget, at: moment))
        }
        var index = BudgetIndex()
        for (position, slot) in slots.enumerated() where slot.isLive { index.add(slot.budget, as: position) }
        self.index = index
        adoptOperations()
    }

    /// Lets new budgets know of the operations under way: nothing is held for them, but they will be booked.
    private mutating func adoptOperations() {
        let fresh = Set(
            slots.indices.filter { position in
                slots[position].awaitsOpening && !(opening?.slots.contains(position) ?? false)
            })
        guard !fresh.isEmpty else { return }
        for (id, entry) in operations {
            let matches = index.matches(entry.subjects, providers: []).filter { match in
                fresh.contains(match.slot) && !entry.lines.contains { $0.slot == match.slot }
            }
            guard !matches.isEmpty else { continue }
            let lines = makeLines(matches, demand: .nothing, at: entry.createdAt)
            operations[id]?.lines += lines
        }
    }

    /// Begins the look-up of what new budgets' subjects have spent before; nil when there is nothing to look up, or a
    /// look-up is under way. What was booked before this call must be in the ledger's file before the look-up reads.
    public mutating func beginOpening(at moment: Timestamp) -> BudgetTally? {
        let waiting = slots.indices.filter { slots[$0].awaitsOpening }
        guard opening == nil, !waiting.isEmpty else { return nil }
        for slot in waiting {
            slots[slot].turn(to: moment)
            slots[slot].clearSpend()
        }
        let budgets = waiting.map { slots[$0].budget }
        opening = Opening(slots: waiting, counted: Set(operations.keys))
        return BudgetTally(budgets, at: moment, excluding: Set(operations.keys))
    }

    /// Ends a look-up: adds what it found.
    /// - Returns: What is to be told; some of it may have been told before the program started.
    public mutating func finishOpening(_ tally: BudgetTally) -> [BudgetNotice] {
        guard let opening else { return [] }
        self.opening = nil
        var notices: [BudgetNotice] = []
        for sums in tally.sums(without: opening.counted) {
            guard let slot = slotByID[sums.budget.id], opening.slots.contains(slot) else { continue }
            slots[slot].awaitsOpening = false
            if !sums.bySubject.isEmpty { slots[slot].add(sums.window) }
            for (subject, spend) in sums.bySubject {
                let account = slots[slot].change(subject, from: sums.window.start) { account in
                    account.spend += spend
                    return account
                }
                let line = Line(
                    slot: slot, subject: subject, provider: nil, start: sums.window.start, amount: .zero)
                if let account { tell(line, account, into: &notices) }
            }
        }
        return notices
    }

    /// Gives up a look-up that failed: its budgets wait for the next one.
    public mutating func abandonOpening() { opening = nil }

    // MARK: Looking

    /// The accounts of a budget in the period of a moment; nil when there is no such budget or it is disabled.
    public mutating func accounts(of id: Identifier, at moment: Timestamp) -> BudgetAccounts? {
        guard let slot = slotByID[id] else { return nil }
        slots[slot].turn(to: moment)
        return slots[slot].accounts
    }

    /// The budgets in force.
    public var budgets: [Budget] { slots.filter(\.isLive).map(\.budget) }
}
