/// A JSON schema, as far as acceptance tests need it: types, enumerations, objects, arrays, numbers, texts and their
/// combinations. It is compiled when a config is saved; what it does not know is refused there, so that no test is
/// silently weaker than it looks.
public struct JSONSchema: Sendable, Hashable {
    /// As it was written.
    public let tree: JSONTree
    private let root: Node

    /// Reads a schema.
    /// - Throws: `SchemaError` with the path of what is not understood.
    public init(_ tree: JSONTree) throws(SchemaError) {
        self.tree = tree
        root = try Node(tree, path: "", depth: 0)
    }

    /// What is wrong with a value, with its path; nil when nothing is.
    public func problem(with value: JSONTree) -> String? { root.problem(with: value, at: "$") }

    /// Equal when written the same.
    public static func == (left: JSONSchema, right: JSONSchema) -> Bool { left.tree == right.tree }

    /// Hashes what was written.
    public func hash(into hasher: inout Hasher) { hasher.combine(tree) }
}

/// What is not understood in a schema.
public struct SchemaError: Error, Sendable, Hashable {
    /// Where in the schema: `.properties.name`.
    public let path: String
    /// What to change.
    public let message: String
}

/// One level of a schema. Only `JSONSchema` makes them.
private indirect enum Node: Sendable {
    case always(Bool)
    case checks([Check])

    enum Check: Sendable {
        case types([String])
        case oneOfValues([JSONTree])
        case required([String])
        case properties([String: Node], others: Node)
        case propertyCount(ClosedRange<Int>)
        case items(Node)
        case itemCount(ClosedRange<Int>)
        case unique
        case length(ClosedRange<Int>)
        case pattern(Pattern)
        case minimum(Double, isExclusive: Bool)
        case maximum(Double, isExclusive: Bool)
        case multipleOf(Double)
        case all([Node])
        case any([Node])
        case exactlyOne([Node])
        case not(Node)
    }

    static let maximumDepth = 32
    /// Words that describe and do not restrict.
    private static let remarks: Set<String> = [
        "title", "description", "default", "examples", "$schema", "$id", "$comment", "format", "strict", "name",
    ]

    init(_ tree: JSONTree, path: String, depth: Int) throws(SchemaError) {
        guard depth < Node.maximumDepth else { throw SchemaError(path: path, message: "it is nested too deep") }
        if let value = tree.boolValue {
            self = .always(value)
            return
        }
        guard let members = tree.objectValue else { throw SchemaError(path: path, message: "must be an object") }
        var checks: [Check] = []
        for member in members where !Node.remarks.contains(member.key) {
            let place = path + "." + member.key
            if let check = try Node.check(member, tree, place, depth) { checks.append(check) }
        }
        self = .checks(checks)
    }

    private static func check(
        _ member: JSONTree.Member, _ tree: JSONTree, _ path: String, _ depth: Int
    ) throws(SchemaError) -> Check? {
        let value = member.value
        switch member.key {
        case "type":
            let names = value.stringValue.map { [$0] } ?? value.arrayValue?.compactMap(\.stringValue) ?? []
            let known = ["object", "array", "string", "number", "integer", "boolean", "null"]
            guard !names.isEmpty, names.allSatisfy(known.contains) else {
                throw SchemaError(path: path, message: "must be one of \(known.joined(separator: ", "))")
            }
            return .types(names)
        case "enum":
            guard let values = value.arrayValue else { throw SchemaError(path: path, message: "must be a list") }
            return .oneOfValues(values)
        case "const": return .oneOfValues([value])
        case "required": return .required(try texts(value, path))
        case "properties", "additionalProperties":
            // The two are one check; the first of them makes it.
            let isFirst = tree.objectValue?.first { ["properties", "additionalProperties"].contains($0.key) } == member
            guard isFirst else { return nil }
            var properties: [String: Node] = [:]
            for property in tree["properties"]?.objectValue ?? [] {
                properties[property.key] = try Node(property.value, path: path + "." + property.key, depth: depth + 1)
            }
            let others = try tree["additionalProperties"].map { (tree) throws(SchemaError) in
                try Node(tree, path: path, depth: depth + 1)
            }
            return .properties(properties, others: others ?? .always(true))
        case "minProperties": return .propertyCount(try count(value, path)...Int.max)
        case "maxProperties": return .propertyCount(0...(try count(value, path)))
        case "items": return .items(try Node(value, path: path, depth: depth + 1))
        case "minItems": return .itemCount(try count(value, path)...Int.max)
        case "maxItems": return .itemCount(0...(try count(value, path)))
        case "uniqueItems": return value.boolValue == true ? .unique : nil
        case "minLength": return .length(try count(value, path)...Int.max)
        case "maxLength": return .length(0...(try count(value, path)))
        case "pattern":
            guard let text = value.stringValue else { throw SchemaError(path: path, message: "must be a string") }
            do throws(PatternError) {
                return .pattern(try Pattern(text))
            } catch {
                throw SchemaError(path: path, message: "at character \(error.position): \(error.message)")
            }
        case "minimum": return .minimum(try number(value, path), isExclusive: false)
        case "maximum": return .maximum(try number(value, path), isExclusive: false)
        case "exclusiveMinimum": return .minimum(try number(value, path), isExclusive: true)
        case "exclusiveMaximum": return .maximum(try number(value, path), isExclusive: true)
        case "multipleOf": return .multipleOf(try number(value, path))
        case "allOf": return .all(try nodes(value, path, depth))
        case "anyOf": return .any(try nodes(value, path, depth))
        case "oneOf": return .exactlyOne(try nodes(value, path, depth))
        case "not": return .not(try Node(value, path: path, depth: depth + 1))
        default: throw SchemaError(path: path, message: "is not supported here")
        }
    }

    private static func nodes(_ tree: JSONTree, _ path: String, _ depth: Int) throws(SchemaError) -> [Node] {
        guard let values = tree.arrayValue, !values.isEmpty else {
            throw SchemaError(path: path, message: "must be a list")
        }
        var nodes: [Node] = []
        for value in values { nodes.append(try Node(value, path: path, depth: depth + 1)) }
        return nodes
    }

    private static func texts(_ tree: JSONTree, _ path: String) throws(SchemaError) -> [String] {
        guard let values = tree.arrayValue else { throw SchemaError(path: path, message: "must be a list of strings") }
        return values.compactMap(\.stringValue)
    }

    private static func count(_ tree: JSONTree, _ path: String) throws(SchemaError) -> Int {
        guard let value = tree.integerValue, (0...1_000_000_000).contains(value) else {
            throw SchemaError(path: path, message: "must be a whole number of 0 or more")
        }
        return Int(value)
    }

    private static func number(_ tree: JSONTree, _ path: String) throws(SchemaError) -> Double {
        guard let value = tree.doubleValue else { throw SchemaError(path: path, message: "must be a number") }
        return value
    }

    func problem(with value: JSONTree, at path: String) -> String? {
        switch self {
        case .always(let isValid): return isValid ? nil : "\(path) must not be there"
        case .checks(let checks):
            for check in checks {
                if let problem = check.problem(with: value, at: path) { return problem }
            }
            return nil
        }
    }
}

extension Node.Check {
    func problem(with value: JSONTree, at path: String) -> String? {
        switch self {
        case .types(let names):
            return names.contains { Node.Check.isType($0, value) }
                ? nil : "\(path) must be \(names.joined(separator: " or "))"
        case .oneOfValues(let values):
            return values.contains { Node.Check.isSame($0, value) } ? nil : "\(path) is none of the allowed values"
        case .not(let node): return node.problem(with: value, at: path) == nil ? "\(path) must not be so" : nil
        case .all(let nodes):
            for node in nodes {
                if let problem = node.problem(with: value, at: path) { return problem }
            }
            return nil
        case .any(let nodes):
            return nodes.contains { $0.problem(with: value, at: path) == nil } ? nil : "\(path) fits none of anyOf"
        case .exactlyOne(let nodes):
            let count = nodes.count { $0.problem(with: value, at: path) == nil }
            return count == 1 ? nil : "\(path) fits \(count) of oneOf"
        default: break
        }
        switch value {
        case .object(let members): return problem(with: members, at: path)
        case .array(let values): return problem(with: values, at: path)
        case .string(let text): return problem(with: text, at: path)
        case .number: return value.doubleValue.flatMap { problem(with: $0, at: path) }
        case .null, .bool: return nil
        }
    }

    private func problem(with members: [JSONTree.Member], at path: String) -> String? {
        switch self {
        case .required(let names):
            let missing = names.first { name in !members.contains { $0.key == name } }
            return missing.map { "\(path).\($0.prefix(60)) is missing" }
        case .properties(let properties, let others):
            for member in members {
                let node = properties[member.key] ?? others
                if let problem = node.problem(with: member.value, at: "\(path).\(member.key.prefix(60))") {
                    return problem
                }
            }
            return nil
        case .propertyCount(let range):
            return range.contains(members.count) ? nil : "\(path) has \(members.count) members"
        default: return nil
        }
    }

    private func problem(with values: [JSONTree], at path: String) -> String? {
        switch self {
        case .items(let node):
            for (index, value) in values.enumerated() {
                if let problem = node.problem(with: value, at: "\(path)[\(index)]") { return problem }
            }
            return nil
        case .itemCount(let range): return range.contains(values.count) ? nil : "\(path) has \(values.count) elements"
        case .unique: return Set(values).count == values.count ? nil : "\(path) has an element twice"
        default: return nil
        }
    }

    private func problem(with text: String, at path: String) -> String? {
        switch self {
        case .length(let range):
            let length = text.unicodeScalars.count
            return range.contains(length) ? nil : "\(path) has \(length) characters"
        case .pattern(let pattern): return pattern.isFound(in: text) ? nil : "\(path) does not match the pattern"
        default: return nil
        }
    }

    private func problem(with number: Double, at path: String) -> String? {
        switch self {
        case .minimum(let bound, let isExclusive):
            return number > bound || !isExclusive && number == bound ? nil : "\(path) is too small"
        case .maximum(let bound, let isExclusive):
            return number < bound || !isExclusive && number == bound ? nil : "\(path) is too large"
        case .multipleOf(let unit):
            guard unit > 0 else { return nil }
            let quotient = number / unit
            return abs(quotient - quotient.rounded()) < 1e-9 ? nil : "\(path) is no multiple of \(unit)"
        default: return nil
        }
    }

    private static func isType(_ name: String, _ value: JSONTree) -> Bool {
        switch value {
        case .null: name == "null"
        case .bool: name == "boolean"
        case .number: name == "number" || name == "integer" && value.doubleValue.map { $0 == $0.rounded() } ?? false
        case .string: name == "string"
        case .array: name == "array"
        case .object: name == "object"
        }
    }

    private static func isSame(_ left: JSONTree, _ right: JSONTree) -> Bool {
        if let left = left.doubleValue, let right = right.doubleValue { return left == right }
        return left == right
    }
}
