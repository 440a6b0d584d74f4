/// A rule as it was written, before its types are known.
indirect enum RuleSyntax: Sendable {
    case null(at: Int)
    case flag(Bool, at: Int)
    case number(Double, at: Int)
    case text(String, at: Int)
    case list([RuleSyntax], at: Int)
    case name(String, at: Int)
    case call(String, String, at: Int)
    case not(RuleSyntax, at: Int)
    case both(RuleSyntax, RuleSyntax)
    case either(RuleSyntax, RuleSyntax)
    case compare(RuleSyntax, Comparison, RuleSyntax, at: Int)

    /// The operators between two values.
    enum Comparison: String, Sendable {
        case equal = "=="
        case unequal = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case isIn = "in"
        case isNotIn = "not in"
        case contains
        case startsWith = "starts_with"
        case matches
    }

    /// Where it begins, for messages.
    var position: Int {
        switch self {
        case .null(let position), .flag(_, let position), .number(_, let position), .text(_, let position),
            .list(_, let position), .name(_, let position), .call(_, _, let position), .not(_, let position),
            .compare(_, _, _, let position):
            position
        case .both(let left, _), .either(let left, _): left.position
        }
    }
}

/// Reads the text of a rule. Length and depth are bounded, so that no text can exhaust the stack.
struct RuleParser {
    /// The longest text of a rule, in bytes.
    static let maximumBytes = 4096
    private static let maximumDepth = 32

    private let tokens: [RuleToken]
    private var index = 0
    private var depth = 0

    /// Reads a whole rule.
    static func parse(_ text: String) throws(RuleError) -> RuleSyntax {
        guard text.utf8.count <= maximumBytes else {
            throw RuleError(at: 1, "the rule has more than \(maximumBytes) bytes")
        }
        var parser = RuleParser(tokens: try RuleLexer.tokens(of: text))
        let rule = try parser.either()
        guard parser.current.kind == .end else {
            throw RuleError(
                at: parser.current.position, "\(parser.current.shown) does not fit here: join conditions by and, or")
        }
        return rule
    }

    private init(tokens: [RuleToken]) {
        self.tokens = tokens
    }

    private mutating func either() throws(RuleError) -> RuleSyntax {
        var left = try both()
        while take(word: "or") { left = .either(left, try both()) }
        return left
    }

    private mutating func both() throws(RuleError) -> RuleSyntax {
        var left = try negation()
        while take(word: "and") { left = .both(left, try negation()) }
        return left
    }

    private mutating func negation() throws(RuleError) -> RuleSyntax {
        let position = current.position
        guard take(word: "not") else { return try comparison() }
        try descend()
        defer { depth -= 1 }
        return .not(try negation(), at: position)
    }

    private mutating func comparison() throws(RuleError) -> RuleSyntax {
        let left = try value()
        let position = current.position
        guard let comparison = takeComparison() else { return left }
        let right = try value()
        let next = current
        guard takeComparison() == nil else {
            throw RuleError(at: next.position, "comparisons do not chain: join two of them by and")
        }
        return .compare(left, comparison, right, at: position)
    }

    private mutating func takeComparison() -> RuleSyntax.Comparison? {
        switch current.kind {
        case .sign(let sign):
            guard let comparison = RuleSyntax.Comparison(rawValue: sign) else { return nil }
            index += 1
            return comparison
        case .name("not"):
            guard index + 1 < tokens.count, tokens[index + 1].kind == .name("in") else { return nil }
            index += 2
            return .isNotIn
        case .name(let word):
            guard let comparison = RuleSyntax.Comparison(rawValue: word) else { return nil }
            index += 1
            return comparison
        default: return nil
        }
    }

    private mutating func value() throws(RuleError) -> RuleSyntax {
        let token = current
        switch token.kind {
        case .number(let value):
            index += 1
            return .number(value, at: token.position)
        case .text(let text):
            index += 1
            return .text(text, at: token.position)
        case .name(let name):
            index += 1
            return try named(name, at: token.position)
        case .sign("("):
            index += 1
            try descend()
            defer { depth -= 1 }
            let inner = try either()
            try expect(")")
            return inner
        case .sign("["):
            index += 1
            return try list(at: token.position)
        default: throw RuleError(at: token.position, "a value is expected instead of \(token.shown)")
        }
    }

    private mutating func named(_ name: String, at position: Int) throws(RuleError) -> RuleSyntax {
        switch name {
        case "true": return .flag(true, at: position)
        case "false": return .flag(false, at: position)
        case "null": return .null(at: position)
        case "and", "or", "not", "in", "contains", "starts_with", "matches":
            throw RuleError(at: position, "a value is expected before \"\(name)\"")
        default: break
        }
        guard take(sign: "(") else { return .name(name, at: position) }
        guard case .text(let argument) = current.kind else {
            throw RuleError(at: current.position, "\(name) takes a string in single quotes")
        }
        index += 1
        try expect(")")
        return .call(name, argument, at: position)
    }

    private mutating func list(at position: Int) throws(RuleError) -> RuleSyntax {
        var values: [RuleSyntax] = []
        if take(sign: "]") { return .list([], at: position) }
        repeat {
            let token = current
            index += 1
            switch token.kind {
            case .number(let value): values.append(.number(value, at: token.position))
            case .text(let text): values.append(.text(text, at: token.position))
            case .name("null"): values.append(.null(at: token.position))
            case .name("true"): values.append(.flag(true, at: token.position))
            case .name("false"): values.append(.flag(false, at: token.position))
            default: throw RuleError(at: token.position, "a list holds strings and numbers, not \(token.shown)")
            }
        } while take(sign: ",")
        try expect("]")
        return .list(values, at: position)
    }

    private mutating func descend() throws(RuleError) {
        guard depth < RuleParser.maximumDepth else {
            throw RuleError(at: current.position, "the rule is nested more than \(RuleParser.maximumDepth) deep")
        }
        depth += 1
    }

    private mutating func expect(_ sign: String) throws(RuleError) {
        guard take(sign: sign) else {
            throw RuleError(at: current.position, "\"\(sign)\" is expected instead of \(current.shown)")
        }
    }

    private mutating func take(sign: String) -> Bool {
        guard current.kind == .sign(sign) else { return false }
        index += 1
        return true
    }

    private mutating func take(word: String) -> Bool {
        guard current.kind == .name(word) else { return false }
        index += 1
        return true
    }

    private var current: RuleToken {
        index < tokens.count ? tokens[index] : RuleToken(kind: .end, position: 1)
    }
}
