import ModeluxCore
import ModeluxStore
import Testing

@testable import ModeluxAdmin

/// Webhooks through the management API, against a receiver on a real socket.
struct WebhookTests {
    private func make(
        _ test: AdminUnderTest, _ receiver: Receiver, _ more: String = ""
    ) async throws -> (id: String, secret: String) {
        let made = try await test.manage("POST", "webhooks/endpoints", #"{"url":"\#(receiver.url)/hook"\#(more)}"#)
        #expect(made.status == 201, "\(made.text)")
        return (made.data["id"]?.stringValue ?? "", made.data["secret"]?.stringValue ?? "")
    }

    private func signature(_ seen: Receiver.Seen, _ secret: String) -> String {
        WebhookSignature.text(body: Array(seen.body.utf8), secrets: [Secret(secret)])
    }

    private func revokeKey(_ test: AdminUnderTest) async throws -> String {
        let key = try await test.manage("POST", "keys", #"{"name":"k"}"#).data["id"]?.stringValue ?? ""
        _ = try await test.manage("DELETE", "keys/\(key)")
        return key
    }

    /// Waits until the log of deliveries is as it should be.
    private func waitForLog(
        _ test: AdminUnderTest, _ query: String, _ condition: ([JSONTree]) -> Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for _ in 0..<2000 {
            let list = try await test.manage("GET", "webhooks/deliveries?\(query)").json["data"]?.arrayValue ?? []
            if condition(list) { return }
            await Task.yield()
        }
        Issue.record("the log never came to that", sourceLocation: sourceLocation)
    }

    @Test func `a change arrives as a signed event`() async throws {
        try await AdminUnderTest.run { test async throws in
            try await Receiver.run { receiver in
                let (id, secret) = try await make(test, receiver)
                let key = try await revokeKey(test)
                let seen = try #require(await receiver.next().first)
                #expect(seen.path == "/hook" && seen.header("content-type") == "application/json")
                #expect(seen.json["type"]?.stringValue == "api_key.revoked")
                #expect(seen.json["data"]?["id"]?.stringValue == key)
                #expect(seen.json.objectValue?.map(\.key) == ["id", "type", "created_at", "data"])
                #expect(seen.header("x-modelux-signature") == signature(seen, secret))
                #expect(seen.header("x-modelux-signature").count == 64)
                #expect(!seen.body.contains(secret) && !"\(seen.headers)".contains(secret))
                try await waitForLog(test, "endpoint_id=\(id)&status=delivered") { list in
                    list.first?["id"]?.stringValue == seen.header("x-modelux-delivery")
                }
                #expect(!test.log.text.contains(secret))
            }
        }
    }

    @Test func `the signature is the one that every language computes`() {
        // printf '{"a":1}' | openssl dgst -sha256 -hmac key
        let expected = "88a67f24bbcdaed0e6c997404bb79a743baf44c6bab2f4c27328e3009d22e342"
        #expect(WebhookSignature.text(body: Array(#"{"a":1}"#.utf8), secrets: [Secret("key")]) == expected)
    }

    @Test func `a receiver that is down gets every event later, in order`() async throws {
        try await AdminUnderTest.run { test async throws in
            try await Receiver.run { receiver in
                let (id, _) = try await make(test, receiver)
                receiver.answer(
                    .status(500), .hangUp, .status(302, headers: [("location", receiver.url + "/else")]), .status(204))
                var keys: [String] = []
                for _ in 0..<3 { keys.append(try await revokeKey(test)) }
                var first: [Receiver.Seen] = []
                for failures in 0..<3 {
                    first += await receiver.next()
                    try await waitForLog(test, "status=pending") { list in
                        list.last?["attempt_count"]?.integerValue == Int64(failures + 1)
                    }
                    let problems = try await test.manage("GET", "alerts").json["data"]?.arrayValue ?? []
                    #expect(problems.first?["code"]?.stringValue == "webhook_failing")
                    #expect(problems.first?["id"]?.stringValue == id)
                    test.clock.advance(seconds: 6)
                    test.alerts.wake()
                }
                let rest = await receiver.next(3)
                #expect(Set(first.map(\.id)).count == 1 && first.first?.id == rest.first?.id)
                #expect(rest.map { $0.json["data"]?["id"]?.stringValue } == keys)
                #expect(first.allSatisfy { $0.path == "/hook" }, "redirects are not followed")
                try await waitForLog(test, "status=delivered") { $0.count == 3 }
                #expect(try await test.manage("GET", "alerts").json["data"]?.arrayValue == [])
                let log = try await test.manage("GET", "webhooks/deliveries").json["data"]?.arrayValue ?? []
                let oldest = try #require(log.last?["id"]?.stringValue)
                let detail = try await test.manage("GET", "webhooks/deliveries/\(oldest)").data
                let attempts = detail["attempts"]?.arrayValue ?? []
                #expect(attempts.map { $0["status"]?.integerValue } == [500, nil, 302, 204])
                #expect(detail["event"]?["id"]?.stringValue == first.first?.id)
            }
        }
    }

    @Test func `a burst arrives once and in order`() async throws {
        try await AdminUnderTest.run { test async throws in
            try await Receiver.run { receiver in
                _ = try await make(test, receiver)
                for number in 0..<300 {
                    test.events.offer(
                        Event(
                            id: Identifier("evt_\(number)"), type: .budgetExceeded, createdAt: test.clock.now,
                            data: "{}"))
                    if number % 7 == 0 { await Task.yield() }
                }
                #expect(await receiver.next(300).map(\.id) == (0..<300).map { "evt_\($0)" })
            }
        }
    }

    @Test func `an endpoint gets what it subscribes to, and what a budget names it for`() async throws {
        try await AdminUnderTest.run { test async throws in
            try await Receiver.run { receiver in
                _ = try await make(test, receiver, #","event_types":["budget.exceeded"]"#)
                _ = try await revokeKey(test)
                try await Receiver.run { other in
                    let (id, _) = try await make(test, other, #","event_types":["experiment.completed"]"#)
                    let told = Budget.Alerts(emails: ["ops@b.example"], webhooks: [id])
                    let budget = try await test.store.write(as: .system) { transaction in
                        try transaction.budgets.create(
                            BudgetDraft(
                                name: "team", scope: .init(.organization), cap: Money(nanoUSD: 1), thresholds: [],
                                alerts: told))
                    }
                    let event = Event(
                        id: Identifier("evt_b"), type: .budgetExceeded, createdAt: test.clock.now,
                        data: #"{"budget_id":"\#(budget.id)","name":"team"}"#)
                    test.events.offer(event)
                    test.events.offer(event)
                    #expect(await receiver.next().first?.id == "evt_b", "and not the revoked key")
                    #expect(await other.next().first?.id == "evt_b")
                    try await waitForLog(test, "channel=email") { list in
                        list.count == 1 && list.first?["target"]?.stringValue == "ops@b.example"
                            && list.first?["last_error"]?.stringValue?.contains("mail.host") == true
                    }
                    let all = try await test.manage("GET", "webhooks/deliveries").json["data"]?.arrayValue ?? []
                    #expect(all.count == 3, "what is told twice is delivered once")
                }
            }
        }
    }

    @Test func `after a rotation events are signed with both secrets for 24 hours`() async throws {
        try await AdminUnderTest.run { test async throws in
            try await Receiver.run { receiver in
                let (id, first) = try await make(test, receiver)
                let rotated = try await test.manage("POST", "webhooks/endpoints/\(id)/rotate-secret")
                let second = try #require(rotated.data["secret"]?.stringValue)
                #expect(rotated.data["previous_secret_expires_at"]?.stringValue != nil && second != first)
                _ = try await revokeKey(test)
                let seen = try #require(await receiver.next().first)
                #expect(
                    seen.header("x-modelux-signature") == signature(seen, second) + "," + signature(seen, first))
                test.clock.advance(seconds: 24 * 3600)
                _ = try await revokeKey(test)
                let later = try #require(await receiver.next().first)
                #expect(later.header("x-modelux-signature") == signature(later, second))
            }
        }
    }

    @Test func `the test button says at once what became of it`() async throws {
        try await AdminUnderTest.run { test async throws in
            try await Receiver.run { receiver in
                let (id, secret) = try await make(test, receiver)
                let good = try await test.manage("POST", "webhooks/endpoints/\(id)/test")
                #expect(
                    good.data["status"]?.stringValue == "delivered" && good.data["last_status"]?.integerValue == 200)
                let seen = try #require(await receiver.next().first)
                #expect(seen.json["type"]?.stringValue == "webhook.test")
                #expect(seen.header("x-modelux-signature") == signature(seen, secret))
                receiver.answer(.status(503))
                let bad = try await test.manage("POST", "webhooks/endpoints/\(id)/test")
                #expect(bad.status == 200 && bad.data["status"]?.stringValue == "failed")
                #expect(bad.data["last_error"]?.stringValue?.contains("503") == true)
                let replay = bad.data["id"]?.stringValue ?? ""
                #expect(try await test.manage("POST", "webhooks/deliveries/\(replay)/replay").code == "conflict")
                #expect(try await test.manage("POST", "webhooks/endpoints/whk_none/test").status == 404)
            }
        }
    }

    @Test func `a delivery is repeated on demand`() async throws {
        try await AdminUnderTest.run { test async throws in
            try await Receiver.run { receiver in
                _ = try await make(test, receiver)
                _ = try await revokeKey(test)
                let first = try #require(await receiver.next().first)
                let delivery = first.header("x-modelux-delivery")
                try await waitForLog(test, "status=delivered") { $0.count == 1 }
                let made = try await test.manage("POST", "webhooks/deliveries/\(delivery)/replay")
                #expect(made.status == 201 && made.data["replay_of"]?.stringValue == delivery)
                let again = try #require(await receiver.next().first)
                #expect(again.body == first.body && again.header("x-modelux-delivery") != delivery)
            }
        }
    }

    @Test func `Slack gets a message of its own shape, with nothing in it that could act`() async throws {
        try await AdminUnderTest.run { test async throws in
            try await Receiver.run { receiver in
                _ = try await make(test, receiver, #","format":"slack""#)
                test.events.offer(
                    Event(
                        id: Identifier("evt_s"), type: .budgetExceeded, createdAt: test.clock.now,
                        data: #"{"budget":{"name":"<!channel> & \u0007x"},"spend_usd":105.5}"#))
                let seen = try #require(await receiver.next().first)
                #expect(seen.json.objectValue?.map(\.key) == ["text", "blocks"])
                #expect(seen.json["text"]?.stringValue == "Budget “&lt;!channel&gt; &amp;  x” is exceeded")
                #expect(seen.body.contains("105.5") && !seen.body.contains("<!"))
            }
        }
    }

    @Test func `a removed or disabled endpoint gets nothing more`() async throws {
        try await AdminUnderTest.run { test async throws in
            try await Receiver.run { receiver in
                let (id, _) = try await make(test, receiver)
                receiver.answer(.status(500))
                _ = try await revokeKey(test)
                _ = await receiver.next()
                try await waitForLog(test, "status=pending") { $0.last?["attempt_count"]?.integerValue == 1 }
                _ = try await test.manage("PATCH", "webhooks/endpoints/\(id)", #"{"enabled":false}"#)
                test.clock.advance(seconds: 10)
                test.alerts.wake()
                try await waitForLog(test, "status=cancelled") { $0.count == 1 }
                _ = try await revokeKey(test)
                #expect(try await test.manage("DELETE", "webhooks/endpoints/\(id)").status == 200)
                #expect(try await test.manage("GET", "webhooks/endpoints/\(id)").status == 404)
                #expect(try await test.manage("GET", "webhooks/deliveries").json["data"]?.arrayValue?.count == 1)
            }
        }
    }

    @Test(arguments: [
        (#"{}"#, ["url"]), (#"{"url":"ftp://x"}"#, ["url"]), (#"{"url":"https://u:p@x.example"}"#, ["url"]),
        (#"{"url":"https://x.example","event_types":["nothing"]}"#, ["event_types"]),
        (#"{"url":"https://x.example","event_types":["budget.exceeded","budget.exceeded"]}"#, ["event_types"]),
        (#"{"url":"https://x.example","format":"xml"}"#, ["format"]),
        (#"{"url":"https://x.example","name":""}"#, ["name"]),
        (#"{"url":"https://x.example","secret":"mine"}"#, ["secret"]),
        (#"{"url":5,"enabled":"yes"}"#, ["url", "enabled"]),
    ])
    func `what is wrong with an endpoint is named`(body: String, fields: [String]) async throws {
        try await AdminUnderTest.run { test async throws in
            let answer = try await test.manage("POST", "webhooks/endpoints", body)
            #expect(answer.status == 422 && Set(answer.fields) == Set(fields), "\(answer.text)")
        }
    }

    @Test func `the address is whole for administrators only, and nowhere else`() async throws {
        try await AdminUnderTest.run { test async throws in
            let url = "https://hooks.slack.com/services/T0/B0/canary-canary"
            let made = try await test.manage("POST", "webhooks/endpoints", #"{"name":"s","url":"\#(url)"}"#)
            let id = made.data["id"]?.stringValue ?? ""
            #expect(made.data["format"]?.stringValue == "slack")
            for (role, shown) in [
                (Role.viewer, "https://hooks.slack.com"), (.member, "https://hooks.slack.com"), (.admin, url),
            ] {
                let answer = try await test.manage("GET", "webhooks/endpoints/\(id)", as: role)
                #expect(answer.data["url"]?.stringValue == shown)
                #expect(answer.data["secret"] == nil)
            }
            for path in ["system", "audit", "alerts", "webhooks/deliveries"] {
                #expect(try await !test.manage("GET", path).text.contains("canary"), "\(path)")
            }
            let egress = try await test.manage("GET", "system").data["egress"]?.arrayValue ?? []
            #expect(egress.contains { $0["address"]?.stringValue == "https://hooks.slack.com" })
        }
    }

    @Test func `the types are those of the contract`() async throws {
        try await AdminUnderTest.run { test async throws in
            let types = try await test.manage("GET", "webhooks/event-types").json["data"]?.arrayValue ?? []
            #expect(types.map { $0["type"]?.stringValue ?? "" } == EventType.allCases.map(\.rawValue))
            let page = try await test.manage("GET", "webhooks/event-types?limit=9&cursor=1").json
            #expect(page["data"]?.arrayValue == Array(types.dropFirst()) && page["has_more"]?.boolValue == false)
            #expect(
                try await test.manage("GET", "webhooks/event-types?limit=9").json["next_cursor"]?.stringValue == "9")
            #expect(try await test.manage("GET", "alerts?cursor=-1").status == 422)
        }
    }
}
