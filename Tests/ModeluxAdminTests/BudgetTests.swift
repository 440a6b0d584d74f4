import ModeluxCore
import ModeluxGateway
import ModeluxStore
import Testing

@testable import ModeluxAdmin

/// Rows of request and answer for budgets.
struct BudgetTests {
    private static let tag = #"{"type":"tag","key":"team","value":"ml"}"#

    @Test func `budgets from first to last`() async throws {
        try await AdminUnderTest.run { test async throws in
            let made = try await test.manage(
                "POST", "budgets",
                #"{"name":"team-ml","scope":\#(Self.tag),"cap_usd":1.5,"period":"daily","thresholds":[0.9,0.5]}"#)
            #expect(made.status == 201)
            let id = try #require(made.data["id"]?.stringValue)
            #expect(id.hasPrefix("bud_") && id.utf8.count == 24)
            #expect(made.data["cap_usd"] == .number("1.5"))
            #expect(made.data["thresholds"] == .array([.number("0.5"), .number("0.9")]))
            #expect(made.data["action"]?.stringValue == "block" && made.data["timezone"]?.stringValue == "UTC")
            #expect(try await test.manage("GET", "budgets/team-ml").data == made.data)
            #expect(test.book.budgets.map(\.id.text) == [id])

            let changed = try await test.manage("PATCH", "budgets/\(id)", #"{"cap_usd":2,"enabled":false}"#)
            #expect(changed.data["cap_usd"] == .number("2") && changed.data["enabled"]?.boolValue == false)
            #expect(test.book.budgets.isEmpty, "a disabled budget counts nothing")
            #expect(try await test.manage("GET", "budgets/\(id)/status").data["enabled"]?.boolValue == false)

            #expect(try await test.manage("POST", "budgets/\(id)/reset").data["reset_at"]?.stringValue != nil)
            #expect(try await test.manage("GET", "budgets/\(id)/events").json["data"]?.arrayValue == [])
            #expect(try await test.manage("DELETE", "budgets/\(id)").status == 200)
            #expect(try await test.manage("GET", "budgets/\(id)").status == 404)
            #expect(try await test.manage("GET", "budgets").json["data"]?.arrayValue == [])
        }
    }

    @Test(arguments: [
        (#"{}"#, ["name", "scope", "cap_usd"]),
        (#"{"name":"a","scope":{"type":"planet"},"cap_usd":1}"#, ["scope.type"]),
        (#"{"name":"a","scope":{"kind":"tag"},"cap_usd":1}"#, ["scope.type", "scope.kind"]),
        (#"{"name":"a","scope":{"type":"organization"},"cap_usd":"1"}"#, ["cap_usd"]),
        (#"{"name":"a","scope":{"type":"organization"},"cap_usd":0.0000000001}"#, ["cap_usd"]),
        (#"{"name":"a","scope":{"type":"organization"},"cap_usd":-1}"#, ["cap_usd"]),
        (#"{"name":"a","scope":{"type":"organization"},"cap_usd":1,"period":"hourly"}"#, ["period"]),
        (#"{"name":"a","scope":{"type":"organization"},"cap_usd":1,"timezone":"Nowhere"}"#, ["timezone"]),
        (#"{"name":"a","scope":{"type":"organization"},"cap_usd":1,"thresholds":[11]}"#, ["thresholds"]),
        (#"{"name":"a","scope":{"type":"organization"},"cap_usd":1,"action":"downgrade"}"#, ["downgrade_to"]),
        (#"{"name":"a","scope":{"type":"tag"},"cap_usd":1}"#, ["scope.key"]),
        (#"{"name":"a","scope":{"type":"key"},"cap_usd":1}"#, ["scope.id"]),
        (#"{"name":"a","scope":{"type":"organization"},"cap_usd":1,"nonsense":1}"#, ["nonsense"]),
        (#"{"name":"a","scope":{"type":"organization"},"cap_usd":1,"alerts":{"mails":[]}}"#, ["alerts.mails"]),
    ])
    func `a budget that cannot be is refused by the fields at fault`(body: String, fields: [String]) async throws {
        try await AdminUnderTest.run { test async throws in
            let answer = try await test.manage("POST", "budgets", body)
            #expect(answer.status == 422)
            #expect(answer.fields == fields)
        }
    }

    @Test func `a subject that does not exist is not found`() async throws {
        try await AdminUnderTest.run { test async throws in
            for scope in ["project", "key", "config", "provider"] {
                let answer = try await test.manage(
                    "POST", "budgets", #"{"name":"a","scope":{"type":"\#(scope)","id":"nothing"},"cap_usd":1}"#)
                #expect(answer.status == 404, "\(scope)")
            }
            let name = try await test.manage(
                "POST", "budgets", #"{"name":"a","scope":{"type":"project","id":"default"},"cap_usd":1}"#)
            #expect(name.data["scope"]?["id"]?.stringValue?.hasPrefix("proj_") == true)
            let twice = try await test.manage(
                "POST", "budgets", #"{"name":"a","scope":{"type":"organization"},"cap_usd":1}"#)
            #expect(twice.status == 409)
        }
    }

    @Test func `a new budget knows what was spent before it, and verify finds no drift`() async throws {
        try await AdminUnderTest.run { test async throws in
            _ = try await test.record()
            await test.pipeline.flush()
            let made = try await test.manage(
                "POST", "budgets", #"{"name":"b","scope":{"type":"organization"},"cap_usd":0.001,"period":"total"}"#)
            #expect(made.status == 201)
            let status = try await test.manage("GET", "budgets/b/status").data
            #expect(status["spend_usd"] != .number("0") && status["spend_usd"] == status["ledger_usd"])
            #expect(status["drift_usd"] == .number("0"))
            let verdict = try await test.manage("GET", "budgets/verify").data
            #expect(verdict["drift_usd"] == .number("0") && verdict["accounts"] == .number("1"))
            // An account that says something else than the ledger is found.
            var record = RequestRecord(
                requestID: RequestID(high: 1, low: 1), createdAt: test.clock.now, endpoint: "chat/completions")
            record.attempts = [
                AttemptRecord(
                    number: 1, providerID: Identifier("prov_x"), provider: "x", model: "m", outcome: .success,
                    cost: Cost(input: Money(nanoUSD: 7)))
            ]
            test.book.announce(record)
            test.book.settle(record)
            #expect(try await test.manage("GET", "budgets/verify").data["drift_usd"] == .number("0.000000007"))
        }
    }

    @Test func `a key may be made with a budget of its own`() async throws {
        try await AdminUnderTest.run { test async throws in
            let made = try await test.manage(
                "POST", "keys",
                #"{"name":"k","tokens_per_minute":1000,"concurrent_requests":3,"budget":{"cap_usd":5,"period":"weekly"}}"#
            )
            #expect(made.status == 201)
            #expect(
                made.data["tokens_per_minute"] == .number("1000") && made.data["concurrent_requests"] == .number("3"))
            let budget = try #require(test.book.budgets.first)
            #expect(budget.scope == BudgetScope(.key, subject: made.data["id"]?.stringValue))
            #expect(budget.cap == Money(dollars: 5) && budget.schedule.period == .weekly)
            let wrong = try await test.manage("POST", "keys", #"{"name":"k","budget":{"period":"weekly"}}"#)
            #expect(wrong.fields == ["budget.cap_usd"])
        }
    }
}
