import ModeluxCore
import ModeluxStore
import Testing

@testable import ModeluxAdmin

struct ProblemTests {
    private func health(_ id: Int, _ provider: String, _ model: String, _ state: String) -> AlertEvent {
        AlertEvent(
            id: Identifier("evt_\(id)"), type: "provider.health_changed", createdAt: Timestamp(microseconds: Int64(id)),
            data:
                #"{"provider_id":"prov_\#(provider)","provider":"\#(provider)","model":"\#(model)","state":"\#(state)"}"#
        )
    }

    private func view(_ states: [(String, String, HealthState)]) -> HealthView {
        let readings = states.map { provider, model, state in
            (
                HealthKey(provider: Identifier("prov_\(provider)"), model: model),
                HealthReading(provider: provider, state: state, window: HealthWindow(), at: 0)
            )
        }
        return HealthView(readings: Dictionary(uniqueKeysWithValues: readings))
    }

    @Test func `what the breakers see now is told, since the newest change`() {
        let found = ProblemFinder.unhealthy(
            view([("a", "m", .closed), ("a", "n", .open), ("b", "", .halfOpen), ("c", "m", .open)]),
            // Newest first, as the log gives them.
            [health(4, "a", "m", "closed"), health(3, "a", "n", "open"), health(2, "a", "n", "half_open")])
        #expect(
            found.map(\.message) == [
                "provider \"a\" is failing with model n", "provider \"b\" is tried again",
                "provider \"c\" is failing with model m",
            ])
        #expect(found.map(\.id) == ["prov_a", "prov_b", "prov_c"])
        #expect(found.map(\.since?.microseconds) == [3, nil, nil])
    }

    @Test(arguments: ["", "[]", "{}", "{\"provider_id\":5}", "not json"])
    func `data that nobody can read is passed over`(data: String) {
        let event = AlertEvent(
            id: Identifier("evt_1"), type: "provider.health_changed", createdAt: Timestamp(microseconds: 1), data: data)
        #expect(ProblemFinder.unhealthy(view([("a", "m", .open)]), [event]).count == 1)
        #expect(ProblemFinder.unhealthy(.empty, [event]).isEmpty)
    }

    @Test func `a cap that is reached is told for as long as its period lasts`() async throws {
        try await AdminUnderTest.run { test async throws in
            let budget = try await test.store.write(as: .system) { transaction in
                try transaction.budgets.create(
                    BudgetDraft(
                        name: "team", scope: .init(.organization), cap: Money(nanoUSD: 10), period: .daily,
                        action: .block))
            }
            #expect(try await test.manage("GET", "alerts").json["data"]?.arrayValue == [])
            var ledger = BudgetLedger()
            ledger.configure(test.store.snapshot.budgets, at: test.clock.now)
            let notices = ledger.book(
                RequestID(high: 1, low: 1), for: BudgetSubjects(projectID: nil, keyID: nil),
                charges: [(providerID: Identifier("prov_a"), cost: Money(nanoUSD: 12))], at: test.clock.now)
            let now = test.clock.now
            _ = try await test.store.write(as: .system) { try $0.budgets.tell(notices.map { ($0, now) }) }
            let found = try await test.manage("GET", "alerts").json["data"]?.arrayValue?.first
            #expect(found?["severity"]?.stringValue == "error" && found?["code"]?.stringValue == "budget_exceeded")
            #expect(found?["message"]?.stringValue == "Budget “team” is exceeded")
            #expect(found?["id"]?.stringValue == budget.id.text)
            test.clock.advance(seconds: 86_400)
            #expect(try await test.manage("GET", "alerts").json["data"]?.arrayValue == [])
        }
    }
}
