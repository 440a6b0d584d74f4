import ModeluxCore
import Testing

@testable import ModeluxStore

struct BudgetStoreTests {
    let folder = ControlFolder()

    private static func draft(_ name: String, _ scope: BudgetDraft.Scope = .init(.organization)) -> BudgetDraft {
        BudgetDraft(name: name, scope: scope, cap: Money(dollars: 5))
    }

    @Test func `a budget comes back as it was made, is published, and every write is audited`() async throws {
        let store = try folder.open()
        let made = try await store.write(as: ControlFolder.admin) { transaction in
            var draft = Self.draft("team-ml", .init(.tag, key: "team", value: "ml"))
            draft.timeZone = "Europe/Berlin"
            draft.resetDay = 15
            draft.thresholds = [Budget.Threshold(millionths: 900_000)]
            draft.alerts = Budget.Alerts(emails: ["ops@example.org"], webhooks: ["whk_a"])
            draft.action = .downgrade
            draft.downgradeTo = "@default"
            return try transaction.budgets.create(draft)
        }
        #expect(made.draft.scope == .init(.tag, key: "team", value: "ml"))
        let live = try #require(store.snapshot.budgets.first)
        #expect(live.id == made.id && live.scope == BudgetScope(.tag, tagKey: "team", subject: "ml"))
        #expect(live.schedule == BudgetSchedule(.monthly, timeZone: "Europe/Berlin", resetDay: 15))
        #expect(live.thresholds.map(\.millionths) == [900_000] && live.alerts.webhooks == ["whk_a"])
        _ = try await store.write(as: ControlFolder.admin) { transaction in
            try transaction.budgets.update("team-ml") { $0.cap = Money(dollars: 7) }
        }
        #expect(store.snapshot.budgets.first?.cap == Money(dollars: 7))
        folder.advance(seconds: 10)
        let reset = try await store.write(as: ControlFolder.admin) { try $0.budgets.reset(made.id.text) }
        #expect(reset.resetAt == folder.now && store.snapshot.budgets.first?.resetAt == folder.now)
        _ = try await store.write(as: ControlFolder.admin) { try $0.budgets.delete("team-ml") }
        #expect(store.snapshot.budgets.isEmpty)
        let actions = try await store.read { try $0.audit.list(limit: 4, before: nil).entries.map(\.action) }
        #expect(actions == ["budget.deleted", "budget.reset", "budget.updated", "budget.created"])
        #expect(try folder.open().snapshot.budgets.isEmpty)
    }

    @Test func `scopes are found by name and kept by id`() async throws {
        let store = try folder.open()
        let made = try await store.write(as: ControlFolder.admin) { transaction in
            let key = try transaction.keys.create(project: "default", draft: KeyDraft(name: "one")).key.id.text
            return [
                try transaction.budgets.create(Self.draft("p", .init(.project, id: "default"))),
                try transaction.budgets.create(Self.draft("k", .init(.key, id: key))),
                try transaction.budgets.create(Self.draft("c", .init(.config, id: "@default"))),
                try transaction.budgets.create(Self.draft("v", .init(.provider, id: "sandbox"))),
            ].map(\.draft.scope.id)
        }
        let project = try #require(store.snapshot.projects.keys.first)
        #expect(made[0] == project.text && made[3] == Provider.sandbox.id.text)
        #expect(made[2]?.hasPrefix("cfg_") == true)
        let scopes = Dictionary(uniqueKeysWithValues: store.snapshot.budgets.map { ($0.name, $0.scope.subject) })
        #expect(scopes["c"] == BudgetScope.subject(ofConfig: "default", in: project))
        #expect(scopes["k"] == made[1])
    }

    static let refused: [(String, BudgetDraft)] = {
        var zone = draft("a")
        zone.timeZone = "Mars/Olympus"
        var day = draft("a")
        day.resetDay = 32
        var negative = draft("a")
        negative.cap = Money(nanoUSD: -1)
        var threshold = draft("a")
        threshold.thresholds = [Budget.Threshold(millionths: 0)]
        var downgrade = draft("a")
        downgrade.action = .downgrade
        var target = downgrade
        target.downgradeTo = "@nowhere"
        var model = downgrade
        model.downgradeTo = "sandbox/nothing"
        var each = draft("a")
        each.isPerSubject = true
        return [
            ("timezone", zone), ("reset_day", day), ("cap_usd", negative), ("thresholds", threshold),
            ("downgrade_to", downgrade), ("downgrade_to", target), ("downgrade_to", model), ("per_subject", each),
            ("scope.key", draft("a", .init(.tag))), ("scope.id", draft("a", .init(.project))),
            ("scope", draft("a", .init(.endUser, id: "x"))), ("name", draft("")), ("name", draft("bud_x")),
        ]
    }()

    @Test(arguments: refused.indices)
    func `a budget that cannot be is refused by the field at fault`(index: Int) async throws {
        let store = try folder.open()
        let (path, draft) = Self.refused[index]
        let error = await #expect(throws: Refusal.self) {
            _ = try await store.write(as: ControlFolder.admin) { try $0.budgets.create(draft) }
        }
        #expect(error?.fields.first?.path == path)
    }

    @Test func `a name is given once`() async throws {
        let store = try folder.open()
        _ = try await store.write(as: ControlFolder.admin) { try $0.budgets.create(Self.draft("a")) }
        let error = await #expect(throws: Refusal.self) {
            _ = try await store.write(as: ControlFolder.admin) { try $0.budgets.create(Self.draft("a")) }
        }
        #expect(error?.kind == .conflict)
    }

    @Test func `an event is told once in a period, whoever tells it again`() async throws {
        let store = try folder.open()
        let budget = Budget(
            id: Identifier("bud_a"), name: "a", scope: .organization, cap: Money(nanoUSD: 10), action: .warnOnly)
        var ledger = BudgetLedger()
        ledger.configure([budget], at: folder.now)
        let subjects = BudgetSubjects(projectID: nil, keyID: nil)
        let charges = [(providerID: Identifier("prov_a"), cost: Money(nanoUSD: 9))]
        let notices = ledger.book(RequestID(high: 1, low: 1), for: subjects, charges: charges, at: folder.now)
        let now = folder.now
        #expect(notices.count == 2)
        let first = try await store.write(as: .system) { try $0.budgets.tell(notices.map { ($0, now) }) }
        #expect(first.map(\.type) == [.budgetThresholdReached, .budgetThresholdReached])
        let queued = try await store.read { try $0.outbox.first(10).events.suffix(2) }
        #expect(queued.map(\.id) == first.map(\.id), "the alerts have it from the same commit")
        let again = try await store.write(as: .system) { try $0.budgets.tell(notices.map { ($0, now) }) }
        #expect(again.isEmpty)
        let page = try await store.read { try $0.budgets.events(of: Identifier("bud_a"), ListRequest(limit: 1)) }
        #expect(page.elements.count == 1 && page.nextCursor != nil)
    }
}
