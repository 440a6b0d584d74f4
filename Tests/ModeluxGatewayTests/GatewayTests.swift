import ModeluxCore
import ModeluxGateway
import ModeluxHTTP
import ModeluxTestSupport
import NIOPosix
import Testing

@Suite
struct GatewayTests {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    @Test
    func `an answer comes through byte for byte and is priced from the reported usage`() async throws {
        let provider = try await FakeProvider(on: group) { _, _ in .whole(200, Fixture.answer) }
        let gateway = try await GatewayHarness(providers: [Fixture.openAI(at: provider.baseURL)])
        let reply = try await gateway.send(body: Fixture.question)
        #expect(reply.status == 200)
        #expect(reply.body == Fixture.answer)
        #expect(reply.headers.first("x-modelux-provider-used") == "openai")
        #expect(reply.headers.first("x-modelux-model-used") == "gpt-4o-mini")
        #expect(reply.headers.first("x-modelux-attempts") == "1")
        // 600 × 0.15 + 400 × 0.075 + 100 × 0.60, each per million dollars
        #expect(reply.headers.first("x-modelux-cost-usd") == "0.00018")
        let record = try #require(gateway.records.records.first)
        #expect(record.requestID.description == reply.headers.first("x-modelux-request-id"))
        #expect(record.usage == Usage(input: 600, cachedInput: 400, output: 100))
        #expect(record.cost.total == Money(usd: "0.00018"))
        #expect(record.attempts.map(\.outcome) == [.success])
        #expect(record.status == 200)
        #expect(gateway.records.intents.map(\.requestID) == [record.requestID])
        #expect(gateway.records.bodies.map { String(decoding: $0.response, as: UTF8.self) } == [Fixture.answer])
        await gateway.stop()
        await provider.stop()
    }

    @Test
    func `a provider gets the request with its own model name and its own credential, and nothing of ours`()
        async throws
    {
        let provider = try await FakeProvider(on: group) { _, _ in .whole(200, Fixture.answer) }
        let gateway = try await GatewayHarness(providers: [Fixture.openAI(at: provider.baseURL)])
        let body =
            #"{"model": "openai/gpt-4o-mini", "mlx:tags": {"team": "a"}, "messages": [{"role":"user","content":"ü\n"}], "#
            + #""x_unknown": [1, 2.50], "mlx:end_user": "u1"}"#
        _ = try await gateway.send(
            body: body,
            headers: [
                ("x-modelux-user-id", "u2"), ("cookie", "a=b"), ("openai-beta", "x=1"), ("x-forwarded-for", "1.1.1.1"),
            ])
        let seen = try #require(provider.requests.first)
        #expect(
            seen.body
                == #"{"model": "gpt-4o-mini", "messages": [{"role":"user","content":"ü\n"}], "x_unknown": [1, 2.50]}"#)
        #expect(seen.target == "/v1/chat/completions")
        #expect(seen.headers.first("authorization") == "Bearer sk-provider-secret")
        #expect(seen.headers.first("openai-beta") == "x=1")
        for name in ["x-modelux-user-id", "cookie", "x-forwarded-for", "x-api-key"] {
            #expect(!seen.headers.contains(name), "\(name) reached the provider")
        }
        let record = try #require(gateway.records.records.first)
        #expect(record.endUser == "u2")
        #expect(record.tags["team"] == "a")
        await gateway.stop()
        await provider.stop()
    }

    @Test
    func `a stream comes through event for event, and the usage chunk only to a caller that asked`() async throws {
        let provider = try await FakeProvider(on: group) { _, _ in .events(Fixture.events) }
        let gateway = try await GatewayHarness(providers: [Fixture.openAI(at: provider.baseURL)])
        let plain = try await gateway.send(
            body: #"{"model":"openai/gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"hi"}]}"#)
        #expect(plain.body == (Fixture.events.prefix(3) + [Fixture.events[4]]).joined())
        let asking = try await gateway.send(
            body: #"{"model":"openai/gpt-4o-mini","stream":true,"stream_options":{"include_usage":true},"#
                + #""messages":[{"role":"user","content":"hi"}]}"#)
        #expect(asking.body == Fixture.events.joined())
        #expect(provider.requests.allSatisfy { $0.body.contains(#""include_usage":true"#) })
        #expect(gateway.records.records.map(\.usage) == Array(repeating: Usage(input: 1000, output: 100), count: 2))
        #expect(gateway.records.records.allSatisfy { $0.isStream && $0.latency.firstByteMilliseconds != nil })
        await gateway.stop()
        await provider.stop()
    }

    @Test
    func `a stream that breaks off ends in one error event and an estimated, priced row`() async throws {
        let provider = try await FakeProvider(on: group) { _, _ in .events(Array(Fixture.events.prefix(2)), isCut: true)
        }
        let gateway = try await GatewayHarness(providers: [Fixture.openAI(at: provider.baseURL)])
        let reply = try await gateway.send(
            body: #"{"model":"openai/gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"hi"}]}"#)
        #expect(reply.body.hasPrefix(Fixture.events.prefix(2).joined()))
        let rest = reply.body.dropFirst(Fixture.events.prefix(2).joined().count)
        #expect(rest.hasPrefix(#"data: {"error":{"#))
        #expect(rest.contains(#""code":"provider_error""#))
        #expect(!rest.contains("[DONE]"))
        let record = try #require(gateway.records.records.first)
        #expect(record.usage.isEstimated)
        #expect(record.usage.output > 0)
        #expect(record.cost.total > .zero)
        #expect(record.attempts.map(\.outcome) == [.connectionError])
        #expect(record.errorCode == "provider_error")
        await gateway.stop()
        await provider.stop()
    }

    @Test(
        arguments: [
            (nil, 401, "missing_key"), ("mlx_sk_wrong", 401, "invalid_key"), ("mlx_mk_management", 401, "invalid_key"),
        ] as [(String?, Int, String)])
    func `a caller without a valid key is refused in the OpenAI shape`(
        key: String?, status: Int, code: String
    ) async throws {
        let gateway = try await GatewayHarness()
        let reply = try await gateway.send(body: Fixture.question, key: key)
        #expect(reply.status == status)
        #expect(reply.body.contains("\"code\":\"\(code)\""))
        #expect(reply.body.contains(#""type":"authentication_error""#))
        #expect(reply.headers.contains("x-modelux-request-id"))
        #expect(gateway.records.records.isEmpty)
        await gateway.stop()
    }

    @Test(
        arguments: [
            ("POST", "/v1/nothing", "{}", 404, "not_found"),
            ("GET", "/v1/chat/completions", "", 405, "method_not_allowed"),
            ("POST", "/v1/chat/completions", "{", 400, "invalid_json"),
            ("POST", "/v1/chat/completions", #"{"messages":[]}"#, 400, "missing_field"),
            ("POST", "/openai/v1/chat/completions", #"{"model":"no-such","messages":[]}"#, 400, "unknown_model"),
            ("POST", "/v1/chat/completions", #"{"model":"@none","messages":[]}"#, 404, "routing_config_not_found"),
            ("POST", "/v1/chat/completions", #"{"model":"ghost/m","messages":[]}"#, 400, "unknown_model"),
        ])
    func `a bad request gets the error that names it`(
        method: String, path: String, body: String, status: Int, code: String
    ) async throws {
        let gateway = try await GatewayHarness()
        let reply = try await gateway.send(method, path, body)
        #expect(reply.status == status)
        #expect(reply.body.contains("\"code\":\"\(code)\""), "\(reply.body)")
        await gateway.stop()
    }

    @Test
    func `a body over the limit is refused and the next request works`() async throws {
        let gateway = try await GatewayHarness(limits: GatewayLimits(requestBodyBytes: 1000))
        let reply = try await gateway.send(body: String(repeating: " ", count: 1001))
        #expect(reply.status == 413)
        #expect(reply.body.contains("body_too_large"))
        let next = try await gateway.send(
            body: #"{"model":"@default","messages":[{"role":"user","content":"hi"}]}"#)
        #expect(next.status == 200)
        await gateway.stop()
    }

    @Test
    func `a provider's error comes through as it is, and a refused credential of ours does not`() async throws {
        let error = #"{"error":{"message":"too long","type":"invalid_request_error","param":null,"code":"context"}}"#
        let provider = try await FakeProvider(on: group) { number, _ in
            .whole(number == 0 ? 400 : 401, error)
        }
        let gateway = try await GatewayHarness(providers: [Fixture.openAI(at: provider.baseURL)])
        let refused = try await gateway.send(body: Fixture.question)
        #expect(refused.status == 400)
        #expect(refused.body == error)
        let credential = try await gateway.send(body: Fixture.question)
        #expect(credential.status == 502)
        #expect(credential.body.contains("provider_error"))
        let own = try await gateway.send(body: Fixture.question, headers: [("x-modelux-provider-key", "sk-own")])
        #expect(own.status == 401)
        #expect(own.body == error)
        #expect(provider.requests.last?.headers.first("authorization") == "Bearer sk-own")
        #expect(gateway.records.records.map(\.cost.total) == [.zero, .zero, .zero])
        await gateway.stop()
        await provider.stop()
    }

    @Test
    func `nothing is sent to a provider when it cannot be written down first`() async throws {
        let provider = try await FakeProvider(on: group) { _, _ in .whole(200, Fixture.answer) }
        let gateway = try await GatewayHarness(providers: [Fixture.openAI(at: provider.baseURL)])
        gateway.records.fill()
        let reply = try await gateway.send(body: Fixture.question)
        #expect(reply.status == 503)
        #expect(reply.headers.first("retry-after") == "1")
        #expect(provider.requests.isEmpty)
        await gateway.stop()
        await provider.stop()
    }

    @Test
    func `a dry run shows the plan and calls nobody`() async throws {
        let provider = try await FakeProvider(on: group) { _, _ in .whole(200, Fixture.answer) }
        let gateway = try await GatewayHarness(providers: [Fixture.openAI(at: provider.baseURL)])
        let reply = try await gateway.send(body: Fixture.question, headers: [("x-modelux-dry-run", "true")])
        #expect(reply.status == 200)
        #expect(reply.body.contains(#""target":"openai/gpt-4o-mini","verdict":"unused""#))
        #expect(provider.requests.isEmpty)
        #expect(gateway.records.intents.isEmpty)
        await gateway.stop()
        await provider.stop()
    }

    @Test
    func `the trace comes with the answer when it is asked for`() async throws {
        let gateway = try await GatewayHarness()
        let body = #"{"model":"@default","mlx:trace":true,"stream":%,"messages":[{"role":"user","content":"hi"}]}"#
        let whole = try await gateway.send(body: body.replacing("%", with: "false"))
        #expect(whole.body.contains(#""modelux":{"trace":{"request_id":"#))
        #expect(whole.body.contains(#""config":{"slug":"default","version":3}"#))
        let stream = try await gateway.send(body: body.replacing("%", with: "true"))
        let events = stream.body.split(separator: "\n\n")
        #expect(events.last == "data: [DONE]")
        #expect(events.dropLast().last?.contains(#""choices":[],"modelux":{"trace":"#) == true)
        await gateway.stop()
    }

    @Test
    func `a key's request limit answers 429 and says when to come back`() async throws {
        let gateway = try await GatewayHarness(key: { key in
            APIKey(
                id: key.id, projectID: key.projectID, name: key.name, digest: key.digest, display: key.display,
                createdAt: key.createdAt, requestsPerMinute: 2)
        })
        let body = #"{"model":"@default","messages":[{"role":"user","content":"hi"}]}"#
        let first = try await gateway.send(body: body)
        #expect(first.headers.first("x-ratelimit-limit-requests") == "2")
        #expect(first.headers.first("x-ratelimit-remaining-requests") == "1")
        _ = try await gateway.send(body: body)
        let third = try await gateway.send(body: body)
        #expect(third.status == 429)
        #expect(third.body.contains(#""code":"rate_limited""#))
        let seconds = try #require(third.headers.first("retry-after").flatMap { Int($0) })
        #expect((1...121).contains(seconds))
        await gateway.stop()
    }

    @Test
    func `no body is kept when the caller or the project says so`() async throws {
        let body = #"{"model":"@default","messages":[{"role":"user","content":"hi"}]}"#
        let open = try await GatewayHarness()
        _ = try await open.send(body: body, headers: [("x-modelux-retention", "none")])
        #expect(open.records.bodies.isEmpty)
        #expect(open.records.records.map(\.bodies) == [.off])
        await open.stop()
        let closed = try await GatewayHarness(settings: ProjectSettings(storesBodies: false))
        _ = try await closed.send(body: body)
        #expect(closed.records.bodies.isEmpty)
        await closed.stop()
    }
}

extension GatewayHarness {
    fileprivate func send(
        body: String, key: String? = GatewayHarness.secret, headers: [(String, String)] = []
    ) async throws -> Reply {
        try await send("POST", "/v1/chat/completions", body, key: key, headers: headers)
    }
}
