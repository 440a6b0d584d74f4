import ModeluxCore

/// A small world for routing tests: priced models at several providers, configs of one project, and health as a test
/// wants it.
struct RoutingFixture {
    static let now = Timestamp(microseconds: 1_800_000_000_000_000)
    static let clock: UInt64 = 1_000_000_000_000

    var configs: [(slug: String, policy: Policy, options: RoutingConfig.Options)] = []
    var states: [String: HealthState] = [:]
    var latencies: [String: [Double]] = [:]
    var usualOutputs: [String: Double] = [:]
    var allowedModels: [String] = []
    var dataPolicy = DataPolicy()

    static let providers = [
        provider("a", region: "eu"), provider("b", region: "us"), provider("c", region: "eu"),
        provider("d", region: nil), Provider(id: Identifier("prov_oai"), name: "oai", vendor: .openai, isDefault: true),
        Provider(id: Identifier("prov_goo"), name: "goo", vendor: .google, region: "eu"),
    ]

    private static func provider(_ name: String, region: String?) -> Provider {
        Provider(id: Identifier("prov_" + name), name: name, vendor: .openaiCompatible, region: region)
    }

    /// Prices in dollars per million tokens: input, output.
    static let models: [String: Model] = [
        "a/cheap": model("cheap", 0.1, 0.4, .economy, ["tools"]),
        "b/middle": model("middle", 1, 4, .standard, ["tools", "vision"]),
        "c/dear": model("dear", 10, 40, .premium, ["tools", "vision"]),
        "a/wordy": model("wordy", 0.05, 9, .standard, ["tools"]),
        "b/small": model("small", 0.2, 0.2, .standard, ["tools"], context: 1000),
        "c/plain": model("plain", 0.5, 0.5, .standard, ["streaming"]),
        "a/vectors": Model(
            name: "vectors", mode: "embedding",
            prices: [price("vectors", 0.02, 0)]),
        "openai/gpt-4o": model("gpt-4o", 2.5, 10, .premium, ["tools", "vision"]),
    ]

    private static func model(
        _ name: String, _ input: Double, _ output: Double, _ quality: Model.QualityTier, _ capabilities: [String],
        context: Int64? = 100_000
    ) -> Model {
        Model(
            name: name, mode: "chat", contextTokens: context, quality: quality, capabilities: capabilities,
            prices: [price(name, input, output)])
    }

    private static func price(_ name: String, _ input: Double, _ output: Double) -> Price {
        Price(
            id: name, effectiveFrom: Timestamp(microseconds: 0),
            standard: Tariff(
                base: Rates(
                    input: Rate(nanoUSDPerMillion: Int64(input * 1e9)),
                    output: Rate(nanoUSDPerMillion: Int64(output * 1e9)))))
    }

    init(_ policy: Policy? = nil, options: RoutingConfig.Options = RoutingConfig.Options()) {
        if let policy { configs = [("x", policy, options)] }
    }

    func with(_ slug: String, _ policy: Policy, options: RoutingConfig.Options = RoutingConfig.Options()) -> Self {
        var copy = self
        copy.configs.append((slug, policy, options))
        return copy
    }

    var caller: Caller {
        let project = Project(
            id: Identifier("proj_x"), slug: "shop", name: "Shop",
            settings: ProjectSettings(dataPolicy: dataPolicy))
        return Caller(
            key: APIKey(
                id: Identifier("key_x"), projectID: project.id, name: "web", digest: KeyDigest(1, 2, 3, 4),
                display: "mlx_sk_…abcd", createdAt: Self.now, allowedModels: allowedModels), project: project)
    }

    var snapshot: Snapshot {
        Snapshot(
            version: 1, keys: [], projects: [], providers: Self.providers,
            configs: configs.map { config in
                RoutingConfig(
                    id: Identifier("cfg_" + config.slug), projectID: Identifier("proj_x"), slug: config.slug,
                    version: 1, policy: config.policy, options: config.options)
            }, catalogue: Catalogue(models: Self.models, date: ""))
    }

    var health: HealthView {
        var readings: [HealthKey: HealthReading] = [:]
        for target in Set(states.keys).union(latencies.keys) {
            let parts = target.split(separator: "/", maxSplits: 1).map { String($0) }
            var window = HealthWindow()
            for latency in latencies[target] ?? [] { window.record(success: latency, at: Self.clock) }
            readings[HealthKey(provider: Identifier("prov_" + parts[0]), model: parts.count > 1 ? parts[1] : "")] =
                HealthReading(
                    provider: parts[0], state: states[target] ?? .closed, window: window, at: Self.clock)
        }
        return HealthView(
            readings: readings,
            usualOutputs: Dictionary(
                uniqueKeysWithValues: usualOutputs.map { (Identifier("cfg_" + $0.key), $0.value) }),
            madeAt: Self.clock)
    }

    /// Plans again and again in one world.
    func planner() -> (RequestFacts, UInt64) throws(Failure) -> Plan {
        let (caller, snapshot, health) = (caller, snapshot, health)
        return { (facts, random) throws(Failure) in
            try Planner(caller: caller, snapshot: snapshot, health: health, now: Self.now, random: random).plan(facts)
        }
    }

    func plan(_ facts: RequestFacts = RequestFacts(model: "@x"), random: UInt64 = 0) throws(Failure) -> Plan {
        try Planner(caller: caller, snapshot: snapshot, health: health, now: Self.now, random: random).plan(facts)
    }
}

extension Plan {
    /// The targets in the order in which they would be called if each one failed.
    var order: [String] {
        func walk(_ node: Node) -> [String] {
            switch node {
            case .attempt(let index): [candidates[index].name]
            case .sequence(let nodes, _): nodes.flatMap(walk)
            case .ensemble(let run): run.members.flatMap { walk($0.node) }
            case .cascade(let steps): steps.flatMap { walk($0.node) }
            case .refuse: []
            }
        }
        return walk(root)
    }
}

extension [Target] {
    static func named(_ text: String) -> [Target] {
        text.split(separator: " ").map { Target(model: String($0)) }
    }
}
