import ModeluxCore
import ModeluxHTTP
import ModeluxTestSupport
import Synchronization
import Testing

@testable import ModeluxGateway

struct RoutingTests {
    private static let chain = Policy.fallbackChain(
        FallbackChain(targets: ["a/m", "b/m", "c/m"].map { Target(model: $0) }))
    private static let error = #"{"error":{"message":"no","type":"server_error","param":null,"code":null}}"#

    /// What the first provider does, and what comes of it.
    struct Trouble: Sendable, CustomTestStringConvertible {
        let name: String
        let answer: FakeProvider.Answer
        let outcome: AttemptRecord.Outcome
        var testDescription: String { name }
    }

    @Test(arguments: [
        Trouble(name: "500", answer: .whole(500, error), outcome: .serverError),
        Trouble(
            name: "502 of HTML", answer: .whole(502, "<html>", headers: [("content-type", "text/html")]),
            outcome: .serverError),
        Trouble(name: "503", answer: .whole(503, error), outcome: .serverError),
        Trouble(name: "529", answer: .whole(529, error), outcome: .serverError),
        Trouble(name: "429", answer: .whole(429, error), outcome: .rateLimited),
        Trouble(name: "401", answer: .whole(401, error), outcome: .authError),
        Trouble(name: "403", answer: .whole(403, error), outcome: .authError),
        Trouble(name: "408", answer: .whole(408, error), outcome: .timeout),
        Trouble(name: "no JSON", answer: .whole(200, "{nonsense"), outcome: .serverError),
        Trouble(name: "silence", answer: .silence, outcome: .timeout),
    ])
    func `a failure of the first target is answered by the second, each at its own price`(trouble: Trouble) async throws
    {
        var options = RoutingConfig.Options()
        options.timeouts.firstByte = .milliseconds(300)
        try await RoutingWorld.run(Self.chain, options: options, answers: ["a": { _ in trouble.answer }]) {
            world async throws in
            let reply = try await world.ask()
            #expect(reply.status == 200 && reply.body == Fixture.saying("b"))
            #expect(reply.headers.first("x-modelux-provider-used") == "b")
            #expect(reply.headers.first("x-modelux-attempts") == "2")
            let record = try #require(world.record)
            #expect(record.attempts.map(\.outcome) == [trouble.outcome, .success])
            #expect(record.attempts.map(\.number) == [1, 2])
            #expect(record.attempts[1].cost.priceID == "m@2026-01-01")
            // 100 tokens in and 10 out at $10 and $20 a million.
            #expect(record.attempts[1].cost.total == Money(usd: "0.0012"))
            #expect(record.status == 200 && record.errorCode == nil && record.provider == "b")
            #expect(record.trace?.candidates.map(\.verdict) == [.tried, .tried, .unused])
            #expect(record.trace?.decision == "attempt 2")
            #expect(world.gateway.records.intents.map(\.attempt) == [1, 2])
            #expect(world.calls("a") == 1 && world.calls("b") == 1 && world.calls("c") == 0)
        }
    }

    @Test(arguments: [400, 404, 422])
    func `what another target would not change is answered as it is`(status: Int) async throws {
        try await RoutingWorld.run(Self.chain, answers: ["a": { _ in .whole(status, Self.error) }]) {
            world async throws in
            #expect(try await world.ask().status == status)
            #expect(world.calls("b") == 0)
            #expect(world.record?.attempts.map(\.outcome) == [.invalidRequest])
        }
    }

    @Test func `with all targets failing the last failure is told`() async throws {
        let answers: [String: @Sendable (Int) -> FakeProvider.Answer] = [
            "a": { _ in .whole(500, Self.error) }, "b": { _ in .whole(429, Self.error) },
            "c": { _ in .whole(503, "<html>", headers: []) },
        ]
        try await RoutingWorld.run(Self.chain, answers: answers) { world async throws in
            #expect(try await world.ask().status == 502)
            let record = try #require(world.record)
            #expect(record.attempts.map(\.outcome) == [.serverError, .rateLimited, .serverError])
            #expect(record.trace?.reason.contains("rate_limited") == true)
        }
    }

    @Test func `a stream whose beginning breaks is answered by the next target, whole and once`() async throws {
        let broken = Array(RoutingWorld.events("a").prefix(0))
        try await RoutingWorld.run(Self.chain, answers: ["a": { _ in .events(broken, isCut: true) }]) {
            world async throws in
            let reply = try await world.ask(#","stream":true"#)
            #expect(reply.status == 200 && reply.body == RoutingWorld.events("b").joined())
            #expect(world.record?.attempts.map(\.outcome) == [.connectionError, .success])
        }
    }

    @Test func `after the first byte nothing is spliced`() async throws {
        let half = Array(RoutingWorld.events("half").prefix(2))
        try await RoutingWorld.run(Self.chain, answers: ["a": { _ in .events(half, isCut: true) }]) {
            world async throws in
            let reply = try await world.ask(#","stream":true"#)
            #expect(reply.body.hasPrefix(half.joined()) && reply.body.contains("error"))
            #expect(world.calls("b") == 0)
        }
    }

    @Test func `held back until content, a stream that says nothing is answered by the next target`() async throws {
        let opening = Array(RoutingWorld.events("a").prefix(1))
        var options = RoutingConfig.Options()
        options.holdsBackUntilContent = true
        try await RoutingWorld.run(Self.chain, options: options, answers: ["a": { _ in .events(opening, isCut: true) }])
        {
            world async throws in
            let reply = try await world.ask(#","stream":true"#)
            #expect(reply.body == RoutingWorld.events("b").joined())
        }
    }

    @Test func `retries stay within the deadline of the operation`() async throws {
        let policy = Policy.fallbackChain(
            FallbackChain(
                targets: [Target(model: "a/m"), Target(model: "b/m")],
                rules: RetryRules(retriesPerTarget: 2, backoff: .milliseconds(10), totalBudget: .seconds(20))))
        try await RoutingWorld.run(
            policy,
            answers: ["a": { number in number < 2 ? .whole(500, Self.error) : .whole(200, Fixture.saying("late")) }]
        ) { world async throws in
            #expect(try await world.ask().body == Fixture.saying("late"))
            #expect(world.calls("a") == 3 && world.calls("b") == 0)
        }
        let short = Policy.fallbackChain(
            FallbackChain(
                targets: [Target(model: "a/m"), Target(model: "b/m")],
                rules: RetryRules(totalBudget: .milliseconds(200))))
        try await RoutingWorld.run(short, answers: ["a": { _ in .silence }, "b": { _ in .silence }]) {
            world async throws in
            #expect(try await world.ask().status == 504)
            #expect(world.calls("b") == 0)
        }
    }

    @Test func `a target that fails is left alone, and operators are told`() async throws {
        let changes = Mutex<[HealthRegister.Change]>([])
        try await RoutingWorld.run(
            Self.chain, answers: ["a": { _ in .whole(500, Self.error) }],
            onChange: { change in changes.withLock { $0.append(change) } }
        ) { world async throws in
            for _ in 0..<20 { #expect(try await world.ask().status == 200) }
            #expect(world.calls("a") == CircuitBreaker.consecutiveFailures)
            let rejected = world.record?.trace?.candidates.first { $0.target == "a/m" }
            #expect(rejected?.verdict == .rejected && rejected?.reason.contains("circuit") == true)
            #expect(world.record?.attempts.count == 1)
            #expect(world.health.view.state(ofProvider: "a") == .open)
        }
        #expect(changes.withLock { $0.map(\.after) } == [.open])
    }

    @Test func `the cheapest answers, and the price decides`() async throws {
        let policy = Policy.costOptimized(CostOptimized(targets: ["c/m", "b/m", "a/m"].map { Target(model: $0) }))
        try await RoutingWorld.run(policy) { world async throws in
            #expect(try await world.ask().body == Fixture.saying("a"))
            let costs = world.record?.trace?.candidates.compactMap(\.expectedCost) ?? []
            #expect(costs.count == 3 && costs == costs.sorted())
        }
    }

    @Test func `traffic moves to the faster target`() async throws {
        let policy = Policy.latencyOptimized(
            LatencyOptimized(targets: ["a/m", "b/m"].map { Target(model: $0) }, explorePercent: 0))
        try await RoutingWorld.run(policy) { world async throws in
            for latency in [400.0, 410, 420] {
                for (name, latency) in [("a", latency), ("b", latency / 10)] {
                    let provider = Fixture.compatible(name, at: "http://unused")
                    world.health.record(
                        .success(milliseconds: latency),
                        of: Plan.Candidate(provider: provider, model: "m", entry: nil, price: nil, reason: ""))
                }
            }
            #expect(try await world.ask().body == Fixture.saying("b"))
        }
    }

    @Test func `a split names its variant in header, record and trace`() async throws {
        let policy = Policy.abTest(
            ABTest(variants: [
                .init(name: "old", target: Target(model: "a/m", weight: 1)),
                .init(name: "new", target: Target(model: "b/m", weight: 1)),
            ]))
        try await RoutingWorld.run(policy) { world async throws in
            var seen: Set<String> = []
            for user in 0..<12 {
                let reply = try await world.ask(headers: [("x-modelux-user-id", "u\(user)")])
                let variant = try #require(reply.headers.first("x-modelux-ab-variant"))
                #expect(reply.body == Fixture.saying(variant == "old" ? "a" : "b"))
                #expect(world.record?.trace?.variant == variant)
                seen.insert(variant)
            }
            #expect(seen.count == 2)
        }
    }

    @Test func `a rule sends, and a rule blocks`() async throws {
        let policy = Policy.customRules(
            CustomRules(rules: [
                .init(rule: try Rule("tags.team == 'a'"), then: .target(Target(model: "b/m"))),
                .init(rule: try Rule("tags.team == 'x'"), then: .block("team x is done")),
                .init(rule: nil, then: .target(Target(model: "a/m"))),
            ]))
        try await RoutingWorld.run(policy) { world async throws in
            #expect(try await world.ask(#","mlx:tags":{"team":"a"}"#).body == Fixture.saying("b"))
            #expect(try await world.ask().body == Fixture.saying("a"))
            let blocked = try await world.ask(#","mlx:tags":{"team":"x"}"#)
            #expect(blocked.status == 403 && blocked.body.contains("team x is done"))
            #expect(world.record?.trace?.rules.map(\.matched) == [false, true])
        }
    }

    @Test func `a dry run calls nobody and tells what it would cost`() async throws {
        try await RoutingWorld.run(Self.chain) { world async throws in
            let reply = try await world.ask(headers: [("x-modelux-dry-run", "true")])
            let trace = try JSONTree(parsing: Array(reply.body.utf8))["modelux"]?["trace"]
            #expect(trace?["candidates"]?.arrayValue?.count == 3)
            #expect((trace?["candidates"]?.arrayValue?.first?["expected_cost_usd"]?.doubleValue ?? 0) > 0)
            #expect(world.calls("a") == 0 && world.record?.attempts.isEmpty == true)
        }
    }

    @Test func `a target's parameters stand over the caller's`() async throws {
        let policy = Policy.single(
            Target(model: "a/m", parameters: [.init("temperature", .number("0.5")), .init("seed", .number("7"))]))
        try await RoutingWorld.run(policy) { world async throws in
            _ = try await world.ask(#","temperature":1"#)
            let body = try JSONTree(parsing: Array((world.providers["a"]?.requests.first?.body ?? "").utf8))
            #expect(body["temperature"]?.doubleValue == 0.5 && body["seed"]?.integerValue == 7)
            #expect(body["model"]?.stringValue == "m")
        }
    }

    @Test func `outside the data policy nobody is dialled`() async throws {
        let settings = ProjectSettings(dataPolicy: DataPolicy(training: .require))
        try await RoutingWorld.run(Self.chain, settings: settings) { world async throws in
            #expect(try await world.ask().status == 403)
            #expect(world.calls("a") + world.calls("b") + world.calls("c") == 0)
            #expect(world.record?.trace?.candidates.allSatisfy { $0.reason.contains("data policy") } == true)
        }
    }
}
