/// A JSON text as a tree of values. Members keep their order, numbers keep their text, so that nothing is rounded.
public indirect enum JSONTree: Sendable, Hashable {
    case null
    case bool(Bool)
    /// A number as it was written.
    case number(String)
    case string(String)
    case array([JSONTree])
    /// Members in their order; keys are unique.
    case object([Member])

    /// A key and its value.
    public struct Member: Sendable, Hashable {
        /// The name.
        public let key: String
        /// What it holds.
        public let value: JSONTree

        /// Makes a member.
        public init(_ key: String, _ value: JSONTree) {
            self.key = key
            self.value = value
        }
    }

    /// How deep arrays and objects may be nested.
    public static let maximumDepth = 64

    /// Reads a whole JSON text (RFC 8259). A key that occurs twice in an object is refused, since two readers could
    /// understand it differently.
    /// - Throws: `Failure` of kind `invalidJSON` that names the byte at fault.
    public init(parsing bytes: some Collection<UInt8>) throws(Failure) {
        var reader = JSONReader(bytes: Array(bytes))
        self = try reader.document()
    }

    /// Makes an object from pairs; a nil value leaves its member out.
    public static func members(_ pairs: KeyValuePairs<String, JSONTree?>) -> JSONTree {
        .object(pairs.compactMap { pair in pair.value.map { Member(pair.key, $0) } })
    }

    /// A string, or null.
    public static func text(_ value: String?) -> JSONTree { value.map(JSONTree.string) ?? .null }

    /// An integer, or null.
    public static func integer(_ value: (some BinaryInteger)?) -> JSONTree {
        value.map { .number(String($0)) } ?? .null
    }

    /// An array of strings.
    public static func texts(_ values: [String]) -> JSONTree { .array(values.map(JSONTree.string)) }

    /// The member of that name, if this is an object that has it.
    public subscript(key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The string, if this is one.
    public var stringValue: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The whole number, if this is one that fits; `5.0` is one too.
    public var integerValue: Int64? {
        guard case .number(let text) = self else { return nil }
        guard let point = text.firstIndex(of: ".") else { return Int64(text) }
        return text[point...].dropFirst().allSatisfy { $0 == "0" } ? Int64(text[..<point]) : nil
    }

    /// The number, if this is one; rounded to what a double holds.
    public var doubleValue: Double? {
        guard case .number(let text) = self, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The truth value, if this is one.
    public var boolValue: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The elements, if this is an array.
    public var arrayValue: [JSONTree]? {
        guard case .array(let values) = self else { return nil }
        return values
    }

    /// The members, if this is an object.
    public var objectValue: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// The compact text.
    public var text: String {
        var json = JSONText()
        write(to: &json)
        return json.text
    }

    /// Writes the tree as the next value.
    public func write(to json: inout JSONText) {
        switch self {
        case .null: json.null()
        case .bool(let value): json.raw(value ? "true" : "false")
        case .number(let text): json.raw(text)
        case .string(let value): json.string(value)
        case .array(let values):
            json.array { json in
                for value in values { value.write(to: &json) }
            }
        case .object(let members):
            json.object { json in
                for member in members {
                    json.key(member.key)
                    member.value.write(to: &json)
                }
            }
        }
    }
}
