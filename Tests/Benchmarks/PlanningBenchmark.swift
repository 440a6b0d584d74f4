import Glibc
import ModeluxCore

/// What decisions cost, in microseconds: the best of many rounds, since the machine's other work only ever adds.
@main
struct PlanningBenchmark {
    static func main() throws {
        let world = try World()
        var isWithin = true
        isWithin = measure("a chain of three is planned, with its trace", bound: 10) { world.planChain() } && isWithin
        isWithin = measure("a rule of ten conditions is evaluated", bound: 2) { world.evaluate() } && isWithin
        isWithin = measure("a chain of three is planned by a rule", bound: 15) { world.planRules() } && isWithin
        isWithin = measure("the run of a chain whose first target fails", bound: 5) { world.run() } && isWithin
        isWithin = measure("an attempt's end goes on the health board", bound: 2) { world.note() } && isWithin
        exit(isWithin ? 0 : 1)
    }

    private static func measure(_ what: String, bound: Double, _ body: () -> Int) -> Bool {
        var best = Double.infinity
        var sum = 0
        for _ in 0..<200 {
            let start = now()
            for _ in 0..<200 { sum &+= body() }
            best = min(best, Double(now() - start) / 200 / 1000)
        }
        let hundredths = Int((best * 100).rounded())
        let shown = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
        print("\(best <= bound ? "ok  " : "OVER") \(shown) µs (bound \(bound)): \(what)\(sum == 1 ? " " : "")")
        return best <= bound
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// A snapshot with a few hundred models, health that has seen traffic, and a request with tags.
final class World {
    private let planner: Planner
    private let rule: Rule
    private let scope: RuleScope
    private let node: Plan.Node
    private var register = HealthRegister()
    private var moment: UInt64 = 0

    init() throws {
        var models: [String: Model] = [:]
        for index in 0..<500 {
            models["openai/gpt-\(index)"] = Model(
                name: "gpt-\(index)", mode: "chat", contextTokens: 128_000, capabilities: ["tools", "vision"],
                prices: [
                    Price(
                        id: "p\(index)", effectiveFrom: Timestamp(microseconds: 0),
                        standard: Tariff(
                            base: Rates(
                                input: Rate(nanoUSDPerMillion: 1_000_000),
                                output: Rate(nanoUSDPerMillion: 4_000_000))))
                ])
        }
        let project = Project(id: Identifier("proj_a"), slug: "a", name: "A")
        let targets = ["one/gpt-7", "two/gpt-8", "three/gpt-9"].map { Target(model: $0) }
        let chain = FallbackChain(targets: targets)
        let text = """
            tags.team == 'support' and tags.plan != 'free' and request.stream and not request.has_tools and \
            estimate.input_tokens < 4000 and request.max_tokens <= 1000 and tags.region in ['eu', 'us', 'ap'] and \
            request.model starts_with '@' and time.hour >= 0 and health('one') != 'down'
            """
        rule = try Rule(text)
        let entries = [
            CustomRules.Entry(rule: rule, then: .target(Target(model: "@chain"))),
            CustomRules.Entry(rule: nil, then: .target(targets[0])),
        ]
        func config(_ slug: String, _ policy: Policy) -> RoutingConfig {
            RoutingConfig(
                id: Identifier("cfg_" + slug), projectID: project.id, slug: slug, version: 1, policy: policy)
        }
        let snapshot = Snapshot(
            version: 1, keys: [], projects: [project],
            providers: ["one", "two", "three"].map {
                Provider(id: Identifier("prov_" + $0), name: $0, vendor: .openai)
            },
            configs: [
                config("chain", .fallbackChain(chain)), config("rules", .customRules(CustomRules(rules: entries))),
            ], catalogue: Catalogue(models: models, date: ""))
        for index in 0..<1000 {
            let name = ["one", "two", "three"][index % 3]
            _ = register.record(
                .success(milliseconds: Double(index % 97)),
                of: HealthKey(provider: Identifier("prov_" + name), model: "gpt-\(7 + index % 3)"), provider: name,
                at: UInt64(index))
        }
        let caller = Caller(
            key: APIKey(
                id: Identifier("key_a"), projectID: project.id, name: "k", digest: KeyDigest(1, 2, 3, 4),
                display: "mlx_sk_…abcd", createdAt: Timestamp(microseconds: 0)), project: project)
        planner = Planner(
            caller: caller, snapshot: snapshot, health: register.view(at: 1000),
            now: Timestamp(microseconds: 1_800_000_000_000_000), random: 7)
        scope = RuleScope(
            facts: try World.facts("@chain"), caller: caller, health: planner.health, expectedCost: .zero,
            now: planner.now)
        node = .sequence((0..<3).map(Plan.Node.attempt), RetryRules())
        guard rule.holds(in: scope) else { fatalError("the rule must be evaluated to its end") }
    }

    private static func facts(_ model: String) throws -> RequestFacts {
        var facts = RequestFacts(model: model, isStream: true, maximumOutputTokens: 500, likelyInputTokens: 700)
        for (key, value) in [("plan", "pro"), ("team", "support"), ("region", "eu")] {
            try facts.tags.set(key, to: value)
        }
        return facts
    }

    func planChain() -> Int { plan("@chain") }

    func planRules() -> Int { plan("@rules") }

    private func plan(_ model: String) -> Int {
        guard let facts = try? World.facts(model), let plan = try? planner.plan(facts) else { return 1 }
        return plan.trace.candidates.count
    }

    func evaluate() -> Int { rule.holds(in: scope) ? 2 : 3 }

    func run() -> Int {
        var state = RunState(node, deadline: .max)
        _ = state.begin(at: 0)
        _ = state.next(after: RunState.Report(.serverError, status: 500), at: 1, random: 1)
        let end = state.next(after: RunState.Report(.success), at: 2, random: 2)
        return end == .finish(.answered) ? 2 : 3
    }

    func note() -> Int {
        moment &+= 1000
        let key = HealthKey(provider: Identifier("prov_one"), model: "gpt-7")
        return register.record(.success(milliseconds: 12), of: key, provider: "one", at: moment) == nil ? 2 : 3
    }
}
