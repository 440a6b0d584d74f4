import ModeluxCore
import ModeluxStore
import Testing
import Yams

@testable import ModeluxAdmin

/// `openapi.yaml` says what the route table and the answers say.
struct DescriptionTests {
    private let description: Node

    init() throws {
        let resource = try #require(EmbeddedResource.named("openapi.yaml"), "run packaging/embed")
        description = try #require(try Yams.compose(yaml: String(decoding: resource.bytes, as: UTF8.self)))
    }

    @Test func `every route is described with its role and its query, and nothing else is`() async throws {
        try await AdminUnderTest.run { test async throws in
            var described: Set<String> = []
            for (path, item) in try #require(description["paths"]?.mapping) {
                for (method, operation) in try #require(item.mapping) where method.string != "parameters" {
                    let names = operation["parameters"]?.sequence?.compactMap { parameter in
                        let key = parameter["$ref"]?.string?.split(separator: "/").last.map(String.init) ?? ""
                        return description["components"]?["parameters"]?[key]?["name"]?.string
                    }
                    let query = Set(names ?? []).subtracting(["Idempotency-Key"]).sorted().joined(separator: ",")
                    let role = operation["x-role"]?.string ?? "open"
                    described.insert("\(method.string?.uppercased() ?? "") \(path.string ?? "") \(role) \(query)")
                }
            }
            let routes = Routes.table(
                AdminDependencies(
                    store: test.store, records: RecordSource(dataDirectory: test.folder), version: "0",
                    clock: { test.clock.now }),
                settings: AdminSettings(Settings().admin, socketPath: nil), limiter: RequestLimiter(),
                signInURL: { _ in "" }
            ).routes.map { route in
                let role = if case .role(let role) = route.access { role.rawValue } else { "open" }
                return "\(route.method) /\(route.path) \(role) \(Set(route.query).sorted().joined(separator: ","))"
            }
            #expect(Set(routes).subtracting(described) == [])
            #expect(described.subtracting(routes) == [])
        }
    }

    @Test func `what the API answers has exactly the members that are described`() async throws {
        try await AdminUnderTest.run { test async throws in
            let provider = try await test.manage(
                "POST", "providers", #"{"vendor":"openai","api_key":"k","deployments":{}}"#)
            try check(provider.data, "provider")
            let key = try await test.manage("POST", "keys", #"{"name":"k"}"#)
            try check(key.data, "key_with_secret")
            try check(first(try await test.manage("GET", "keys")), "key")
            let budget = try await test.manage(
                "POST", "budgets", #"{"name":"b","scope":{"type":"organization"},"cap_usd":1}"#)
            try check(budget.data, "budget")
            try check(first(try await test.manage("GET", "budgets")), "budget")
            try check(try await test.manage("GET", "budgets/b/status").data, "budget_status")
            try check(try await test.manage("GET", "budgets/verify").data, "budget_verdict")
            let managementKey = try await test.manage("POST", "management-keys", #"{"name":"k"}"#)
            try check(managementKey.data, "management_key_with_secret")
            try check(first(try await test.manage("GET", "management-keys")), "management_key")
            try check(try await test.manage("GET", "org").data, "organization")
            try check(first(try await test.manage("GET", "projects")), "project")
            try check(first(try await test.manage("GET", "routing-configs")), "routing_config")
            let endpoint = try await test.manage("POST", "webhooks/endpoints", #"{"url":"http://127.0.0.1:9/"}"#)
            try check(endpoint.data, "webhook_endpoint_with_secret")
            try check(first(try await test.manage("GET", "webhooks/endpoints")), "webhook_endpoint")
            try check(first(try await test.manage("GET", "webhooks/event-types")), "event_type")
            let id = endpoint.data["id"]?.stringValue ?? ""
            let delivery = try await test.manage("POST", "webhooks/endpoints/\(id)/test").data
            try check(delivery, "delivery_detail")
            try check(delivery["attempts"]?.arrayValue?.first ?? .null, "delivery_attempt")
            try check(first(try await test.manage("GET", "webhooks/deliveries")), "delivery")
            test.events.offer(
                Event(
                    id: Identifier("evt_a"), type: .experimentCompleted, createdAt: test.clock.now, data: "{}"))
            while try await first(test.manage("GET", "alerts")) == .null { await Task.yield() }
            try check(first(try await test.manage("GET", "alerts")), "problem")
            try check(first(try await test.manage("GET", "audit")), "audit_entry")
            try check(try await test.manage("GET", "audit/verify").data, "audit_verdict")
            try check(try await test.manage("POST", "auth/setup-link").data, "setup_link")
            let browser = try await test.signIn()
            try check(try await test.send("GET", "/manage/v1/auth/session", headers: browser).data, "session")
            let request = try await test.record()
            try check(first(try await test.manage("GET", "logs")), "log")
            try check(try await test.manage("GET", "logs/\(request)").data, "log_detail")
            try check(try await test.manage("GET", "logs/\(request)/trace").data, "trace")
            let report = try await test.manage("GET", "analytics/report?group_by=model&end=2027-01-16").data
            try check(report, "report")
            try check(report["series"]?.arrayValue?.first ?? .null, "report_row")
            let system = Set(try await test.manage("GET", "system").data.objectValue?.map(\.key) ?? [])
            #expect(try members("system").required.subtracting(system) == [])
        }
    }

    private func check(_ value: JSONTree, _ schema: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let (required, known) = try members(schema)
        let found = Set(value.objectValue?.map(\.key) ?? [])
        #expect(required.subtracting(found) == [], "\(schema) lacks", sourceLocation: sourceLocation)
        #expect(found.subtracting(known) == [], "\(schema) has more", sourceLocation: sourceLocation)
    }

    private func members(_ schema: String) throws -> (required: Set<String>, known: Set<String>) {
        let node = try #require(description["components"]?["schemas"]?[schema])
        let known = node["properties"]?.mapping?.keys.compactMap(\.string) ?? []
        return (Set(node["required"]?.sequence?.compactMap(\.string) ?? []), Set(known))
    }

    private func first(_ answer: AdminUnderTest.Answer) -> JSONTree { answer.json["data"]?.arrayValue?.first ?? .null }
}
