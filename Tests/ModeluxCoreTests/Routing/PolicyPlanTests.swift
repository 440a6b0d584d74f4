import ModeluxCore
import Testing

/// What each policy plans: a table of worlds and the order of calls that follows.
struct PolicyPlanTests {
    /// A world and what is expected of it.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let fixture: RoutingFixture
        let facts: RequestFacts
        let order: [String]
        /// Targets that are in the trace with a reason that contains the text.
        let rejected: [String: String]

        var testDescription: String { name }

        init(_ name: String, _ fixture: RoutingFixture, _ order: String, rejected: [String: String] = [:]) {
            self.init(name, fixture, RequestFacts(model: "@x"), order, rejected: rejected)
        }

        init(
            _ name: String, _ fixture: RoutingFixture, _ facts: RequestFacts, _ order: String,
            rejected: [String: String] = [:]
        ) {
            self.name = name
            self.fixture = fixture
            self.facts = facts
            self.order = order.split(separator: " ").map { String($0) }
            self.rejected = rejected
        }
    }

    private static func chain(
        _ names: String, open: String = "", half: String = "", allowed: [String] = [],
        data: DataPolicy = DataPolicy()
    ) -> RoutingFixture {
        var fixture = RoutingFixture(.fallbackChain(FallbackChain(targets: .named(names))))
        for name in open.split(separator: " ") { fixture.states[String(name)] = .open }
        for name in half.split(separator: " ") { fixture.states[String(name)] = .halfOpen }
        fixture.allowedModels = allowed
        fixture.dataPolicy = data
        return fixture
    }

    private static func facts(
        tools: Bool = false, images: Bool = false, input: Int64 = 100, most: Int64? = nil,
        _ operation: RequestFacts.Operation = .chat
    ) -> RequestFacts {
        RequestFacts(
            model: "@x", operation: operation, hasTools: tools, hasImages: images, maximumOutputTokens: most,
            likelyInputTokens: input)
    }

    private static let all = "a/cheap b/middle c/dear"

    static let chains: [Row] = {
        var rows: [Row] = [
            Row("in order", chain(all), all),
            Row("one alone", chain("b/middle"), "b/middle"),
            Row("twice the same", chain("a/cheap a/cheap"), "a/cheap a/cheap"),
            Row("a bare name", chain("gpt-4o a/cheap"), "oai/gpt-4o a/cheap"),
            Row("by vendor", chain("openai/gpt-4o"), "oai/gpt-4o"),
            Row("a model without entry", chain("d/any/thing a/cheap"), "d/any/thing a/cheap"),
            Row("half-open keeps its place", chain(all, half: "a/cheap"), all),
            Row(
                "nobody's provider is passed over", chain("nobody/m a/cheap"), "a/cheap",
                rejected: ["nobody/m": "no provider is named"]),
            Row("a config that is gone", chain("@gone a/cheap"), "a/cheap", rejected: ["@gone": "is gone"]),
            Row("itself is passed over", chain("@x b/middle"), "b/middle"),
            Row(
                "tools where they are taken", chain("c/plain a/cheap"), facts(tools: true), "a/cheap",
                rejected: ["c/plain": "tools"]),
            Row("no tools, no matter", chain("c/plain a/cheap"), facts(), "c/plain a/cheap"),
            Row(
                "images where they are seen", chain("a/cheap b/middle"), facts(images: true), "b/middle",
                rejected: ["a/cheap": "images"]),
            Row("nobody sees images: the first all the same", chain("a/cheap c/plain"), facts(images: true), "a/cheap"),
            Row(
                "a long prompt", chain("b/small a/cheap"), facts(input: 2000), "a/cheap",
                rejected: ["b/small": "context of 1000"]),
            Row("a short prompt", chain("b/small a/cheap"), facts(input: 900), "b/small a/cheap"),
            Row(
                "embeddings", chain("a/cheap a/vectors"), facts(.embeddings), "a/vectors",
                rejected: ["a/cheap": "chat model"]),
            Row(
                "chat at an embedding model", chain("a/vectors b/middle"), facts(.chat), "b/middle",
                rejected: ["a/vectors": "embedding model"]),
            Row("a key's models", chain(all, allowed: ["b/middle"]), "b/middle", rejected: ["a/cheap": "may not use"]),
            Row("a key's bare models", chain(all, allowed: ["dear", "cheap"]), "a/cheap c/dear"),
            Row("a key's config", chain(all, allowed: ["@x"]), all),
            Row(
                "a region", chain(all, data: DataPolicy(allowedRegions: ["EU"])), "a/cheap c/dear",
                rejected: ["b/middle": "region us"]),
            Row(
                "an unknown region", chain("d/m c/dear", data: DataPolicy(allowedRegions: ["eu"])), "c/dear",
                rejected: ["d/m": "not known"]),
            Row(
                "built in is everywhere", chain("sandbox/echo", data: DataPolicy(allowedRegions: ["eu"])),
                "sandbox/echo"),
            Row(
                "no training", chain("a/cheap gpt-4o goo/gemini", data: DataPolicy(training: .require)), "oai/gpt-4o",
                rejected: ["goo/gemini": "google does not promise", "a/cheap": "does not promise"]),
            Row("training, preferably not", chain("goo/gemini", data: DataPolicy(training: .prefer)), "goo/gemini"),
            Row(
                "an open one never beats the data policy",
                chain("a/cheap b/middle", open: "a/cheap", data: DataPolicy(allowedRegions: ["eu"])), "a/cheap"),
        ]
        // Every set of open breakers over a chain of three: those are left out, and with all open one is tried.
        let names = ["a/cheap", "b/middle", "c/dear"]
        for mask in 1..<8 {
            let open = names.indices.filter { mask >> $0 & 1 == 1 }.map { names[$0] }
            let rest = names.filter { !open.contains($0) }
            rows.append(
                Row(
                    "open: \(open)", chain(all, open: open.joined(separator: " ")),
                    rest.isEmpty ? "a/cheap" : rest.joined(separator: " "),
                    rejected: rest.isEmpty ? [:] : Dictionary(uniqueKeysWithValues: open.map { ($0, "circuit") })))
        }
        return rows
    }()

    private static func cost(
        _ names: String, quality: Model.QualityTier? = nil, latency: Duration? = nil, usual: Double? = nil,
        states: [String: HealthState] = [:], latencies: [String: [Double]] = [:]
    ) -> RoutingFixture {
        var fixture = RoutingFixture(
            .costOptimized(CostOptimized(targets: .named(names), quality: quality, maximumLatency: latency)))
        fixture.states = states
        fixture.latencies = latencies
        if let usual { fixture.usualOutputs["x"] = usual }
        return fixture
    }

    static let costs: [Row] = {
        let slow = Array(repeating: 900.0, count: 5)
        var rows: [Row] = [
            Row("cheapest first", cost("c/dear b/middle a/cheap"), "a/cheap b/middle c/dear"),
            Row("without a price comes last", cost("d/unknown c/dear"), "c/dear d/unknown"),
            Row(
                "a standard at least", cost(all, quality: .standard), "b/middle c/dear",
                rejected: ["a/cheap": "is economy"]),
            Row("premium", cost(all, quality: .premium), "c/dear"),
            Row("economy is any", cost(all, quality: .economy), all),
            Row("long answers", cost("a/wordy a/cheap", usual: 1000), "a/cheap a/wordy"),
            Row(
                "hardly an answer, a long prompt", cost("a/cheap a/wordy", usual: 1), facts(input: 1000),
                "a/wordy a/cheap"),
            Row(
                "the caller's limit counts", cost("a/cheap a/wordy", usual: 1000), facts(input: 1000, most: 1),
                "a/wordy a/cheap"),
            Row("healthy before cheap", cost(all, states: ["a/cheap": .halfOpen]), "b/middle c/dear a/cheap"),
            Row(
                "never an open one", cost(all, states: ["a/cheap": .open]), "b/middle c/dear",
                rejected: ["a/cheap": "circuit"]),
            Row(
                "slow ones last", cost(all, latency: .milliseconds(500), latencies: ["a/cheap": slow]),
                "b/middle c/dear a/cheap"),
            Row("fast enough", cost(all, latency: .seconds(1), latencies: ["a/cheap": slow]), all),
            Row("equals keep their order", cost("b/middle b/middle a/cheap"), "a/cheap b/middle b/middle"),
            Row("a free one", cost("a/cheap sandbox/echo"), "a/cheap sandbox/echo"),
        ]
        // 40 random price questions, answered by arithmetic of their own.
        var generator = SeededGenerator(seed: 3)
        let rates: [(String, Double, Double)] = [
            ("a/cheap", 0.1, 0.4), ("b/middle", 1, 4), ("c/dear", 10, 40), ("a/wordy", 0.05, 9), ("c/plain", 0.5, 0.5),
        ]
        for number in 0..<40 {
            let input = Int64.random(in: 1...50_000, using: &generator)
            let output = Double(Int64.random(in: 1...5000, using: &generator))
            let shuffled = rates.shuffled(using: &generator)
            let sorted = shuffled.sorted {
                (Double(input) * $0.1 + output * $0.2) < (Double(input) * $1.1 + output * $1.2)
            }
            rows.append(
                Row(
                    "arithmetic \(number)", cost(shuffled.map(\.0).joined(separator: " "), usual: output),
                    facts(input: input), sorted.map(\.0).joined(separator: " ")))
        }
        return rows
    }()

    private static func latency(
        _ names: String, percentile: Double = 50, explore: Double = 0, _ latencies: [String: [Double]],
        states: [String: HealthState] = [:]
    ) -> RoutingFixture {
        var fixture = RoutingFixture(
            .latencyOptimized(
                LatencyOptimized(targets: .named(names), percentile: percentile, explorePercent: explore)))
        fixture.latencies = latencies
        fixture.states = states
        return fixture
    }

    static let speeds: [Row] = [
        Row(
            "fastest first",
            latency(all, ["a/cheap": [300, 310, 320], "b/middle": [100, 110, 120], "c/dear": [200, 210, 220]]),
            "b/middle c/dear a/cheap"),
        Row(
            "healthy before fast",
            latency(
                "a/cheap b/middle", ["a/cheap": [10, 10, 10], "b/middle": [900, 900, 900]],
                states: ["a/cheap": .halfOpen]), "b/middle a/cheap"),
        Row(
            "never an open one",
            latency(
                "a/cheap b/middle", ["a/cheap": [10, 10, 10], "b/middle": [900, 900, 900]], states: ["a/cheap": .open]),
            "b/middle", rejected: ["a/cheap": "circuit"]),
        Row(
            "by the median", latency("a/cheap b/middle", ["a/cheap": [10, 10, 900], "b/middle": [50, 60, 70]]),
            "a/cheap b/middle"),
        Row(
            "by the slowest",
            latency("a/cheap b/middle", percentile: 100, ["a/cheap": [10, 10, 900], "b/middle": [50, 60, 70]]),
            "b/middle a/cheap"),
        Row("one alone", latency("a/cheap", [:]), "a/cheap"),
    ]

    private static func rules(_ rules: [(String?, CustomRules.Consequence)]) -> RoutingFixture {
        RoutingFixture(
            .customRules(
                CustomRules(
                    rules: rules.compactMap { text, then in
                        CustomRules.Entry(rule: text.flatMap { try? Rule($0) }, then: then)
                    })))
    }

    private static func tagged(_ team: String, stream: Bool = false) -> RequestFacts {
        var facts = RequestFacts(model: "@x", isStream: stream)
        try? facts.tags.set("team", to: team)
        return facts
    }

    static let decisions: [Row] = {
        let world = rules([
            ("tags.team == 'support'", .target(Target(model: "c/dear"))),
            ("request.stream", .target(Target(model: "b/middle"))), (nil, .target(Target(model: "a/cheap"))),
        ])
        return [
            Row("the first that holds", world, tagged("support"), "c/dear"),
            Row("the first, not the best", world, tagged("support", stream: true), "c/dear"),
            Row("the second", world, tagged("sales", stream: true), "b/middle"),
            Row("else", world, tagged("sales"), "a/cheap"),
            Row("no tag at all", world, RequestFacts(model: "@x"), "a/cheap"),
            Row(
                "a rule may name a config",
                rules([(nil, .target(Target(model: "@y")))])
                    .with("y", .fallbackChain(FallbackChain(targets: .named("b/middle a/cheap")))),
                RequestFacts(model: "@x"), "b/middle a/cheap"),
        ]
    }()

    static let nested: [Row] = {
        func nest(_ outer: String, _ inner: String) -> RoutingFixture {
            chain(outer).with("y", .fallbackChain(FallbackChain(targets: .named(inner))))
        }
        return [
            Row("a chain in a chain", nest("a/cheap @y", "b/middle c/dear"), all),
            Row("a chain first", nest("@y c/dear", "a/cheap b/middle"), all),
            Row("the same config twice", nest("@y @y", "a/cheap"), "a/cheap a/cheap"),
            Row("two that name each other", nest("@y a/cheap", "@x b/middle"), "b/middle a/cheap"),
            Row("one that names itself", nest("@y", "@y a/cheap"), "a/cheap"),
            Row(
                "single of a config",
                RoutingFixture(.single(Target(model: "@y")))
                    .with("y", .fallbackChain(FallbackChain(targets: .named(all)))), all),
            Row(
                "an ensemble in a chain",
                chain("@y c/dear").with(
                    "y",
                    .ensemble(Ensemble(members: .named("a/cheap b/middle"), aggregation: .firstValid(nil)))), all),
            Row(
                "a cascade's steps",
                RoutingFixture(
                    .cascade(
                        Cascade(steps: [
                            .init(target: Target(model: "a/cheap"), accept: AnswerTest(minimumCharacters: 5)),
                            .init(target: Target(model: "@y")),
                        ]))
                ).with("y", .fallbackChain(FallbackChain(targets: .named("b/middle c/dear")))), all),
        ]
    }()

    @Test(arguments: chains + costs + speeds + decisions + nested)
    func `a policy plans the right order`(row: Row) throws {
        let plan = try row.fixture.plan(row.facts)
        #expect(plan.order == row.order)
        for (target, reason) in row.rejected {
            let entry = plan.trace.candidates.first { $0.target == target && $0.verdict == .rejected }
            #expect(entry?.reason.contains(reason) == true, "\(target): \(entry?.reason ?? "not in the trace")")
        }
        // What may not be called is no candidate, and every candidate can be reached.
        for target in row.rejected.keys { #expect(!plan.candidates.contains { $0.name == target }) }
        #expect(Set(plan.candidates.map(\.name)) == Set(row.order))
        #expect(plan.config?.slug == "x" && plan.resolution == .config)
    }

    @Test func `the table is large`() {
        #expect(
            Self.chains.count + Self.costs.count + Self.speeds.count + Self.decisions.count + Self.nested.count >= 100)
    }

    @Test func `rules are in the trace up to the one that held`() throws {
        let plan = try Self.decisions[2].fixture.plan(Self.tagged("sales", stream: true))
        #expect(plan.trace.rules.map(\.matched) == [false, true])
        #expect(plan.trace.rules.map(\.condition) == ["tags.team == 'support'", "request.stream"])
    }

    @Test func `a rule that blocks refuses with its message`() throws {
        let plan = try Self.rules([("request.stream", .block("no streams here"))]).plan(
            RequestFacts(model: "@x", isStream: true))
        guard case .refuse(let failure) = plan.root else {
            Issue.record("the plan does not refuse")
            return
        }
        #expect(failure.kind == .modelNotAllowed && failure.message == "no streams here")
        #expect(plan.candidates.isEmpty && plan.trace.rules.first?.matched == true)
    }

    @Test(arguments: [
        (Ensemble.Aggregation.firstValid(nil), true), (.weightedVote, false), (.weightedAverage, false),
        (.judge(Judge(target: Target(model: "c/dear"))), false),
    ])
    func `only the first valid answer can stream`(aggregation: Ensemble.Aggregation, streams: Bool) throws {
        let fixture = RoutingFixture(.ensemble(Ensemble(members: .named("a/cheap b/middle"), aggregation: aggregation)))
        #expect(try fixture.plan().order == ["a/cheap", "b/middle"])
        do throws(Failure) {
            _ = try fixture.plan(RequestFacts(model: "@x", isStream: true))
            #expect(streams)
        } catch {
            #expect(!streams && error.kind == .unsupportedParameter && error.parameter == "stream")
        }
    }

    @Test func `an ensemble needs as many members as it says`() throws {
        var fixture = RoutingFixture(
            .ensemble(Ensemble(members: .named("a/cheap b/middle"), aggregation: .weightedVote, minimumMembers: 2)))
        #expect(try fixture.plan().order.count == 2)
        fixture.states["a/cheap"] = .open
        #expect(throws: Failure.self) { try fixture.plan() }
    }

    @Test func `a judge is a candidate and part of the worst case`() throws {
        let judge = Judge(target: Target(model: "c/dear"))
        let plan = try RoutingFixture(
            .ensemble(Ensemble(members: .named("a/cheap b/middle"), aggregation: .judge(judge)))
        ).plan()
        #expect(plan.candidates.map(\.name) == ["a/cheap", "b/middle", "c/dear"])
        #expect(plan.demand { _ in Money(nanoUSD: 5) }.total == Money(nanoUSD: 15))
        let chain = try Self.chain(Self.all).plan()
        #expect(
            chain.demand { $0.name == "b/middle" ? Money(nanoUSD: 9) : Money(nanoUSD: 5) }.total == Money(nanoUSD: 9))
    }

    @Test func `latency-optimized explores a little and only as much as it says`() throws {
        let measured = ["a/cheap": [10.0, 10, 10], "b/middle": [50, 50, 50], "c/dear": [60, 60, 60]]
        let plan = Self.latency(Self.all, explore: 10, measured).planner()
        var generator = SeededGenerator(seed: 11)
        var counts: [String: Int] = [:]
        for _ in 0..<4000 { counts[try plan(RequestFacts(model: "@x"), generator.next()).order[0], default: 0] += 1 }
        #expect((3500...3700).contains(counts["a/cheap"] ?? 0))
        #expect((counts["b/middle"] ?? 0) > 120 && (counts["c/dear"] ?? 0) > 120)
    }

    @Test func `an unmeasured target is measured by a fifth of the requests, and nothing measured spreads`() throws {
        var generator = SeededGenerator(seed: 12)
        let one = Self.latency("a/cheap b/middle", ["a/cheap": [10, 10, 10]]).planner()
        let none = Self.latency("a/cheap b/middle", [:]).planner()
        let facts = RequestFacts(model: "@x")
        var first = 0
        var spread = 0
        for _ in 0..<2000 {
            if try one(facts, generator.next()).order[0] == "b/middle" { first += 1 }
            if try none(facts, generator.next()).order[0] == "b/middle" { spread += 1 }
        }
        #expect((330...470).contains(first))
        #expect((900...1100).contains(spread))
    }

    @Test(arguments: [[50.0, 50], [90, 10], [1, 2, 7], [100, 0]])
    func `a split keeps its weights, and each user a variant`(weights: [Double]) throws {
        let names = ["a/cheap", "b/middle", "c/dear"]
        let fixture = RoutingFixture(
            .abTest(
                ABTest(
                    variants: weights.enumerated().map {
                        .init(name: "v\($0.offset)", target: Target(model: names[$0.offset], weight: $0.element))
                    })))
        var counts = weights.map { _ in 0 }
        let planner = fixture.planner()
        for user in 0..<20_000 {
            let plan = try planner(RequestFacts(model: "@x", endUser: "user-\(user)"), 0)
            let index = try #require(plan.variant.flatMap { Int($0.dropFirst()) })
            counts[index] += 1
            #expect(plan.order[0] == names[index] && plan.trace.variant == "v\(index)")
        }
        let total = weights.reduce(0, +)
        for (count, weight) in zip(counts, weights) { #expect(abs(Double(count) / 20_000 - weight / total) < 0.01) }
        // The hash is fixed: this value may not change from one version to the next.
        #expect(
            ABTest.point(of: "user-1", in: Identifier("cfg_x")) == ABTest.point(of: "user-1", in: Identifier("cfg_x")))
    }

    @Test func `a split over open targets stands in, and stays sticky by conversation`() throws {
        let variants = [
            ABTest.Variant(name: "a", target: Target(model: "a/cheap")),
            ABTest.Variant(name: "b", target: Target(model: "b/middle")),
        ]
        var fixture = RoutingFixture(.abTest(ABTest(variants: variants, stickiness: .conversation)))
        let facts = RequestFacts(model: "@x", conversationID: "c-7")
        let usual = try fixture.plan(facts, random: 1)
        #expect(try fixture.plan(facts, random: 99).variant == usual.variant)
        fixture.states[usual.order[0]] = .open
        #expect(try fixture.plan(facts).variant != usual.variant)
    }

    @Test func `a chosen config lends its options`() throws {
        var inner = RoutingConfig.Options()
        inner.timeouts.firstByte = .seconds(3)
        inner.onDisconnect = .drain
        var outer = RoutingConfig.Options()
        outer.cache = CachePolicy()
        let fixture = RoutingFixture(.single(Target(model: "@y")), options: outer)
            .with("y", .single(Target(model: "a/cheap")), options: inner)
        let plan = try fixture.plan()
        #expect(plan.options.timeouts.firstByte == .seconds(3) && plan.options.onDisconnect == .drain)
        #expect(plan.options.cache == CachePolicy())
        let chain = try Self.chain("@y b/middle").with("y", .single(Target(model: "a/cheap")), options: inner).plan()
        #expect(chain.candidates.map(\.firstByteTimeout) == [.seconds(3), nil])
    }

    @Test func `an end that cannot be reached says why in the trace`() throws {
        var fixture = Self.chain(Self.all)
        fixture.dataPolicy = DataPolicy(allowedRegions: ["mars"])
        let plan = try fixture.plan()
        guard case .refuse(let failure) = plan.root else {
            Issue.record("the plan does not refuse")
            return
        }
        #expect(failure.kind == .modelNotAllowed && plan.rejected.count == 3 && plan.candidates.isEmpty)
    }
}
