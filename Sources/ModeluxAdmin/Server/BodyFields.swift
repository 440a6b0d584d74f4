import ModeluxCore
import ModeluxStore

/// Reads the members of a JSON object one by one. What has the wrong type, what is missing and what nobody asked for is
/// reported at the end, all at once.
struct BodyFields {
    private var members: [String: JSONTree] = [:]
    private let order: [String]
    private let prefix: String
    private var problems: [Refusal.Field] = []

    init(_ tree: JSONTree, prefix: String = "") throws {
        guard let members = tree.objectValue else {
            throw Refusal.invalid(prefix.isEmpty ? "body" : prefix, "must be a JSON object")
        }
        for member in members { self.members[member.key] = member.value }
        order = members.map(\.key)
        self.prefix = prefix
    }

    /// Whether nothing was given.
    var isEmpty: Bool { order.isEmpty }

    /// Whether a member was given and not yet read.
    func has(_ key: String) -> Bool { members[key] != nil }

    /// A text that must be there.
    mutating func requiredText(_ key: String) -> String {
        guard has(key) else {
            report(key, "is required")
            return ""
        }
        if case .set(let value) = text(key) { return value }
        return ""
    }

    /// A text.
    mutating func text(_ key: String) -> Change<String> { read(key, "must be a string", \.stringValue) }

    /// A text, or null.
    mutating func optionalText(_ key: String) -> Change<String?> {
        nullable(key, "must be a string or null", \.stringValue)
    }

    /// A whole number.
    mutating func integer(_ key: String) -> Change<Int> {
        read(key, "must be a whole number") { $0.integerValue.flatMap { Int(exactly: $0) } }
    }

    /// An amount in dollars.
    mutating func money(_ key: String) -> Change<Money> {
        read(key, "must be a number of dollars with at most 9 decimals") { value in
            guard case .number(let text) = value else { return nil }
            return Money(usd: text)
        }
    }

    /// A list of decimal numbers; null means none.
    mutating func amounts(_ key: String) -> Change<[Money]> {
        read(key, "must be a list of numbers") { value in
            if value == .null { return [] }
            guard let values = value.arrayValue else { return nil }
            let amounts = values.compactMap { value -> Money? in
                guard case .number(let text) = value else { return nil }
                return Money(usd: text)
            }
            return amounts.count == values.count ? amounts : nil
        }
    }

    /// A truth value.
    mutating func bool(_ key: String) -> Change<Bool> { read(key, "must be true or false", \.boolValue) }

    /// A moment, or null.
    mutating func time(_ key: String) -> Change<Timestamp?> {
        nullable(key, "must be a time such as 2026-05-01T00:00:00Z, or null") {
            $0.stringValue.flatMap { Timestamp(iso8601: $0) }
        }
    }

    /// A list of strings; null means none.
    mutating func texts(_ key: String) -> Change<[String]> {
        read(key, "must be a list of strings") { value in
            if value == .null { return [] }
            guard let values = value.arrayValue else { return nil }
            let texts = values.compactMap(\.stringValue)
            return texts.count == values.count ? texts : nil
        }
    }

    /// An object of strings; null means none.
    mutating func textsByName(_ key: String) -> Change<[String: String]> {
        read(key, "must be an object of strings") { value in
            if value == .null { return [:] }
            guard let members = value.objectValue else { return nil }
            var texts: [String: String] = [:]
            for member in members {
                guard let text = member.value.stringValue else { return nil }
                texts[member.key] = text
            }
            return texts
        }
    }

    /// A value of a closed set of words.
    mutating func word<Word: RawRepresentable & CaseIterable & Sendable>(_ key: String, as type: Word.Type) -> Change<
        Word
    >
    where Word.RawValue == String {
        let words = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        return read(key, "must be one of \(words)") { $0.stringValue.flatMap(Word.init(rawValue:)) }
    }

    /// Any value.
    mutating func tree(_ key: String) -> JSONTree? { members.removeValue(forKey: key) }

    /// Every member that was not read yet.
    mutating func rest() -> [JSONTree.Member] {
        defer { members = [:] }
        return order.compactMap { key in members[key].map { JSONTree.Member(key, $0) } }
    }

    /// Notes that a member is not as it should be.
    mutating func report(_ key: String, _ message: String) {
        problems.append(Refusal.Field(prefix.isEmpty ? key : "\(prefix).\(key)", message))
    }

    /// Ends the reading.
    /// - Throws: `Refusal` with everything that was found, unknown members included.
    mutating func finish() throws {
        for member in rest() { report(String(member.key.prefix(60)), "is not a known field") }
        guard problems.isEmpty else { throw Refusal.invalid(problems) }
    }

    private mutating func read<Value>(
        _ key: String, _ message: String, _ convert: (JSONTree) -> Value?
    ) -> Change<Value> {
        guard let tree = members.removeValue(forKey: key) else { return .keep }
        guard let value = convert(tree) else {
            report(key, message)
            return .keep
        }
        return .set(value)
    }

    private mutating func nullable<Value>(
        _ key: String, _ message: String, _ convert: (JSONTree) -> Value?
    ) -> Change<Value?> {
        if members[key] == .null {
            members[key] = nil
            return .set(nil)
        }
        switch read(key, message, convert) {
        case .keep: return .keep
        case .set(let value): return .set(value)
        }
    }
}
