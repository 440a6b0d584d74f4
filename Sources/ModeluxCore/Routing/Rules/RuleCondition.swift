/// A rule that is ready to be evaluated: types are settled, patterns compiled, constants folded. Evaluation allocates
/// nothing but what patterns need, and cannot fail.
public indirect enum RuleCondition: Sendable {
    case constant(Bool)
    case flag(RuleFlag)
    case not(RuleCondition)
    case all([RuleCondition])
    case any([RuleCondition])
    case sameText(RuleText, RuleText)
    case sameNumber(RuleNumber, RuleNumber)
    case sameFlag(RuleFlag, RuleFlag)
    case less(RuleNumber, RuleNumber)
    case lessOrEqual(RuleNumber, RuleNumber)
    case textIn(RuleText, [String], orNull: Bool)
    case numberIn(RuleNumber, [Double], orNull: Bool)
    case contains(RuleText, RuleText)
    case startsWith(RuleText, RuleText)
    case matches(RuleText, Pattern)

    /// Whether the condition holds. Comparisons with a value that is not known do not hold; `== null` does.
    public func holds(in scope: borrowing RuleScope) -> Bool {
        switch self {
        case .constant(let value): return value
        case .flag(let flag): return flag.value(in: scope)
        case .not(let inner): return !inner.holds(in: scope)
        case .all(let parts):
            for part in parts where !part.holds(in: scope) { return false }
            return true
        case .any(let parts):
            for part in parts where part.holds(in: scope) { return true }
            return false
        case .sameText(let left, let right): return left.value(in: scope) == right.value(in: scope)
        case .sameNumber(let left, let right): return left.value(in: scope) == right.value(in: scope)
        case .sameFlag(let left, let right): return left.value(in: scope) == right.value(in: scope)
        case .less(let left, let right):
            guard let left = left.value(in: scope), let right = right.value(in: scope) else { return false }
            return left < right
        case .lessOrEqual(let left, let right):
            guard let left = left.value(in: scope), let right = right.value(in: scope) else { return false }
            return left <= right
        case .textIn(let text, let values, let orNull):
            guard let text = text.value(in: scope) else { return orNull }
            return values.contains(text)
        case .numberIn(let number, let values, let orNull):
            guard let number = number.value(in: scope) else { return orNull }
            return values.contains(number)
        case .contains(let text, let part):
            guard let text = text.value(in: scope), let part = part.value(in: scope) else { return false }
            return RuleCondition.contains(text, part)
        case .startsWith(let text, let part):
            guard let text = text.value(in: scope), let part = part.value(in: scope) else { return false }
            return text.utf8.starts(with: part.utf8)
        case .matches(let text, let pattern):
            guard let text = text.value(in: scope) else { return false }
            return pattern.isFound(in: text)
        }
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        let (text, part) = (text.utf8, part.utf8)
        guard let first = part.first else { return true }
        var start = text.startIndex
        while let found = text[start...].firstIndex(of: first) {
            if text[found...].starts(with: part) { return true }
            start = text.index(after: found)
        }
        return false
    }
}

/// A text that a rule can ask for.
public enum RuleText: Sendable {
    case null
    case constant(String)
    case tag(String)
    case userID
    case keyName
    case projectSlug
    case model
    case health(provider: String)
    case weekday

    func value(in scope: borrowing RuleScope) -> String? {
        switch self {
        case .null: nil
        case .constant(let text): text
        case .tag(let key): scope.facts.tags[key]
        case .userID: scope.facts.endUser
        case .keyName: scope.caller.key.name
        case .projectSlug: scope.caller.project.slug
        case .model: scope.facts.model
        case .health(let provider): scope.health.state(ofProvider: provider).word
        case .weekday: RuleScope.weekdays[scope.weekday - 1]
        }
    }
}

/// A number that a rule can ask for.
public enum RuleNumber: Sendable {
    case null
    case constant(Double)
    case maximumTokens
    case inputTokens
    case cost
    case budgetUsed
    case budgetRemaining
    case latency(model: String)
    case successRate(provider: String)
    case hour
    case weekday

    func value(in scope: borrowing RuleScope) -> Double? {
        switch self {
        case .null: nil
        case .constant(let number): number
        case .maximumTokens: scope.facts.maximumOutputTokens.map(Double.init)
        case .inputTokens: Double(scope.facts.likelyInputTokens)
        case .cost: scope.expectedCost.map { Double($0.nanoUSD) / 1e9 }
        case .budgetUsed: scope.facts.budgetUsed
        case .budgetRemaining: scope.facts.budgetRemaining.map { Double($0.nanoUSD) / 1e9 }
        case .latency(let model): scope.health.medianLatency(ofModel: model)
        case .successRate(let provider): scope.health.successRate(ofProvider: provider)
        case .hour: Double(scope.hour)
        case .weekday: Double(scope.weekday)
        }
    }
}

/// A truth that a rule can ask for.
public enum RuleFlag: Sendable {
    case constant(Bool)
    case stream
    case hasTools
    case hasImages
    case isUsable(provider: String)

    func value(in scope: borrowing RuleScope) -> Bool {
        switch self {
        case .constant(let value): value
        case .stream: scope.facts.isStream
        case .hasTools: scope.facts.hasTools
        case .hasImages: scope.facts.hasImages
        case .isUsable(let provider): scope.health.state(ofProvider: provider) != .open
        }
    }
}

/// What a rule is evaluated against.
public struct RuleScope: Sendable {
    /// The names of the weekdays, Monday first.
    public static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// What the request is like.
    public let facts: RequestFacts
    /// Who asks.
    public let caller: Caller
    /// How providers are doing.
    public let health: HealthView
    /// What the request will probably cost at the target that no rule would change; nil where that has no price.
    public let expectedCost: Money?
    /// The hour of the day in UTC, 0 … 23.
    let hour: Int
    /// The day of the week in UTC, Monday = 1 … Sunday = 7.
    let weekday: Int

    /// Joins what is known.
    public init(facts: RequestFacts, caller: Caller, health: HealthView, expectedCost: Money?, now: Timestamp) {
        self.facts = facts
        self.caller = caller
        self.health = health
        self.expectedCost = expectedCost
        hour = Int(now.hour &- now.day &* 24)
        // 1970-01-01 was a Thursday.
        let days = (now.day &+ 3) % 7
        weekday = Int(days < 0 ? days + 7 : days) + 1
    }
}
