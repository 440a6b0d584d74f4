import ModeluxCore
import Testing

struct PlannerTests {
    private static let now = Timestamp(microseconds: 1_800_000_000_000_000)

    private static func provider(
        _ name: String, _ vendor: Vendor, models: [String] = [], isDefault: Bool = false
    ) -> Provider {
        Provider(id: Identifier("prov_" + name), name: name, vendor: vendor, models: models, isDefault: isDefault)
    }

    private static func config(_ slug: String, _ model: String, pinned: String? = nil) -> RoutingConfig {
        RoutingConfig(
            id: Identifier("cfg_" + slug), projectID: Identifier("proj_a"), slug: slug, version: 3,
            policy: .single(
                Target(model: model, providerID: pinned.map { Identifier("prov_" + $0) }, timeout: .seconds(7))))
    }

    private static let snapshot = Snapshot(
        version: 1, keys: [], projects: [],
        providers: [
            provider("main", .openai, isDefault: true), provider("backup", .openai),
            provider("gpu", .openaiCompatible, models: ["llama-4", "shared"]),
            provider("lab", .openaiCompatible, models: ["shared"]),
        ],
        configs: [
            config("default", "openai/gpt-4o"), config("pinned", "openai/gpt-4o", pinned: "backup"),
            config("gone", "openai/gpt-4o", pinned: "removed"), config("loop", "@default"), config("lost", "nobody/m"),
        ],
        catalogue: Catalogue(
            models: [
                "openai/gpt-4o": Model(
                    name: "gpt-4o", mode: "chat",
                    prices: [
                        Price(id: "p", effectiveFrom: Timestamp(microseconds: 0), standard: Tariff(base: .free))
                    ])
            ], date: ""))

    private static func caller(_ allowed: [String] = [], resolvesBare: Bool = true) -> Caller {
        let project = Project(
            id: Identifier("proj_a"), slug: "a", name: "A",
            settings: ProjectSettings(autoResolvesBareModels: resolvesBare))
        let digest = KeyDigest(1, 2, 3, 4)
        return Caller(
            key: APIKey(
                id: Identifier("key_a"), projectID: project.id, name: "k", digest: digest, display: "mlx_sk_…abcd",
                createdAt: now, allowedModels: allowed), project: project)
    }

    @Test(arguments: [
        ("@default", Plan.Resolution.config, "main", "gpt-4o"), ("@pinned", .config, "backup", "gpt-4o"),
        ("openai/gpt-4o", .direct, "main", "gpt-4o"), ("backup/gpt-4o", .direct, "backup", "gpt-4o"),
        ("@loop", .config, "main", "gpt-4o"), ("gpu/org/any", .direct, "gpu", "org/any"),
        ("gpt-4o-mini", .auto, "main", "gpt-4o-mini"),
        ("llama-4", .auto, "gpu", "llama-4"), ("sandbox/echo", .direct, "sandbox", "echo"),
    ])
    func `a reference becomes a plan`(text: String, resolution: Plan.Resolution, provider: String, model: String) throws
    {
        let plan = try Planner.plan(text, for: Self.caller(), in: Self.snapshot, at: Self.now)
        #expect(plan.resolution == resolution)
        let candidate = try #require(plan.candidates.first)
        #expect(plan.candidates.count == 1)
        #expect(candidate.provider.name == provider && candidate.model == model)
        #expect((candidate.price?.id == "p") == (model == "gpt-4o"))
        #expect((plan.config?.version == 3) == (resolution == .config))
        if resolution == .config { #expect(plan.options.timeouts.firstByte == .seconds(7)) }
    }

    @Test(arguments: [
        ("@none", Failure.Kind.routingConfigNotFound), ("nobody/m", .unknownModel), ("shared", .unknownModel),
        ("unlisted", .unknownModel), ("claude-haiku", .unknownModel), ("", .unknownModel),
        ("@lost", .unknownModel), ("@gone", .noHealthyProvider),
    ])
    func `a reference that names nothing says so`(text: String, kind: Failure.Kind) throws {
        let failure = try #require(throws: Failure.self) {
            try Planner.plan(text, for: Self.caller(), in: Self.snapshot, at: Self.now)
        }
        #expect(failure.kind == kind)
    }

    @Test(arguments: [
        ("@default", ["@default"], true), ("@default", ["gpt-4o"], true), ("@default", ["main/gpt-4o"], true),
        ("openai/gpt-4o", ["main/gpt-4o"], true), ("gpt-4o", ["gpt-4o"], true), ("@pinned", ["main/gpt-4o"], false),
        ("llama-4", ["gpt-4o"], false), ("@default", ["@other"], false),
    ])
    func `a key's allowed models hold for every form`(text: String, allowed: [String], passes: Bool) throws {
        do {
            _ = try Planner.plan(text, for: Self.caller(allowed), in: Self.snapshot, at: Self.now)
            #expect(passes)
        } catch {
            #expect(!passes && error.kind == .modelNotAllowed && error.kind.status == 403)
        }
    }

    @Test func `a project can refuse bare names`() throws {
        let caller = Self.caller(resolvesBare: false)
        let failure = try #require(throws: Failure.self) {
            try Planner.plan("gpt-4o", for: caller, in: Self.snapshot, at: Self.now)
        }
        #expect(failure.kind == .unknownModel)
        _ = try Planner.plan("openai/gpt-4o", for: caller, in: Self.snapshot, at: Self.now)
    }

    @Test func `a key's life is checked to the moment`() throws {
        func caller(expiresAt: Timestamp?, revokedAt: Timestamp?) -> Caller {
            let project = Project(id: Identifier("proj_a"), slug: "a", name: "A")
            return Caller(
                key: APIKey(
                    id: Identifier("key_a"), projectID: project.id, name: "k", digest: KeyDigest(1, 2, 3, 4),
                    display: "mlx_sk_…abcd", createdAt: Self.now, expiresAt: expiresAt, revokedAt: revokedAt),
                project: project)
        }
        let later = Self.now.advanced(byMicroseconds: 1)
        try caller(expiresAt: later, revokedAt: later).validate(at: Self.now)
        let expired = try #require(throws: Failure.self) {
            try caller(expiresAt: Self.now, revokedAt: nil).validate(at: Self.now)
        }
        #expect(expired.kind == .expiredKey)
        let revoked = try #require(throws: Failure.self) {
            try caller(expiresAt: Self.now, revokedAt: Self.now).validate(at: Self.now)
        }
        #expect(revoked.kind == .revokedKey)
    }
}
