import ModeluxCore
import Testing

struct RuleTests {
    /// What the table is evaluated against: Wednesday 2026-11-25, 14:30 UTC.
    private static let scope: RuleScope = {
        var fixture = RoutingFixture()
        fixture.states = ["a/cheap": .open, "b/middle": .halfOpen, "c/dear": .closed]
        fixture.latencies = ["a/cheap": [100, 200, 300], "c/dear": [50, 60, 70, 80]]
        var facts = RequestFacts(
            model: "@production", isStream: true, hasImages: true, maximumOutputTokens: 500, likelyInputTokens: 1200,
            endUser: "u-17", budgetUsed: 0.92, budgetRemaining: Money(dollars: 8))
        for (key, value) in [("team", "support"), ("plan", "pro"), ("region-code", "eu-west"), ("empty", "")] {
            try? facts.tags.set(key, to: value)
        }
        return RuleScope(
            facts: facts, caller: fixture.caller, health: fixture.health, expectedCost: Money(nanoUSD: 2_500_000),
            now: Timestamp(iso8601: "2026-11-25T14:30:00Z") ?? RoutingFixture.now)
    }()

    /// Nothing is known of this request.
    private static let bare = RuleScope(
        facts: RequestFacts(model: "m"), caller: RoutingFixture().caller, health: .empty, expectedCost: nil,
        now: Timestamp(microseconds: 0))

    @Test(
        arguments: [
            ("true", true), ("false", false), ("not false", true), ("not not true", true), ("true and false", false),
            ("true or false", true), ("false or false", false), ("true and true and true", true),
            ("false and false or true", true), ("false and (false or true)", false), ("not (true and false)", true),
            ("not true or true", true), ("true or true and false", true), ("(true)", true), ("((((true))))", true),
            // Texts
            ("tags.team == 'support'", true), ("tags.team == 'sales'", false), ("tags.team != 'sales'", true),
            ("tags.team != 'support'", false), ("'support' == tags.team", true), ("tags.none == null", true),
            ("tags.none != null", false), ("tags.team == null", false), ("tags.team != null", true),
            ("null == tags.none", true), ("null == null", true), ("tags.none == 'x'", false),
            ("tags.none != 'x'", true),
            ("tags.empty == ''", true), ("tags.empty == null", false), ("tags.region-code == 'eu-west'", true),
            ("tags.team == tags.team", true), ("tags.team == tags.plan", false), ("tags.none == tags.missing", true),
            ("user.id == 'u-17'", true), ("user.id starts_with 'u-'", true), ("key.name == 'web'", true),
            ("project.slug == 'shop'", true), ("request.model == '@production'", true),
            ("request.model starts_with '@'", true), ("request.model starts_with '@prodx'", false),
            ("request.model starts_with ''", true), ("request.model contains 'duct'", true),
            ("request.model contains 'ducts'", false), ("request.model contains ''", true),
            ("request.model contains '@production'", true), ("request.model contains '@production!'", false),
            ("tags.none contains 'x'", false), ("tags.none starts_with ''", false),
            ("tags.team contains tags.plan", false),
            ("'support team' contains tags.team", true), ("'a' < 'b' or true", nil),
            // Lists
            ("tags.team in ['support', 'sales']", true), ("tags.team in ['sales']", false), ("tags.team in []", false),
            ("tags.team not in ['sales']", true), ("tags.team not in ['support']", false),
            ("tags.none in ['x']", false),
            ("tags.none in ['x', null]", true), ("tags.none not in ['x', null]", false),
            ("tags.none not in ['x']", true),
            ("['support', 'x'] contains tags.team", true), ("['x'] contains tags.team", false),
            ("time.hour in [13, 14, 15]", true), ("time.hour not in [13, 15]", true), ("time.hour in [1]", false),
            ("request.max_tokens in [500]", true), ("tags.team in ['a', 'b', 'c', 'd', 'e', 'support']", true),
            // Numbers
            ("request.max_tokens == 500", true), ("request.max_tokens != 500", false),
            ("request.max_tokens < 501", true),
            ("request.max_tokens < 500", false), ("request.max_tokens <= 500", true),
            ("request.max_tokens > 499", true),
            ("request.max_tokens >= 500", true), ("request.max_tokens >= 500.5", false),
            ("request.max_tokens > -1", true),
            ("500 == request.max_tokens", true), ("499 < request.max_tokens", true), ("1e3 > request.max_tokens", true),
            ("1_000 > request.max_tokens", true), ("0.5 < 1", true), (".5 < 1", true), ("-1 < 0", true),
            ("1 == 1.0", true),
            ("estimate.input_tokens > 1000", true), ("estimate.input_tokens <= 1200", true),
            ("estimate.cost_usd > 0.002", true), ("estimate.cost_usd < 0.002", false),
            ("estimate.cost_usd == 0.0025", true),
            ("budget.used_pct >= 0.9", true), ("budget.used_pct > 0.92", false), ("budget.remaining_usd < 10", true),
            ("budget.remaining_usd == 8", true), ("budget.used_pct == null", false),
            ("request.max_tokens == null", false),
            ("estimate.input_tokens > request.max_tokens", true),
            // Truths
            ("request.stream", true), ("not request.stream", false), ("request.has_tools", false),
            ("request.has_images", true), ("request.stream == true", true), ("request.has_tools == false", true),
            ("request.stream != request.has_tools", true), ("request.has_tools != true", true),
            ("request.stream and not request.has_tools", true),
            // Health
            ("health('a') == 'down'", true), ("health('a') == 'open'", true), ("health('b') == 'degraded'", true),
            ("health('b') == 'half_open'", true), ("health('c') == 'healthy'", true), ("health('c') == 'closed'", true),
            ("health('nobody') == 'healthy'", true), ("health('a') != 'healthy'", true), ("health('c')", true),
            ("health('a')", false), ("not health('a')", true), ("health('b')", true), ("health('c') == true", true),
            ("health('a') in ['down', 'degraded']", true), ("health('c') in ['down', 'degraded']", false),
            ("health('c') not in ['down']", true), ("health('a') >= 0.5", true), ("health('a') == 1", true),
            ("health('nobody') < 0.5", false), ("health('nobody') == 1", false),
            ("latency.p50_ms('cheap') == 200", true), ("latency.p50_ms('a/cheap') > 100", true),
            ("latency.p50_ms('c/dear') < latency.p50_ms('a/cheap')", true), ("latency.p50_ms('unknown') > 0", false),
            ("latency.p50_ms('unknown') == null", true), ("not (latency.p50_ms('unknown') > 0)", true),
            // Time
            ("time.hour == 14", true), ("time.hour >= 9 and time.hour < 17", true),
            ("time.hour > 22 or time.hour < 6", false),
            ("time.weekday == 'wed'", true), ("time.weekday == 'Wednesday'", true), ("time.weekday == 3", true),
            ("time.weekday == 'mon'", false), ("time.weekday in ['sat', 'sun']", false),
            ("time.weekday in [6, 7]", false),
            ("time.weekday <= 5", true), ("time.weekday not in ['saturday', 'sunday']", true),
            ("time.weekday != 'wed'", false),
            // Patterns
            ("tags.team matches '^sup'", true), ("tags.team matches 'port$'", true),
            ("tags.team matches '^port'", false),
            ("tags.team matches '^(support|sales)$'", true), ("tags.team matches 'p{2}'", true),
            ("tags.team matches 'p{3}'", false), ("user.id matches '^u-\\d+$'", true),
            ("user.id matches '^\\d+$'", false),
            ("request.model matches '(?i)PROD'", true), ("request.model matches 'PROD'", false),
            ("tags.none matches '.*'", false), ("tags.empty matches '^$'", true),
            ("tags.team matches '[a-s]+[t-z]'", true),
            ("tags.team matches 's.*t'", true), ("tags.team matches '\\bsupport\\b'", true),
            ("key.name matches 'w.b'", true),
            // Together
            ("tags.team == 'support' and budget.used_pct >= 0.9", true),
            ("tags.team == 'support' and budget.used_pct >= 0.95", false),
            ("(tags.team == 'sales' or tags.plan == 'pro') and request.stream", true),
            ("not (tags.team == 'sales') and not request.has_tools and time.hour < 20", true),
            ("tags.team\n  == 'support'\tand true", true), ("tags.plan == 'it\\'s' or tags.plan == 'pro'", true),
        ] as [(String, Bool?)])
    func `an expression means what it says`(text: String, expected: Bool?) throws {
        guard let expected else {
            #expect(throws: RuleError.self) { try Rule(text) }
            return
        }
        #expect(try Rule(text).holds(in: Self.scope) == expected)
    }

    @Test(arguments: [
        ("user.id == null", true), ("request.max_tokens == null", true), ("request.max_tokens > 0", false),
        ("request.max_tokens <= 0", false), ("budget.used_pct >= 0", false), ("budget.used_pct == null", true),
        ("budget.remaining_usd == null", true), ("estimate.cost_usd == null", true), ("estimate.cost_usd < 1", false),
        ("not (budget.used_pct >= 0.9)", true), ("tags.any == null", true), ("time.weekday == 'thu'", true),
        ("time.hour == 0", true), ("request.stream", false), ("health('x') == 'healthy'", true),
    ])
    func `what is not known is null`(text: String, expected: Bool) throws {
        #expect(try Rule(text).holds(in: Self.bare) == expected)
    }

    @Test(arguments: [
        ("", 1, "a value is expected"), ("   ", 4, "a value is expected"), ("tags.team", 1, "is no condition"),
        ("request.max_tokens", 1, "a number is no condition"), ("'x'", 1, "is no condition"),
        ("5", 1, "is no condition"),
        ("tags.team = 'x'", 11, "write \"==\""), ("tags.team == \"x\"", 14, "single quotes"),
        ("tags.team == 'x", 14, "no closing quote"), ("tags.team == 5", 11, "can never be the same"),
        ("request.max_tokens == '5'", 20, "can never be the same"),
        ("request.stream == 'true'", 16, "never be the same"),
        ("request.stream == null", 16, "never be the same"), ("tags.team < 'x'", 1, "a number is expected"),
        ("request.stream > 1", 1, "a number is expected"), ("request.max_tokens contains '5'", 1, "a text is expected"),
        ("request.max_tokens matches '5'", 1, "a text is expected"), ("tags.team matches tags.plan", 19, "a pattern"),
        ("tags.team matches '('", 20, "the group is not closed"), ("tags.team matches '[z-a]'", 24, "the range ends"),
        ("tags.team in 'x'", 14, "looks into a list"), ("tags.team in ['x', 5]", 20, "must be a text"),
        ("time.hour in ['x']", 15, "must be a number"), ("request.stream in [true]", 1, "cannot be looked up"),
        ("tags.team in ['x'", 18, "\"]\" is expected"), ("tags.team in [tags.x]", 15, "a list holds"),
        ("budgt.used_pct > 1", 1, "did you mean budget.used_pct?"), ("user.idd == 'x'", 1, "did you mean user.id?"),
        ("request.streem", 1, "did you mean request.stream?"), ("time.hours == 1", 1, "did you mean time.hour?"),
        ("helth('a')", 1, "did you mean health?"), ("latency.p50_ms > 5", 1, "takes a name"),
        ("health > 1", 1, "takes a name"),
        ("latency.p50_ms(5) > 5", 16, "takes a string"), ("health('a'", 11, "\")\" is expected"),
        ("health('a') == 'fine'", 16, "is no health"), ("time.weekday == 'someday'", 17, "is no weekday"),
        ("tags. == 'x'", 1, "name a tag"), ("true and", 9, "a value is expected"), ("and true", 1, "before \"and\""),
        ("true true", 6, "join conditions"), ("(true", 6, "\")\" is expected"), ("true)", 5, "does not fit"),
        ("1 < 2 < 3", 7, "do not chain"), ("true && false", 6, "write \"and\""), ("true || false", 6, "write \"or\""),
        ("!true", 1, "write \"not\""), ("tags.a == 'x' ; true", 15, "no meaning"), ("1.2.3 == 1", 1, "not a number"),
        ("1x == 1", 1, "not a number"), ("- == 1", 1, "not a number"), ("not", 4, "a value is expected"),
        ("(tags.a == 'x') == true", 9, "a condition is no value"), ("tags.a not 'x'", 8, "join conditions"),
    ])
    func `a mistake is told with its place`(text: String, position: Int, message: String) throws {
        let error = try #require(throws: RuleError.self) { try Rule(text) }
        #expect(error.position == position && error.message.contains(message), "\(error.sentence)")
    }

    @Test func `length and depth have an end`() {
        #expect(throws: RuleError.self) { try Rule(String(repeating: "(", count: 2000) + "true") }
        #expect(throws: RuleError.self) { try Rule(String(repeating: "not ", count: 900) + "true") }
        #expect(throws: RuleError.self) { try Rule("true" + String(repeating: " and true", count: 500)) }
        #expect(throws: Never.self) { try Rule("true" + String(repeating: " and true", count: 400)) }
    }

    @Test func `no text traps`() throws {
        var generator = SeededGenerator(seed: 31)
        let pieces = [
            "tags.team", "'x'", "==", "!=", "<", ">=", "in", "not", "and", "or", "(", ")", "[", "]", ",", "null",
            "true",
            "health(", "latency.p50_ms('a')", "time.weekday", "'mon'", "5", "-", ".5", "1e9", "matches", "'a*(b|c)'",
            "contains", "starts_with", "\\", "'", "\"", "é", "\u{0}", "request.stream", "budget.used_pct", "=", " ",
            "\n",
        ]
        var accepted = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...9, using: &generator))
                .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined(separator: " ")
            do throws(RuleError) {
                _ = try Rule(text).holds(in: Self.scope)
                accepted += 1
            } catch {
                #expect(error.position >= 1 && error.position <= text.unicodeScalars.count + 2)
            }
        }
        #expect(accepted > 100)
    }
}
