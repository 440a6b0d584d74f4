/// Checks the types of a rule and makes it ready for evaluation.
struct RuleCompiler {
    /// A value whose type is settled.
    private enum Operand {
        case text(RuleText)
        case number(RuleNumber)
        case flag(RuleFlag)
        case null
        /// Reads as a word, as a success rate or as a truth.
        case health(String)
        /// Reads as a name or as a number.
        case weekday
        case list([RuleSyntax])

        var kind: String {
            switch self {
            case .text: "a text"
            case .number: "a number"
            case .flag: "true or false"
            case .null: "null"
            case .health: "a health"
            case .weekday: "a weekday"
            case .list: "a list"
            }
        }
    }

    /// The condition that a text means.
    static func compile(_ text: String) throws(RuleError) -> RuleCondition {
        try condition(try RuleParser.parse(text))
    }

    private static func condition(_ syntax: RuleSyntax) throws(RuleError) -> RuleCondition {
        switch syntax {
        case .both:
            var parts: [RuleCondition] = []
            try collect(syntax, into: &parts) { if case .both(let left, let right) = $0 { (left, right) } else { nil } }
            return .all(parts)
        case .either:
            var parts: [RuleCondition] = []
            try collect(syntax, into: &parts) {
                if case .either(let left, let right) = $0 { (left, right) } else { nil }
            }
            return .any(parts)
        case .not(let inner, _): return .not(try condition(inner))
        case .compare(let left, let comparison, let right, let position):
            return try compare(left, comparison, right, at: position)
        default:
            switch try operand(syntax) {
            case .flag(.constant(let value)): return .constant(value)
            case .flag(let flag): return .flag(flag)
            case .health(let provider): return .flag(.isUsable(provider: provider))
            case let other:
                throw RuleError(at: syntax.position, "\(other.kind) is no condition: compare it with something")
            }
        }
    }

    /// Long chains of `and` lean to the left: they are walked without recursion on that side.
    private static func collect(
        _ syntax: RuleSyntax, into parts: inout [RuleCondition],
        split: (RuleSyntax) -> (RuleSyntax, RuleSyntax)?
    ) throws(RuleError) {
        var rest = syntax
        var found: [RuleSyntax] = []
        while let (left, right) = split(rest) {
            found.append(right)
            rest = left
        }
        found.append(rest)
        for part in found.reversed() { parts.append(try condition(part)) }
    }

    private static func compare(
        _ left: RuleSyntax, _ comparison: RuleSyntax.Comparison, _ right: RuleSyntax, at position: Int
    ) throws(RuleError) -> RuleCondition {
        switch comparison {
        case .equal: return try same(left, right, at: position)
        case .unequal: return .not(try same(left, right, at: position))
        case .less: return .less(try number(left), try number(right))
        case .lessOrEqual: return .lessOrEqual(try number(left), try number(right))
        case .greater: return .less(try number(right), try number(left))
        case .greaterOrEqual: return .lessOrEqual(try number(right), try number(left))
        case .isIn: return try isIn(left, right)
        case .isNotIn: return .not(try isIn(left, right))
        case .contains:
            if case .list = right { throw RuleError(at: right.position, "write \"in\" to look into a list") }
            if case .list = left { return try isIn(right, left) }
            return .contains(try text(left), try text(right))
        case .startsWith: return .startsWith(try text(left), try text(right))
        case .matches:
            guard case .text(let pattern, let start) = right else {
                throw RuleError(at: right.position, "a pattern is written as a string in single quotes")
            }
            let subject = try text(left)
            do throws(PatternError) {
                return .matches(subject, try Pattern(pattern))
            } catch {
                throw RuleError(at: start + error.position, "in the pattern: \(error.message)")
            }
        }
    }

    private static func same(
        _ left: RuleSyntax, _ right: RuleSyntax, at position: Int
    ) throws(RuleError) -> RuleCondition {
        let (first, second) = (try operand(left), try operand(right))
        switch (first, second) {
        case (.null, .null): return .constant(true)
        case (.text(let text), .null), (.null, .text(let text)): return .sameText(text, .null)
        case (.number(let number), .null), (.null, .number(let number)): return .sameNumber(number, .null)
        case (.text(let first), .text(let second)): return .sameText(first, second)
        case (.number(let first), .number(let second)): return .sameNumber(first, second)
        case (.flag(let first), .flag(let second)): return .sameFlag(first, second)
        case (.health(let provider), .text(.constant(let word))), (.text(.constant(let word)), .health(let provider)):
            let literal = if case .text = second { right } else { left }
            return .sameText(.health(provider: provider), .constant(try healthWord(word, at: literal.position)))
        case (.health(let provider), .number(let number)), (.number(let number), .health(let provider)):
            return .sameNumber(.successRate(provider: provider), number)
        case (.health(let provider), .flag(let flag)), (.flag(let flag), .health(let provider)):
            return .sameFlag(.isUsable(provider: provider), flag)
        case (.weekday, .text(.constant(let word))), (.text(.constant(let word)), .weekday):
            let literal = if case .text = second { right } else { left }
            return .sameText(.weekday, .constant(try weekday(word, at: literal.position)))
        case (.weekday, .number(let number)), (.number(let number), .weekday): return .sameNumber(.weekday, number)
        default:
            throw RuleError(at: position, "\(first.kind) can never be the same as \(second.kind)")
        }
    }

    private static func isIn(_ value: RuleSyntax, _ list: RuleSyntax) throws(RuleError) -> RuleCondition {
        guard case .list(let values, _) = list else {
            throw RuleError(at: list.position, "\"in\" looks into a list, such as ['a', 'b']")
        }
        let hasNull = values.contains { if case .null = $0 { true } else { false } }
        let rest = values.filter { if case .null = $0 { false } else { true } }
        switch try operand(value) {
        case .text(let text):
            return .textIn(
                text, try literals(rest, "a text") { if case .text(let text, _) = $0 { text } else { nil } },
                orNull: hasNull)
        case .number(let number): return .numberIn(number, try numbers(rest), orNull: hasNull)
        case .health(let provider):
            var words: [String] = []
            for word in try literals(rest, "a text", { if case .text(let text, _) = $0 { text } else { nil } }) {
                words.append(try healthWord(word, at: list.position))
            }
            return .textIn(.health(provider: provider), words, orNull: false)
        case .weekday:
            if case .number? = rest.first { return .numberIn(.weekday, try numbers(rest), orNull: false) }
            var words: [String] = []
            for word in try literals(rest, "a text", { if case .text(let text, _) = $0 { text } else { nil } }) {
                words.append(try weekday(word, at: list.position))
            }
            return .textIn(.weekday, words, orNull: false)
        case let other: throw RuleError(at: value.position, "\(other.kind) cannot be looked up in a list")
        }
    }

    private static func numbers(_ values: [RuleSyntax]) throws(RuleError) -> [Double] {
        try literals(values, "a number") { if case .number(let number, _) = $0 { number } else { nil } }
    }

    private static func literals<Value>(
        _ values: [RuleSyntax], _ kind: String, _ read: (RuleSyntax) -> Value?
    ) throws(RuleError) -> [Value] {
        var found: [Value] = []
        for value in values {
            guard let literal = read(value) else {
                throw RuleError(at: value.position, "every element of this list must be \(kind)")
            }
            found.append(literal)
        }
        return found
    }

    private static func number(_ syntax: RuleSyntax) throws(RuleError) -> RuleNumber {
        switch try operand(syntax) {
        case .number(let number): return number
        case .health(let provider): return .successRate(provider: provider)
        case .weekday: return .weekday
        case let other: throw RuleError(at: syntax.position, "a number is expected, and this is \(other.kind)")
        }
    }

    private static func text(_ syntax: RuleSyntax) throws(RuleError) -> RuleText {
        switch try operand(syntax) {
        case .text(let text): return text
        case let other: throw RuleError(at: syntax.position, "a text is expected, and this is \(other.kind)")
        }
    }

    private static func operand(_ syntax: RuleSyntax) throws(RuleError) -> Operand {
        switch syntax {
        case .null: return .null
        case .flag(let value, _): return .flag(.constant(value))
        case .number(let value, _): return .number(.constant(value))
        case .text(let text, _): return .text(.constant(text))
        case .list(let values, _): return .list(values)
        case .name(let name, let position): return try named(name, at: position)
        case .call(let name, let argument, let position):
            switch name {
            case "health": return .health(argument)
            case "latency.p50_ms": return .number(.latency(model: argument))
            default: throw unknown(name, at: position)
            }
        case .not, .both, .either, .compare: return .flag(try asFlag(syntax))
        }
    }

    /// A condition in brackets stands where a value is expected: nothing is compared with conditions.
    private static func asFlag(_ syntax: RuleSyntax) throws(RuleError) -> RuleFlag {
        throw RuleError(at: syntax.position, "a condition is no value: join conditions by and, or")
    }

    private static func named(_ name: String, at position: Int) throws(RuleError) -> Operand {
        if name.hasPrefix("tags.") {
            let key = String(name.dropFirst(5))
            guard !key.isEmpty else { throw RuleError(at: position, "name a tag: tags.team") }
            return .text(.tag(key))
        }
        switch name {
        case "user.id": return .text(.userID)
        case "key.name": return .text(.keyName)
        case "project.slug": return .text(.projectSlug)
        case "request.model": return .text(.model)
        case "request.stream": return .flag(.stream)
        case "request.has_tools": return .flag(.hasTools)
        case "request.has_images": return .flag(.hasImages)
        case "request.max_tokens": return .number(.maximumTokens)
        case "estimate.input_tokens": return .number(.inputTokens)
        case "estimate.cost_usd": return .number(.cost)
        case "budget.used_pct": return .number(.budgetUsed)
        case "budget.remaining_usd": return .number(.budgetRemaining)
        case "time.hour": return .number(.hour)
        case "time.weekday": return .weekday
        case "health", "latency.p50_ms":
            let argument = name == "health" ? "openai" : "openai/gpt-4o-mini"
            throw RuleError(at: position, "\(name) takes a name: \(name)('\(argument)')")
        default: throw unknown(name, at: position)
        }
    }

    private static func healthWord(_ word: String, at position: Int) throws(RuleError) -> String {
        guard let state = HealthState(ruleWord: word) else {
            throw RuleError(at: position, "'\(word.prefix(40))' is no health: use 'healthy', 'degraded' or 'down'")
        }
        return state.word
    }

    private static func weekday(_ word: String, at position: Int) throws(RuleError) -> String {
        let short = String(word.lowercased().prefix(3))
        let isName = ["mon", "tues", "wednes", "thurs", "fri", "satur", "sun"].contains {
            word.lowercased() == $0 + "day"
        }
        guard RuleScope.weekdays.contains(short), isName || word.count == 3 else {
            throw RuleError(at: position, "'\(word.prefix(40))' is no weekday: use 'mon' … 'sun', or 1 … 7")
        }
        return short
    }

    private static func unknown(_ name: String, at position: Int) -> RuleError {
        let known = [
            "tags.<key>", "user.id", "key.name", "project.slug", "request.model", "request.stream",
            "request.has_tools", "request.has_images", "request.max_tokens", "estimate.input_tokens",
            "estimate.cost_usd", "budget.used_pct", "budget.remaining_usd", "latency.p50_ms", "health", "time.hour",
            "time.weekday",
        ]
        let nearest = known.min { Nearness.distance(name, $0) < Nearness.distance(name, $1) } ?? ""
        return RuleError(at: position, "\"\(name.prefix(60))\" is not known: did you mean \(nearest)?")
    }
}

/// How unlike two words are, for messages that guess what was meant.
public enum Nearness {
    /// The number of letters to change, add or remove; words are cut at 64 letters.
    public static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8.prefix(64)), Array(right.utf8.prefix(64)))
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let change = diagonal + (byte == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(change, min(row[column], diagonal) + 1)
            }
        }
        return row[right.count]
    }
}
