import ModeluxCore
import Testing

/// Random configs, health and outcomes, carried out against upstreams that count their calls.
struct PlanRunTests {
    private static let names = [
        "a/cheap", "b/middle", "c/dear", "a/wordy", "d/other", "oai/gpt-4o", "goo/g", "nobody/m",
    ]

    @Test func `a run calls only what the plan allows, in time, and the trace agrees with what was called`() throws {
        var generator = SeededGenerator(seed: 51)
        var runs = 0
        for round in 0..<4000 {
            let fixture = Self.world(&generator)
            let facts = RequestFacts(
                model: "@x", isStream: Bool.random(using: &generator), hasTools: Bool.random(using: &generator),
                likelyInputTokens: 100, endUser: "u\(round)")
            let plan: Plan
            do throws(Failure) {
                plan = try fixture.plan(facts, random: generator.next())
            } catch { continue }
            if case .refuse = plan.root { continue }
            runs += 1
            Self.checkCandidates(plan, fixture)
            Self.carryOut(plan, &generator)
        }
        #expect(runs > 2500)
    }

    private static func checkCandidates(_ plan: Plan, _ fixture: RoutingFixture) {
        let isLastResort = plan.candidates.count == 1 && plan.candidates[0].reason.contains("least bad")
        for candidate in plan.candidates {
            #expect(fixture.dataPolicy.objection(to: candidate.provider) == nil, "the data policy holds for all")
            let isAllowed = fixture.allowedModels.isEmpty || fixture.allowedModels.contains(candidate.name)
            #expect(isAllowed)
            if !isLastResort { #expect(fixture.states[candidate.name] != .open, "an open one is not called") }
        }
    }

    private static func carryOut(_ plan: Plan, _ generator: inout SeededGenerator) {
        let outcomes: [AttemptRecord.Outcome] = [
            .success, .timeout, .serverError, .rateLimited, .authError, .invalidRequest,
        ]
        let deadline = UInt64.random(in: 1...30_000_000_000, using: &generator)
        var trace = plan.trace
        var called: [Int: Int] = [:]
        var attempts = 0
        var now: UInt64 = 0
        var state = RunState(plan.root, deadline: deadline)
        var action = state.begin(at: now)
        for _ in 0..<200 {
            switch action {
            case .call(let leaf, _):
                #expect(now < deadline)
                let reached = reachable(state.leaves[leaf])
                for index in reached {
                    #expect(plan.candidates.indices.contains(index))
                    guard plan.candidates.indices.contains(index) else { return }
                    called[index, default: 0] += 1
                    trace.candidates[index].verdict = .tried
                }
                attempts += 1
                now += UInt64.random(in: 0...4_000_000_000, using: &generator)
                let report = RunState.Report(outcomes.randomElement(using: &generator) ?? .success, status: 500)
                action = state.next(after: report, at: now, random: generator.next())
            case .wait(let pause):
                now += pause.nanoseconds
                #expect(now < deadline)
                action = state.resume(at: now)
            case .finish:
                #expect(attempts <= Plan.mostAttempts)
                let tried = trace.candidates.filter { $0.verdict == .tried }.count
                #expect(tried == called.count && called.keys.allSatisfy { $0 < plan.candidates.count })
                return
            }
        }
        Issue.record("the run does not end")
    }

    private static func reachable(_ node: Plan.Node) -> [Int] {
        switch node {
        case .attempt(let index): [index]
        case .sequence(let nodes, _): nodes.flatMap(reachable)
        case .ensemble(let run): run.members.flatMap { reachable($0.node) } + (run.judge.map { [$0] } ?? [])
        case .cascade(let steps): steps.flatMap { reachable($0.node) + ($0.judge.map { [$0] } ?? []) }
        case .refuse: []
        }
    }

    private static func world(_ generator: inout SeededGenerator) -> RoutingFixture {
        var fixture = RoutingFixture()
        for slug in ["x", "y", "z"] { fixture = fixture.with(slug, policy(&generator)) }
        for name in names where Int.random(in: 0..<3, using: &generator) == 0 {
            fixture.states[name] = HealthState.allCases.randomElement(using: &generator)
        }
        if Int.random(in: 0..<4, using: &generator) == 0 { fixture.dataPolicy.allowedRegions = ["eu"] }
        if Int.random(in: 0..<4, using: &generator) == 0 { fixture.dataPolicy.training = .require }
        if Int.random(in: 0..<5, using: &generator) == 0 {
            fixture.allowedModels = ["a/cheap", "oai/gpt-4o", "b/middle"]
        }
        return fixture
    }

    private static func policy(_ generator: inout SeededGenerator) -> Policy {
        let targets = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
            let isConfig = Int.random(in: 0..<4, using: &generator) == 0
            let pool = isConfig ? ["@x", "@y", "@z"] : names
            return Target(
                model: pool.randomElement(using: &generator) ?? "a/cheap",
                weight: Double(Int.random(in: 0...3, using: &generator)))
        }
        let rules = RetryRules(
            retriesPerTarget: Int.random(in: 0...2, using: &generator), backoff: .milliseconds(300))
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: return .single(targets[0])
        case 1: return .costOptimized(CostOptimized(targets: targets))
        case 2: return .latencyOptimized(LatencyOptimized(targets: targets))
        case 3: return .ensemble(Ensemble(members: targets, aggregation: .firstValid(nil)))
        case 4:
            let variants = targets.enumerated().map { ABTest.Variant(name: "v\($0.offset)", target: $0.element) }
            return .abTest(ABTest(variants: variants))
        case 5: return .cascade(Cascade(steps: targets.map { Cascade.Step(target: $0) }))
        case 6:
            let entries = targets.map {
                CustomRules.Entry(rule: try? Rule("request.stream"), then: .target($0))
            }
            return .customRules(CustomRules(rules: entries + [.init(rule: nil, then: .target(targets[0]))]))
        default: return .fallbackChain(FallbackChain(targets: targets, rules: rules))
        }
    }
}
