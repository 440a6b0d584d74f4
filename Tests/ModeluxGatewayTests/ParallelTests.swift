import ModeluxCore
import ModeluxGateway
import ModeluxHTTP
import ModeluxTestSupport
import Testing

struct ParallelTests {
    private static let members = ["a/m", "b/m", "c/m"].map { Target(model: $0) }

    private static func ensemble(_ aggregation: Ensemble.Aggregation, minimum: Int = 1) -> Policy {
        .ensemble(Ensemble(members: members, aggregation: aggregation, minimumMembers: minimum))
    }

    @Test func `the first valid answer is given, and the losers are cancelled and in the ledger`() async throws {
        let answers: [String: @Sendable (Int) -> FakeProvider.Answer] = [
            "a": { _ in .silence }, "c": { _ in .silence },
        ]
        try await RoutingWorld.run(Self.ensemble(.firstValid(nil)), answers: answers) { world async throws in
            #expect(try await world.ask().body == Fixture.saying("b"))
            let attempts = world.record?.attempts ?? []
            #expect(attempts.map(\.number) == [1, 2, 3])
            #expect(attempts.filter { $0.outcome == .cancelled }.map(\.provider).sorted() == ["a", "c"])
            #expect(attempts.first { $0.provider == "b" }?.outcome == .success)
            #expect(attempts.filter { $0.outcome == .cancelled }.allSatisfy { $0.usage.isEstimated })
            #expect(Set(world.gateway.records.intents.map(\.attempt)) == [1, 2, 3])
            #expect(world.record?.provider == "b" && world.record?.status == 200)
        }
    }

    @Test func `an answer that is not valid is passed over`() async throws {
        let answers: [String: @Sendable (Int) -> FakeProvider.Answer] = [
            "a": { _ in .whole(200, Fixture.saying("no")) }, "b": { _ in .whole(200, Fixture.saying("no")) },
            "c": { _ in .whole(200, Fixture.saying("yes")) },
        ]
        let policy = Self.ensemble(.firstValid(AnswerTest(pattern: try Pattern("yes"))))
        try await RoutingWorld.run(policy, answers: answers) { world async throws in
            #expect(try await world.ask().body == Fixture.saying("yes"))
        }
        try await RoutingWorld.run(policy, answers: [:]) { world async throws in
            #expect(try await world.ask().status == 502)
            #expect(world.record?.attempts.count == 3)
        }
    }

    @Test func `the first valid answer streams`() async throws {
        try await RoutingWorld.run(
            Self.ensemble(.firstValid(nil)), answers: ["a": { _ in .silence }, "b": { _ in .silence }]
        ) {
            world async throws in
            let reply = try await world.ask(#","stream":true"#)
            #expect(reply.body == RoutingWorld.events("c").joined())
            #expect(world.record?.attempts.count == 3)
            #expect(world.record?.attempts.first { $0.provider == "c" }?.outcome == .success)
        }
    }

    @Test func `a vote is decided by weight`() async throws {
        let answers: [String: @Sendable (Int) -> FakeProvider.Answer] = [
            "a": { _ in .whole(200, Fixture.saying("Paris.")) }, "b": { _ in .whole(200, Fixture.saying("paris")) },
            "c": { _ in .whole(200, Fixture.saying("Rome")) },
        ]
        try await RoutingWorld.run(Self.ensemble(.weightedVote), answers: answers) { world async throws in
            #expect(try await world.ask().body == Fixture.saying("Paris."))
            #expect(world.record?.attempts.count == 3 && world.record?.trace?.reason.contains("67 %") == true)
            #expect(world.record?.cost.total == world.record?.attempts.reduce(Money.zero) { $0 + $1.cost.total })
            let stream = try await world.ask(#","stream":true"#)
            #expect(stream.status == 400)
        }
    }

    @Test func `numbers are averaged`() async throws {
        let answers: [String: @Sendable (Int) -> FakeProvider.Answer] = [
            "a": { _ in .whole(200, Fixture.saying("1")) }, "b": { _ in .whole(200, Fixture.saying("about 4")) },
            "c": { _ in .whole(200, Fixture.saying("none")) },
        ]
        try await RoutingWorld.run(Self.ensemble(.weightedAverage), answers: answers) { world async throws in
            let body = try JSONTree(parsing: Array(try await world.ask().body.utf8))
            #expect(body["choices"]?.arrayValue?.first?["message"]?["content"]?.stringValue == "2.5")
        }
    }

    @Test func `a judge chooses, and its call is an attempt of its own`() async throws {
        let policy = Policy.ensemble(
            Ensemble(
                members: Array(Self.members.prefix(2)), aggregation: .judge(Judge(target: Target(model: "c/m")))))
        try await RoutingWorld.run(policy, answers: ["c": { _ in .whole(200, Fixture.saying("Answer 2")) }]) {
            world async throws in
            #expect(try await world.ask().body == Fixture.saying("b"))
            #expect(world.record?.attempts.map(\.provider).sorted() == ["a", "b", "c"])
            #expect(world.record?.provider == "b" && world.record?.trace?.reason == "chosen by the judge")
            #expect(world.providers["c"]?.requests.first?.body.contains("[answer 2]") == true)
        }
    }

    @Test func `too few answers are a failure`() async throws {
        let answers: [String: @Sendable (Int) -> FakeProvider.Answer] = ["a": { _ in .whole(500, "{}") }]
        try await RoutingWorld.run(Self.ensemble(.weightedVote, minimum: 3), answers: answers) { world async throws in
            #expect(try await world.ask().status == 502)
            #expect(world.record?.attempts.count == 3)
        }
    }

    private static func cascade(_ accept: AnswerTest) -> Policy {
        .cascade(
            Cascade(steps: [
                .init(target: Target(model: "a/m"), accept: accept), .init(target: Target(model: "b/m")),
            ]))
    }

    @Test func `a cascade moves on when an answer is not accepted`() async throws {
        let policy = Self.cascade(AnswerTest(minimumCharacters: 5))
        try await RoutingWorld.run(policy) { world async throws in
            #expect(try await world.ask().body == Fixture.saying("b"))
            #expect(world.record?.attempts.map(\.outcome) == [.notAccepted, .success])
            #expect(world.record?.attempts.first?.reason.contains("5 characters") == true)
        }
        try await RoutingWorld.run(policy, answers: ["a": { _ in .whole(200, Fixture.saying("long enough")) }]) {
            world async throws in
            #expect(try await world.ask().body == Fixture.saying("long enough"))
            #expect(world.calls("b") == 0)
        }
    }

    @Test func `a cascade's stream begins with the accepted answer`() async throws {
        try await RoutingWorld.run(Self.cascade(AnswerTest(minimumCharacters: 5))) { world async throws in
            let reply = try await world.ask(#","stream":true"#)
            #expect(reply.body == RoutingWorld.events("b").joined())
            #expect(world.record?.attempts.map(\.outcome) == [.notAccepted, .success])
        }
        try await RoutingWorld.run(Self.cascade(AnswerTest(finishReasons: ["stop"]))) { world async throws in
            let reply = try await world.ask(#","stream":true"#)
            #expect(reply.body == RoutingWorld.events("a").joined() && reply.isWhole)
            #expect(world.record?.attempts.map(\.outcome) == [.success])
        }
    }

    @Test func `a cascade asks its judge`() async throws {
        let test = AnswerTest(judge: Judge(target: Target(model: "c/m")))
        try await RoutingWorld.run(Self.cascade(test), answers: ["c": { _ in .whole(200, Fixture.saying("No.")) }]) {
            world async throws in
            #expect(try await world.ask().body == Fixture.saying("b"))
            #expect(world.record?.attempts.map(\.provider) == ["a", "c", "b"])
            #expect(world.record?.attempts.map(\.outcome) == [.notAccepted, .success, .success])
        }
    }
}
