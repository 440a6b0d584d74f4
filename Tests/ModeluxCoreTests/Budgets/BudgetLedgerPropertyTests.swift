import ModeluxCore
import Testing

/// Random interleavings of everything that can happen to a ledger, beside a list of what was booked.
@Suite struct BudgetLedgerPropertyTests {
    @Test func `caps hold and accounts equal the booked rows, in 100,000 random steps`() throws {
        for seed in 1...UInt64(20) {
            var world = World(seed: seed)
            for step in 0..<5_000 {
                world.step()
                if step % 20 == 0, let fault = world.fault {
                    Issue.record("seed \(seed), step \(step): \(fault)")
                    break
                }
            }
        }
    }

    /// A gateway, a ledger file and a clock, as far as money is concerned.
    private struct World {
        var generator: SeededGenerator
        var now = BudgetLedgerTests.start
        var ledger = BudgetLedger()
        var rows: [Row] = []
        var running: [(id: RequestID, createdAt: Timestamp, subjects: BudgetSubjects, hold: Int64)] = []
        var budgets: [Budget]
        var opening: BudgetTally?
        var number: UInt64 = 0

        struct Row {
            let id: RequestID
            let createdAt: Timestamp
            let subjects: BudgetSubjects
            let provider: Identifier
            let cost: Money
        }

        init(seed: UInt64) {
            generator = SeededGenerator(seed: seed)
            budgets = [
                BudgetLedgerTests.budget("day", cap: 5_000),
                BudgetLedgerTests.budget("user", BudgetScope(.endUser), cap: 1_500, isPerSubject: true),
                BudgetLedgerTests.budget("a", BudgetScope(.provider, subject: "prov_a"), cap: 3_000),
                BudgetLedgerTests.budget(
                    "week", cap: 12_000, schedule: BudgetSchedule(.weekly, timeZone: "Europe/Berlin") ?? .daily),
            ]
            ledger.configure(budgets, at: now)
            open()
            open()
        }

        mutating func step() {
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<40: reserve()
            case 40..<75: settle()
            case 75..<82: release()
            case 82..<92: now = now.advanced(byMicroseconds: .random(in: 0...1_800_000_000, using: &generator))
            // A look-up takes less than an hour: no clock is set back by more while one is under way.
            case 92 where opening == nil:
                now = now.advanced(byMicroseconds: -.random(in: 0...7_200_000_000, using: &generator))
            case 93: restart()
            case 94: replaceBudget()
            case 95..<98: raise()
            default: open()
            }
        }

        private mutating func reserve() {
            number += 1
            let id = BudgetLedgerTests.operation(number)
            let user = ["ada", "bob", nil].randomElement(using: &generator).flatMap { $0 }
            let subjects = BudgetSubjects(projectID: Identifier("proj_a"), keyID: nil, endUser: user)
            let hold = Int64.random(in: 0...400, using: &generator)
            let verdict = ledger.reserve(id, for: subjects, demand: demand(hold), at: now)
            if verdict.outcome == .admitted { running.append((id, now, subjects, hold)) }
        }

        private mutating func raise() {
            guard let index = running.indices.randomElement(using: &generator) else { return }
            let hold = running[index].hold + .random(in: 0...200, using: &generator)
            if ledger.raise(running[index].id, to: demand(hold)) == nil { running[index].hold = hold }
        }

        /// At provider a alone or at both, so that each may take the whole.
        private func demand(_ hold: Int64) -> BudgetDemand {
            var demand = BudgetLedgerTests.demand(hold)
            demand.cover(Money(nanoUSD: hold), at: Identifier("prov_b"))
            return demand
        }

        private mutating func settle() {
            guard let index = running.indices.randomElement(using: &generator) else { return }
            let ended = running.remove(at: index)
            let provider = Identifier(Bool.random(using: &generator) ? "prov_a" : "prov_b")
            let cost = Money(nanoUSD: .random(in: 0...ended.hold, using: &generator))
            // Booked first, as the gateway does.
            rows.append(
                Row(
                    id: ended.id, createdAt: ended.createdAt, subjects: ended.subjects, provider: provider, cost: cost))
            _ = ledger.settle(ended.id, charges: [(provider, cost)])
        }

        private mutating func release() {
            guard let index = running.indices.randomElement(using: &generator) else { return }
            ledger.release(running.remove(at: index).id)
        }

        /// Everything in memory is gone; operations under way are booked at what was held.
        private mutating func restart() {
            for operation in running {
                rows.append(
                    Row(
                        id: operation.id, createdAt: operation.createdAt, subjects: operation.subjects,
                        provider: Identifier("prov_a"), cost: Money(nanoUSD: operation.hold)))
            }
            running = []
            opening = nil
            ledger = BudgetLedger()
            ledger.configure(budgets, at: now)
            open()
            open()
        }

        /// Another cap leaves the accounts; another time zone opens new ones.
        private mutating func replaceBudget() {
            let zone = ["UTC", "Asia/Tokyo"].randomElement(using: &generator) ?? "UTC"
            budgets[0] = BudgetLedgerTests.budget(
                "day", cap: 5_000, schedule: BudgetSchedule(.daily, timeZone: zone) ?? .daily)
            ledger.configure(budgets, at: now)
        }

        /// Begins a look-up, or ends the one that is under way: rows come in between.
        private mutating func open() {
            guard var tally = opening else {
                opening = ledger.beginOpening(at: now)
                return
            }
            for row in rows {
                tally.add(row.id, at: row.createdAt, for: row.subjects, providerID: row.provider, cost: row.cost)
            }
            _ = ledger.finishOpening(tally)
            opening = nil
        }

        /// What is wrong, if anything is.
        var fault: String? {
            var ledger = ledger
            var tally = BudgetTally(budgets, at: now)
            for row in rows {
                tally.add(row.id, at: row.createdAt, for: row.subjects, providerID: row.provider, cost: row.cost)
            }
            for sums in tally.sums() where sums.window.contains(now) {
                guard let found = ledger.accounts(of: sums.budget.id, at: now) else { return "no \(sums.budget.name)" }
                // A budget whose accounts are not open yet cannot know what was spent before.
                guard found.isOpen else { continue }
                for (subject, account) in found.accounts {
                    let booked = sums.bySubject[subject, default: .zero]
                    guard account.spend == booked else {
                        return "\(sums.budget.name) \(subject ?? ""): \(account.spend) here, \(booked) in the ledger"
                    }
                    // The first budget changes its periods on the way, so that what was admitted before counts too.
                    if sums.budget !== budgets[0], account.committed > sums.budget.cap {
                        return "\(sums.budget.name) \(subject ?? ""): \(account.committed) of \(sums.budget.cap)"
                    }
                }
            }
            return nil
        }
    }
}
