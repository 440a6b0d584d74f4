import ModeluxCore
import ModeluxStore
import Testing

@testable import ModeluxAdmin

extension AdminUnderTest {
    /// Records an operation with one attempt and bodies, and waits until it can be queried.
    @discardableResult
    func record(
        status: Int = 200, endUser: String = "ann", request: [UInt8] = Array(#"{"model":"m"}"#.utf8),
        _ change: (inout RequestRecord) -> Void = { _ in }
    ) async throws -> RequestID {
        var generator = SystemRandomNumberGenerator()
        let now = clock.now
        var record = RequestRecord(
            requestID: RequestID(at: now, using: &generator), createdAt: now,
            projectID: Identifier("proj_a"), keyID: Identifier("key_a"), endpoint: "chat/completions",
            requestedModel: "@default", provider: "sandbox", model: "echo",
            config: Plan.ConfigVersion(slug: "default", version: 3), status: status, endUser: endUser,
            attempts: [
                AttemptRecord(
                    number: 1, providerID: Identifier("prov_a"), provider: "sandbox", model: "echo", outcome: .success,
                    status: 200, usage: Usage(input: 10, cachedInput: 2, output: 5),
                    cost: Cost(
                        input: Money(nanoUSD: 1_500), output: Money(nanoUSD: 1), priceID: "sandbox/echo@2026-01-01"))
            ],
            trace: DecisionTrace(resolution: .config, policy: "single", decision: "attempt 1"),
            latency: RequestRecord.Latency(firstByteMilliseconds: 1.25, totalMilliseconds: 3, gatewayMilliseconds: 0.5),
            bodies: .stored)
        change(&record)
        let response = Array(#"{"choices":[]}"#.utf8)
        _ = pipeline.bodies.offer(RecordBodies(requestID: record.requestID, request: request, response: response))
        try pipeline.journal.append(record: record)
        feed.publish(record)
        await pipeline.flush()
        return record.requestID
    }
}

struct LogTests {
    @Test func `a detail has usage, cost to the nano-dollar, attempts, trace and bodies`() async throws {
        try await AdminUnderTest.run { test async throws in
            let id = try await test.record()
            let data = try await test.manage("GET", "logs/\(id)").data
            #expect(data["request_id"]?.stringValue == id.description)
            #expect(data["usage"]?["input_tokens"]?.integerValue == 10)
            #expect(data["usage"]?["cached_input_tokens"]?.integerValue == 2)
            #expect(data["cost"]?["total_usd"] == .number("0.000001501"))
            #expect(data["cost"]?["price_id"]?.stringValue == "sandbox/echo@2026-01-01")
            #expect(data["latency"]?["first_byte_ms"] == .number("1.25"))
            #expect(data["config"]?["version"]?.integerValue == 3)
            #expect(data["attempts"]?.arrayValue?.count == 1)
            #expect(data["trace"]?["policy"]?.stringValue == "single")
            #expect(data["request_body"]?.stringValue == #"{"model":"m"}"#)
            #expect(data["response_body"]?.stringValue == #"{"choices":[]}"#)
        }
    }

    @Test func `a viewer gets no bodies, and bytes that are no text come as base64`() async throws {
        try await AdminUnderTest.run { test async throws in
            let id = try await test.record(request: [0xFF, 0x00, 0xFE])
            let viewed = try await test.manage("GET", "logs/\(id)", as: .viewer).data
            #expect(viewed["request_body"] == .null && viewed["response_body"] == .null)
            #expect(viewed["usage"]?["output_tokens"]?.integerValue == 5)
            let read = try await test.manage("GET", "logs/\(id)", as: .member).data
            #expect(read["request_body"]?["base64"]?.stringValue == "/wD+")
        }
    }

    @Test func `rows have neither attempts nor bodies`() async throws {
        try await AdminUnderTest.run { test async throws in
            try await test.record()
            let answer = try await test.manage("GET", "logs")
            let row = try #require(answer.json["data"]?.arrayValue?.first)
            #expect(row["attempts"] == nil && row["request_body"] == nil && row["trace"] == nil)
            #expect(row["attempt_count"]?.integerValue == 1)
        }
    }

    @Test(arguments: [
        ("", 3), ("status=2xx", 2), ("status=4xx", 1), ("status=429", 1), ("status=error", 1), ("end_user=bob", 1),
        ("model=echo", 3), ("model=none", 0), ("provider=none", 0), ("tags=team=a", 1), ("tags=team=a,env=b", 0),
        ("min_latency_ms=100", 1), ("min_cost_usd=0.0000015", 3), ("min_cost_usd=1", 0), ("project_id=proj_a", 3),
        ("key_id=key_b", 0), ("trace_id=run-1", 1), ("conversation_id=none", 0), ("error_code=rate_limited", 1),
        ("q=run-1", 1), ("start=2027-01-15T08:00:00Z", 3), ("start=2027-01-15T08:00:01Z", 0),
        ("end=2027-01-15T08:00:00Z", 0), ("status=2xx&end_user=ann", 1), ("limit=2", 2),
    ])
    func `filters leave what they say`(query: String, count: Int) async throws {
        try await AdminUnderTest.run { test async throws in
            try await test.record()
            try await test.record(endUser: "bob") { record in
                record.traceID = "run-1"
                record.latency.totalMilliseconds = 100
                try? record.tags.set("team", to: "a")
            }
            try await test.record(status: 429, endUser: "eve") { $0.errorCode = "rate_limited" }
            let rows = try await test.manage("GET", "logs?\(query)").json["data"]?.arrayValue
            #expect(rows?.count == count)
        }
    }

    @Test(arguments: [
        "status=9xx", "status=99", "start=yesterday", "min_latency_ms=-1", "min_latency_ms=nan", "min_cost_usd=free",
        "tags=team", "limit=0", "colour=red",
    ])
    func `a filter that does not read is 422 and named`(query: String) async throws {
        try await AdminUnderTest.run { test async throws in
            let answer = try await test.manage("GET", "logs?\(query)")
            #expect(answer.status == 422 && answer.fields == [String(query.prefix { $0 != "=" })], "\(answer.text)")
        }
    }

    @Test(arguments: ["00000000-0000-7000-8000-000000000000", "not-a-uuid", "..%2f..%2fetc"])
    func `an unknown request is 404`(id: String) async throws {
        try await AdminUnderTest.run { test async throws in
            #expect(try await test.manage("GET", "logs/\(id)").status == 404)
            #expect(try await test.manage("GET", "logs/\(id)/trace").status == 404)
        }
    }

    @Test(arguments: [
        "granularity=year", "group_by=colour", "group_by=tag:team",
        "start=2027-01-15T08:00:00Z&end=2027-01-15T08:00:00Z",
        "start=2020-01-01&granularity=minute",
    ])
    func `a report that cannot be is 422`(query: String) async throws {
        try await AdminUnderTest.run { test async throws in
            #expect(try await test.manage("GET", "analytics/report?\(query)").status == 422)
        }
    }

    @Test func `a report counts what was recorded, to the nano-dollar`() async throws {
        try await AdminUnderTest.run { test async throws in
            for number in 0..<5 { try await test.record(status: number == 0 ? 500 : 200) }
            let query = "start=2027-01-15T00:00:00Z&end=2027-01-16T00:00:00Z&group_by=model"
            let data = try await test.manage("GET", "analytics/report?\(query)").data
            #expect(data["totals"]?["requests"]?.integerValue == 5 && data["totals"]?["errors"]?.integerValue == 1)
            #expect(data["totals"]?["cost_usd"] == .number("0.000007505"))
            #expect(data["totals"]?["input_tokens"]?.integerValue == 60)
            let row = try #require(data["series"]?.arrayValue?.first)
            #expect(row["bucket"]?.stringValue == "2027-01-15T08:00:00.000Z" && row["group"]?.stringValue == "echo")
            let none = try await test.manage("GET", "analytics/report?\(query)&key_id=key_none").data
            #expect(none["series"]?.arrayValue?.isEmpty == true)
        }
    }
}
