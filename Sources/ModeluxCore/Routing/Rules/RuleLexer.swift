/// A word or sign of a rule.
struct RuleToken: Sendable, Hashable {
    /// What it is.
    enum Kind: Sendable, Hashable {
        case name(String)
        case text(String)
        case number(Double)
        /// A sign or an operator: `==`, `(`, `,`, …
        case sign(String)
        case end
    }

    let kind: Kind
    /// Counted in characters from 1.
    let position: Int

    /// How a message names it.
    var shown: String {
        switch kind {
        case .name(let name): "\"\(name.prefix(40))\""
        case .text(let text): "'\(text.prefix(40))'"
        case .number(let value): "\(value)"
        case .sign(let sign): "\"\(sign)\""
        case .end: "the end"
        }
    }
}

/// Cuts the text of a rule into words and signs. Every index is checked; no text traps.
struct RuleLexer {
    private let scalars: [Unicode.Scalar]
    private var index = 0

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    /// All tokens, the end included.
    static func tokens(of text: String) throws(RuleError) -> [RuleToken] {
        var lexer = RuleLexer(text)
        var tokens: [RuleToken] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    private mutating func next() throws(RuleError) -> RuleToken {
        while let scalar = peek, scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" { index += 1 }
        let position = index + 1
        guard let scalar = peek else { return RuleToken(kind: .end, position: position) }
        if scalar == "'" { return RuleToken(kind: .text(try text()), position: position) }
        if isDigit(scalar) || scalar == "-" || scalar == "." && isDigit(peek(1)) {
            return RuleToken(kind: .number(try number()), position: position)
        }
        if isNameStart(scalar) { return RuleToken(kind: .name(name()), position: position) }
        return RuleToken(kind: .sign(try sign(scalar)), position: position)
    }

    private mutating func text() throws(RuleError) -> String {
        let start = index + 1
        index += 1
        var text = String.UnicodeScalarView()
        while let scalar = peek {
            index += 1
            if scalar == "'" { return String(text) }
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            guard let escaped = peek else { break }
            index += 1
            // Patterns are full of backslashes: only those that could end the string are ours.
            if escaped != "'", escaped != "\\" { text.append("\\") }
            text.append(escaped)
        }
        throw RuleError(at: start, "the string has no closing quote")
    }

    private mutating func number() throws(RuleError) -> Double {
        let start = index
        if peek == "-" { index += 1 }
        while let scalar = peek, isDigit(scalar) || scalar == "." || scalar == "_" { index += 1 }
        if peek == "e" || peek == "E" {
            index += 1
            if peek == "-" || peek == "+" { index += 1 }
            while isDigit(peek) { index += 1 }
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<index].filter { $0 != "_" })
        guard let value = Double(String(text)), value.isFinite, !isNameStart(peek) else {
            throw RuleError(at: start + 1, "\"\(String(text).prefix(40))\" is not a number")
        }
        return value
    }

    /// A dotted name. The part after `tags.` may have dashes, as tags often do.
    private mutating func name() -> String {
        var name = String.UnicodeScalarView()
        while let scalar = peek {
            let isDash = scalar == "-" && String(name).hasPrefix("tags.")
            guard isNameStart(scalar) || isDigit(scalar) || scalar == "." || isDash else { break }
            name.append(scalar)
            index += 1
        }
        return String(name)
    }

    private mutating func sign(_ scalar: Unicode.Scalar) throws(RuleError) -> String {
        let position = index + 1
        index += 1
        let isFollowedByEquals = peek == "="
        switch scalar {
        case "(", ")", "[", "]", ",": return String(scalar)
        case "=":
            guard isFollowedByEquals else { throw RuleError(at: position, "\"=\" compares nothing: write \"==\"") }
            index += 1
            return "=="
        case "!":
            guard isFollowedByEquals else { throw RuleError(at: position, "write \"not\" instead of \"!\"") }
            index += 1
            return "!="
        case "<", ">":
            guard isFollowedByEquals else { return String(scalar) }
            index += 1
            return String(scalar) + "="
        case "\"": throw RuleError(at: position, "strings are written in single quotes")
        case "&": throw RuleError(at: position, "write \"and\" instead of \"&&\"")
        case "|": throw RuleError(at: position, "write \"or\" instead of \"||\"")
        default: throw RuleError(at: position, "\"\(scalar)\" has no meaning here")
        }
    }

    private var peek: Unicode.Scalar? { peek(0) }

    private func peek(_ ahead: Int) -> Unicode.Scalar? {
        index + ahead < scalars.count ? scalars[index + ahead] : nil
    }

    private func isDigit(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        return ("0"..."9").contains(scalar)
    }

    private func isNameStart(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }
}
