import ModeluxCore
import ModeluxGateway
import ModeluxHTTP
import ModeluxTestSupport
import Testing

struct CacheTests {
    private static func options(_ policy: CachePolicy = CachePolicy()) -> RoutingConfig.Options {
        var options = RoutingConfig.Options()
        options.cache = policy
        return options
    }

    private static let single = Policy.single(Target(model: "a/m"))

    @Test func `the same request is answered again, for nothing`() async throws {
        try await RoutingWorld.run(Self.single, options: Self.options()) { world async throws in
            let first = try await world.ask()
            #expect(first.headers.first("x-modelux-cache") == "MISS")
            let second = try await world.ask(#","user":"another""#)
            #expect(second.headers.first("x-modelux-cache") == "HIT" && second.body == first.body)
            #expect(second.headers.first("x-modelux-cost-usd") == "0")
            #expect(second.headers.first("x-modelux-provider-used") == "a")
            #expect(world.calls("a") == 1)
            let record = try #require(world.record)
            #expect(record.attempts.isEmpty && record.status == 200 && record.trace?.cache?.result == .hit)
            #expect(record.trace?.cache?.saved == world.gateway.records.records.first?.cost.total)
        }
    }

    @Test func `a stream is repeated as a stream, the trace before its end`() async throws {
        try await RoutingWorld.run(Self.single, options: Self.options()) { world async throws in
            let first = try await world.ask(#","stream":true"#)
            let second = try await world.ask(#","stream":true"#)
            #expect(first.body == RoutingWorld.events("a").joined() && second.body == first.body)
            #expect(second.headers.first("x-modelux-cache") == "HIT" && world.calls("a") == 1)
            let traced = try await world.ask(#","stream":true,"mlx:trace":true"#)
            #expect(traced.body.hasSuffix("data: [DONE]\n\n") && traced.body.contains("\"result\":\"hit\""))
            #expect(world.calls("a") == 1)
        }
    }

    @Test(
        arguments: [
            (#","temperature":0.7"#, []), (#","tools":[{"type":"function","function":{"name":"f"}}]"#, []),
            (#","n":2"#, []),
            (#","mlx:cache":{"skip":true}"#, []), ("", [("cache-control", "no-store")]),
        ] as [(String, [(String, String)])])
    func `what may not come from the cache does not`(more: String, headers: [(String, String)]) async throws {
        try await RoutingWorld.run(Self.single, options: Self.options()) { world async throws in
            _ = try await world.ask(more, headers: headers)
            let second = try await world.ask(more, headers: headers)
            #expect(second.headers.first("x-modelux-cache") == "MISS" && world.calls("a") == 2)
        }
    }

    @Test func `no-cache asks anew and keeps the new answer`() async throws {
        try await RoutingWorld.run(
            Self.single, options: Self.options(), answers: ["a": { .whole(200, Fixture.saying("answer \($0)")) }]
        ) { world async throws in
            _ = try await world.ask()
            #expect(try await world.ask(headers: [("cache-control", "no-cache")]).body == Fixture.saying("answer 1"))
            #expect(try await world.ask().body == Fixture.saying("answer 1"))
        }
    }

    @Test func `errors are not kept, and answers have an end`() async throws {
        try await RoutingWorld.run(
            Self.single, options: Self.options(),
            answers: ["a": { $0 == 0 ? .whole(400, #"{"error":{"message":"no"}}"#) : .whole(200, Fixture.saying("a")) }]
        ) { world async throws in
            #expect(try await world.ask().status == 400)
            #expect(try await world.ask().status == 200)
        }
        try await RoutingWorld.run(Self.single, options: Self.options(CachePolicy(lifetime: .nanoseconds(1)))) {
            world async throws in
            _ = try await world.ask()
            _ = try await world.ask()
            #expect(world.calls("a") == 2)
        }
    }

    @Test func `an end user's entries are that user's`() async throws {
        try await RoutingWorld.run(Self.single, options: Self.options(CachePolicy(scope: .endUser))) {
            world async throws in
            for user in ["u1", "u2", "u1"] { _ = try await world.ask(headers: [("x-modelux-user-id", user)]) }
            #expect(world.calls("a") == 2)
            _ = try await world.ask()
            _ = try await world.ask()
            #expect(world.calls("a") == 4, "without a name nothing is shared")
        }
    }
}
