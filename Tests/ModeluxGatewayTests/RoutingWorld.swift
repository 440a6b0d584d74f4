import ModeluxCore
import ModeluxGateway
import ModeluxTestSupport
import NIOPosix

/// Three providers, a, b and c, that answer as the test says, behind a gateway with one config `x`.
struct RoutingWorld {
    let providers: [String: FakeProvider]
    let gateway: GatewayHarness
    let health: HealthBoard

    /// Runs a world for the length of `body`. Providers that are not named say their own name.
    static func run(
        _ policy: Policy, options: RoutingConfig.Options = RoutingConfig.Options(),
        settings: ProjectSettings = ProjectSettings(),
        answers: [String: @Sendable (Int) -> FakeProvider.Answer] = [:],
        onChange: @escaping @Sendable (HealthRegister.Change) -> Void = { _ in },
        _ body: (RoutingWorld) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var providers: [String: FakeProvider] = [:]
        for name in ["a", "b", "c"] {
            let answer = answers[name]
            providers[name] = try await FakeProvider(on: group) { number, request in
                if let answer { return answer(number) }
                return request.body.contains(#""stream":true"#)
                    ? .events(events(name)) : .whole(200, Fixture.saying(name))
            }
        }
        let health = HealthBoard(onChange: onChange)
        let gateway = try await GatewayHarness(
            providers: providers.map { Fixture.compatible($0.key, at: $0.value.baseURL) }, settings: settings,
            options: options, policies: ["x": policy], health: health)
        try await body(RoutingWorld(providers: providers, gateway: gateway, health: health))
        await gateway.stop()
        for provider in providers.values { await provider.stop() }
    }

    /// A stream of the OpenAI shape that says `text`.
    static func events(_ text: String, finish: String? = "stop") -> [String] {
        func chunk(_ delta: String, _ finish: String?) -> String {
            #"data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":\#(delta),"finish_reason":"#
                + (finish.map { "\"\($0)\"" } ?? "null") + "}]}\n\n"
        }
        return [chunk(#"{"role":"assistant","content":""}"#, nil), chunk(#"{"content":"\#(text)"}"#, nil)]
            + (finish.map { [chunk("{}", $0), "data: [DONE]\n\n"] } ?? [])
    }

    /// Asks the config.
    func ask(_ more: String = "", headers: [(String, String)] = []) async throws -> GatewayHarness.Reply {
        try await gateway.send("POST", "/v1/chat/completions", Fixture.asking("@x", more), headers: headers)
    }

    /// How often a provider was called.
    func calls(_ name: String) -> Int { providers[name]?.requests.count ?? 0 }

    /// The last record.
    var record: RequestRecord? { gateway.records.records.last }
}
