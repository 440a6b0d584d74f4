import ModeluxCore
import Testing

@Suite struct BudgetLedgerTests {
    static let start = Timestamp(microseconds: 1_777_593_600_000_000)  // 2026-05-01T00:00:00Z
    static let provider = Identifier("prov_a")
    static let subjects = BudgetSubjects(projectID: Identifier("proj_a"), keyID: Identifier("key_a"))

    static func budget(
        _ id: String, _ scope: BudgetScope = .organization, cap: Int64 = 100, schedule: BudgetSchedule = .daily,
        action: Budget.Action = .block, isPerSubject: Bool = false, resetAt: Timestamp? = nil
    ) -> Budget {
        Budget(
            id: Identifier("bud_" + id), name: id, scope: scope, cap: Money(nanoUSD: cap), schedule: schedule,
            action: action, isPerSubject: isPerSubject, resetAt: resetAt)
    }

    static func ledger(_ budgets: Budget..., at moment: Timestamp = start) -> BudgetLedger {
        var ledger = BudgetLedger()
        ledger.configure(budgets, at: moment)
        if let tally = ledger.beginOpening(at: moment) { _ = ledger.finishOpening(tally) }
        return ledger
    }

    static func operation(_ number: UInt64) -> RequestID { RequestID(high: number, low: number) }

    static func demand(_ amount: Int64, at provider: Identifier = provider) -> BudgetDemand {
        BudgetDemand(Money(nanoUSD: amount), at: provider)
    }

    static func charge(_ amount: Int64, at provider: Identifier = provider) -> [(providerID: Identifier, cost: Money)] {
        [(provider, Money(nanoUSD: amount))]
    }

    private func tagged(_ value: String, user: String? = nil, config: String? = nil) throws -> BudgetSubjects {
        var tags = Tags()
        try tags.set("team", to: value)
        return BudgetSubjects(
            projectID: Identifier("proj_a"), keyID: Identifier("key_a"), endUser: user, tags: tags, config: config)
    }

    private func account(
        _ ledger: inout BudgetLedger, _ id: String, _ subject: String? = nil, at moment: Timestamp = start
    ) -> (spend: Int64, held: Int64) {
        let accounts = ledger.accounts(of: Identifier("bud_" + id), at: moment)?.accounts ?? []
        let account = accounts.first { $0.subject == subject }?.account ?? BudgetAccount()
        return (account.spend.nanoUSD, account.held.nanoUSD)
    }

    @Test func `a hold counts until it is settled, and then what it cost`() {
        var ledger = Self.ledger(Self.budget("a"))
        let one = ledger.reserve(Self.operation(1), for: Self.subjects, demand: Self.demand(60), at: Self.start)
        #expect(one.outcome == .admitted)
        #expect(one.standings.first?.held.nanoUSD == 60)
        guard
            case .blocked(let standing, let mayClear) = ledger.reserve(
                Self.operation(2), for: Self.subjects, demand: Self.demand(41), at: Self.start
            ).outcome
        else { return #expect(Bool(false)) }
        #expect(mayClear && standing.isEnforced && standing.spend == .zero && standing.remaining.nanoUSD == 40)
        _ = ledger.settle(Self.operation(1), charges: Self.charge(10))
        #expect(account(&ledger, "a") == (10, 0))
        let two = ledger.reserve(Self.operation(2), for: Self.subjects, demand: Self.demand(90), at: Self.start)
        #expect(two.outcome == .admitted)
        _ = ledger.settle(Self.operation(2), charges: Self.charge(90))
        guard
            case .blocked(_, mayClear: false) = ledger.reserve(
                Self.operation(3), for: Self.subjects, demand: Self.demand(1), at: Self.start
            ).outcome
        else { return #expect(Bool(false)) }
        // What costs nothing passes a cap that is reached.
        let free = ledger.reserve(Self.operation(4), for: Self.subjects, demand: Self.demand(0), at: Self.start)
        #expect(free.outcome == .admitted)
    }

    @Test func `a hold ends once, whatever comes twice`() {
        var ledger = Self.ledger(Self.budget("a"))
        _ = ledger.reserve(Self.operation(1), for: Self.subjects, demand: Self.demand(60), at: Self.start)
        _ = ledger.settle(Self.operation(1), charges: Self.charge(10))
        _ = ledger.settle(Self.operation(1), charges: Self.charge(10))
        ledger.release(Self.operation(1))
        ledger.strand(Self.operation(1), begun: Self.charge(60))
        #expect(account(&ledger, "a") == (10, 0))
        #expect(ledger.operationCount == 0)
    }

    @Test func `several budgets admit all together or not at all`() {
        var ledger = Self.ledger(
            Self.budget("wide"), Self.budget("narrow", BudgetScope(.key, subject: "key_a"), cap: 10),
            Self.budget("other", BudgetScope(.key, subject: "key_b"), cap: 1))
        let verdict = ledger.reserve(Self.operation(1), for: Self.subjects, demand: Self.demand(11), at: Self.start)
        guard case .blocked(let standing, _) = verdict.outcome else { return #expect(Bool(false)) }
        #expect(standing.budget.name == "narrow")
        #expect(account(&ledger, "wide") == (0, 0))
        #expect(ledger.operationCount == 0)
        _ = ledger.reserve(Self.operation(2), for: Self.subjects, demand: Self.demand(9), at: Self.start)
        #expect(account(&ledger, "wide") == (0, 9) && account(&ledger, "narrow") == (0, 9))
        #expect(account(&ledger, "other") == (0, 0))
    }

    @Test func `every scope finds its requests and no others`() throws {
        let scopes: [(String, BudgetScope)] = [
            ("organization", .organization), ("project", BudgetScope(.project, subject: "proj_a")),
            ("key", BudgetScope(.key, subject: "key_a")), ("user", BudgetScope(.endUser, subject: "ada")),
            ("tag", BudgetScope(.tag, tagKey: "team", subject: "ml")),
            ("config", BudgetScope(.config, subject: "proj_a/fast")),
            ("provider", BudgetScope(.provider, subject: "prov_a")),
        ]
        let misses: [BudgetScope] = [
            BudgetScope(.project, subject: "proj_b"), BudgetScope(.key, subject: "key_b"),
            BudgetScope(.endUser, subject: "bob"), BudgetScope(.tag, tagKey: "team", subject: "web"),
            BudgetScope(.tag, tagKey: "env", subject: "ml"), BudgetScope(.config, subject: "proj_b/fast"),
            BudgetScope(.provider, subject: "prov_b"),
        ]
        var ledger = BudgetLedger()
        ledger.configure(
            scopes.map { Self.budget($0.0, $0.1) }
                + misses.enumerated().map { Self.budget("miss\($0.offset)", $0.element, cap: 0) }, at: Self.start)
        let subjects = try tagged("ml", user: "ada", config: "fast")
        let verdict = ledger.reserve(Self.operation(1), for: subjects, demand: Self.demand(5), at: Self.start)
        #expect(verdict.outcome == .admitted)
        #expect(Set(verdict.standings.map(\.budget.name)) == Set(scopes.map(\.0)))
        _ = ledger.settle(Self.operation(1), charges: Self.charge(4))
        for (name, _) in scopes { #expect(account(&ledger, name) == (4, 0)) }
    }

    @Test func `each subject has the whole cap, from its first request on`() throws {
        var ledger = Self.ledger(
            Self.budget("each", BudgetScope(.tag, tagKey: "team"), cap: 10, isPerSubject: true),
            Self.budget("all", BudgetScope(.tag, tagKey: "team"), cap: 25))
        for (number, team) in ["ml", "web"].enumerated() {
            let subjects = try tagged(team)
            let verdict = ledger.reserve(
                Self.operation(UInt64(number)), for: subjects, demand: Self.demand(10), at: Self.start)
            #expect(verdict.outcome == .admitted)
            let more = ledger.reserve(
                Self.operation(UInt64(number) + 10), for: subjects, demand: Self.demand(1), at: Self.start)
            guard case .blocked(let standing, _) = more.outcome else { return #expect(Bool(false)) }
            #expect(standing.subject == team)
        }
        #expect(account(&ledger, "each", "ml") == (0, 10))
        guard
            case .blocked(let standing, _) = ledger.reserve(
                Self.operation(5), for: try tagged("ops"), demand: Self.demand(6), at: Self.start
            ).outcome
        else { return #expect(Bool(false)) }
        #expect(standing.budget.name == "all")
    }

    @Test func `a provider's budget counts that provider's calls`() {
        let other = Identifier("prov_b")
        var ledger = Self.ledger(
            Self.budget("a", BudgetScope(.provider, subject: "prov_a"), cap: 50),
            Self.budget("each", BudgetScope(.provider), cap: 70, isPerSubject: true))
        var demand = Self.demand(40)
        demand.cover(Money(nanoUSD: 60), at: other)
        #expect(demand.total.nanoUSD == 60)
        let verdict = ledger.reserve(Self.operation(1), for: Self.subjects, demand: demand, at: Self.start)
        #expect(verdict.outcome == .admitted)
        #expect(account(&ledger, "a") == (0, 40) && account(&ledger, "each", "prov_b") == (0, 60))
        _ = ledger.settle(Self.operation(1), charges: Self.charge(7) + Self.charge(5, at: other))
        #expect(account(&ledger, "a") == (7, 0))
        #expect(account(&ledger, "each", "prov_a") == (7, 0) && account(&ledger, "each", "prov_b") == (5, 0))
        // A provider that no plan named is charged all the same.
        _ = ledger.reserve(Self.operation(2), for: Self.subjects, demand: Self.demand(1, at: other), at: Self.start)
        _ = ledger.settle(Self.operation(2), charges: Self.charge(3))
        #expect(account(&ledger, "a") == (10, 0) && account(&ledger, "each", "prov_b") == (5, 0))
    }

    @Test func `a period begins with nothing, and what began before it belongs to the last one`() {
        var ledger = Self.ledger(Self.budget("a"))
        let next = Self.start.advanced(byMicroseconds: 86_400_000_000)
        _ = ledger.reserve(Self.operation(1), for: Self.subjects, demand: Self.demand(60), at: Self.start)
        let verdict = ledger.reserve(Self.operation(2), for: Self.subjects, demand: Self.demand(100), at: next)
        #expect(verdict.outcome == .admitted)
        _ = ledger.settle(Self.operation(1), charges: Self.charge(50))
        #expect(account(&ledger, "a", at: next) == (0, 100))
        // A clock that is set back finds the old period as it was: nothing is reset twice.
        #expect(account(&ledger, "a") == (50, 0))
        let back = ledger.reserve(Self.operation(3), for: Self.subjects, demand: Self.demand(51), at: Self.start)
        guard case .blocked = back.outcome else { return #expect(Bool(false)) }
        #expect(account(&ledger, "a", at: next) == (0, 100))
    }

    @Test func `a reset by hand begins a period of its own`() {
        let noon = Self.start.advanced(byMicroseconds: 43_200_000_000)
        var ledger = Self.ledger(Self.budget("a"))
        _ = ledger.reserve(Self.operation(1), for: Self.subjects, demand: Self.demand(60), at: Self.start)
        _ = ledger.settle(Self.operation(1), charges: Self.charge(60))
        _ = ledger.reserve(Self.operation(2), for: Self.subjects, demand: Self.demand(30), at: Self.start)
        ledger.configure([Self.budget("a", resetAt: noon)], at: noon)
        if let tally = ledger.beginOpening(at: noon) { _ = ledger.finishOpening(tally) }
        _ = ledger.settle(Self.operation(2), charges: Self.charge(30))
        #expect(account(&ledger, "a", at: noon) == (0, 0))
        let verdict = ledger.reserve(Self.operation(3), for: Self.subjects, demand: Self.demand(100), at: noon)
        #expect(verdict.outcome == .admitted)
    }

    @Test func `a downgrade is asked for once, and then only counts`() {
        var ledger = Self.ledger(Self.budget("soft", cap: 50, action: .downgrade), Self.budget("hard", cap: 80))
        let dear = ledger.reserve(Self.operation(1), for: Self.subjects, demand: Self.demand(60), at: Self.start)
        guard case .downgrade(let standing) = dear.outcome else { return #expect(Bool(false)) }
        #expect(standing.budget.name == "soft" && ledger.operationCount == 0)
        let cheap = ledger.reserve(
            Self.operation(1), for: Self.subjects, demand: Self.demand(60), at: Self.start, mayDowngrade: false)
        #expect(cheap.outcome == .admitted)
        #expect(cheap.standings.filter(\.isEnforced).map(\.budget.name) == ["soft"])
        // A cap that blocks is stronger than one that wants to go elsewhere.
        guard
            case .blocked = ledger.reserve(
                Self.operation(2), for: Self.subjects, demand: Self.demand(60), at: Self.start
            ).outcome
        else { return #expect(Bool(false)) }
    }

    @Test func `a warning passes and says so`() {
        var ledger = Self.ledger(Self.budget("soft", cap: 5, action: .warnOnly))
        let verdict = ledger.reserve(Self.operation(1), for: Self.subjects, demand: Self.demand(60), at: Self.start)
        #expect(verdict.outcome == .admitted && verdict.standings.first?.isEnforced == true)
        #expect(verdict.notices.map(\.type) == [.budgetExceeded])
    }

    @Test func `a hold is raised before another call, or nothing changes`() {
        let other = Identifier("prov_b")
        var ledger = Self.ledger(
            Self.budget("all"), Self.budget("b", BudgetScope(.provider, subject: "prov_b"), cap: 30))
        _ = ledger.reserve(Self.operation(1), for: Self.subjects, demand: Self.demand(40), at: Self.start)
        var demand = Self.demand(40)
        demand.add(Money(nanoUSD: 31), at: other)
        #expect(ledger.raise(Self.operation(1), to: demand)?.budget.name == "b")
        #expect(account(&ledger, "all") == (0, 40) && account(&ledger, "b") == (0, 0))
        demand = Self.demand(40)
        demand.add(Money(nanoUSD: 30), at: other)
        #expect(ledger.raise(Self.operation(1), to: demand) == nil)
        #expect(account(&ledger, "all") == (0, 70) && account(&ledger, "b") == (0, 30))
        #expect(ledger.raise(Self.operation(1), to: Self.demand(1)) == nil)
        #expect(account(&ledger, "all") == (0, 70))
        _ = ledger.settle(Self.operation(1), charges: Self.charge(12, at: other))
        #expect(account(&ledger, "all") == (12, 0) && account(&ledger, "b") == (12, 0))
    }

    @Test func `what could not be booked stays held`() {
        var ledger = Self.ledger(Self.budget("a"))
        _ = ledger.reserve(Self.operation(1), for: Self.subjects, demand: Self.demand(60), at: Self.start)
        ledger.strand(Self.operation(1), begun: Self.charge(25))
        #expect(account(&ledger, "a") == (0, 25))
        #expect(ledger.operationCount == 0)
    }

    @Test func `thresholds and the cap are told once in a period`() {
        var ledger = Self.ledger(Self.budget("a"))
        var told: [String] = []
        func spend(_ number: UInt64, _ amount: Int64, at moment: Timestamp = Self.start) {
            let verdict = ledger.reserve(
                Self.operation(number), for: Self.subjects, demand: Self.demand(amount), at: moment)
            let settled = ledger.settle(Self.operation(number), charges: Self.charge(amount))
            told += (verdict.notices + settled.notices).map { $0.threshold?.text ?? "cap" }
        }
        spend(1, 49)
        #expect(told.isEmpty)
        spend(2, 31)
        #expect(told == ["0.5", "0.8"])
        spend(3, 20)
        #expect(told == ["0.5", "0.8", "1", "cap"])
        spend(4, 1)
        #expect(told.count == 4)
        spend(5, 90, at: Self.start.advanced(byMicroseconds: 86_400_000_000))
        #expect(told == ["0.5", "0.8", "1", "cap", "0.5", "0.8"])
    }

    @Test func `a notice reads as an event's particulars`() throws {
        var ledger = Self.ledger(Self.budget("team-ml", BudgetScope(.tag, tagKey: "team", subject: "ml"), cap: 0))
        let verdict = ledger.reserve(
            Self.operation(1), for: try tagged("ml"), demand: Self.demand(1), at: Self.start)
        #expect(
            verdict.notices.first?.data
                == #"{"budget_id":"bud_team-ml","name":"team-ml","scope":{"type":"tag","key":"team","value":"ml"},"#
                + #""subject":null,"threshold":null,"spend_usd":0,"held_usd":0,"cap_usd":0,"period":"daily","#
                + #""period_started_at":"2026-05-01T00:00:00Z","period_resets_at":"2026-05-02T00:00:00Z","#
                + #""action":"block"}"#)
    }

    @Test func `a budget made while requests run counts them, and what was before them`() {
        var ledger = Self.ledger()
        _ = ledger.reserve(Self.operation(1), for: Self.subjects, demand: Self.demand(60), at: Self.start)
        ledger.configure([Self.budget("a")], at: Self.start)
        guard var tally = ledger.beginOpening(at: Self.start) else { return #expect(Bool(false)) }
        _ = ledger.reserve(Self.operation(2), for: Self.subjects, demand: Self.demand(5), at: Self.start)
        _ = ledger.settle(Self.operation(2), charges: Self.charge(4))
        _ = ledger.settle(Self.operation(1), charges: Self.charge(30))
        // The file had the operations of long ago, and those that ended while it was read.
        for (number, cost) in [(9, 20), (1, 30), (2, 4)] as [(UInt64, Int64)] {
            tally.add(
                Self.operation(number), at: Self.start, for: Self.subjects, providerID: Self.provider,
                cost: Money(nanoUSD: cost))
        }
        let notices = ledger.finishOpening(tally)
        #expect(account(&ledger, "a") == (54, 0))
        #expect(notices.map { $0.threshold?.text } == ["0.5"])
    }

    @Test func `a budget that goes on keeps its accounts; one that is gone holds nothing`() {
        var ledger = Self.ledger(Self.budget("a"), Self.budget("b"))
        _ = ledger.reserve(Self.operation(1), for: Self.subjects, demand: Self.demand(60), at: Self.start)
        ledger.configure([Self.budget("a", cap: 70)], at: Self.start)
        #expect(ledger.beginOpening(at: Self.start) == nil)
        guard
            case .blocked = ledger.reserve(
                Self.operation(2), for: Self.subjects, demand: Self.demand(11), at: Self.start
            ).outcome
        else { return #expect(Bool(false)) }
        _ = ledger.settle(Self.operation(1), charges: Self.charge(60))
        #expect(account(&ledger, "a") == (60, 0))
        #expect(ledger.accounts(of: Identifier("bud_b"), at: Self.start) == nil)
    }

    @Test func `amounts at the end of the range never trap and never admit`() {
        var ledger = Self.ledger(Self.budget("a", cap: .max - 1))
        _ = ledger.reserve(Self.operation(1), for: Self.subjects, demand: Self.demand(.max - 1), at: Self.start)
        guard
            case .blocked = ledger.reserve(
                Self.operation(2), for: Self.subjects, demand: Self.demand(.max), at: Self.start
            ).outcome
        else { return #expect(Bool(false)) }
    }
}
