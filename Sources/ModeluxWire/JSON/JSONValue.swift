public import NIOCore

/// A JSON value as a tree, for the places where bytes in place do not do: errors, tests, the sandbox.
///
/// Numbers keep their text, members their order, so that what is read is written again as it was but for white space.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// A number's text, exactly as it stands in JSON.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// A member of an object.
    public struct Member: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Its value.
        public let value: JSONValue

        /// Makes a member.
        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// Reads a JSON text.
    /// - Throws: `JSONFault` when it is none, or is nested more than 128 levels deep.
    public init(parsing bytes: ByteBuffer) throws(JSONFault) {
        self = try bytes.withView { (bytes: ByteView) throws(JSONFault) -> JSONValue in
            var scanner = JSONScanner(bytes)
            let value = try JSONValue(&scanner)
            try scanner.end()
            return value
        }
    }

    /// Reads a JSON text.
    /// - Throws: `JSONFault` when it is none, or is nested more than 128 levels deep.
    public init(parsing text: String) throws(JSONFault) {
        try self.init(parsing: ByteBuffer(string: text))
    }

    /// Reads the value that comes next; the scanner's limit of depth bounds the recursion.
    init(_ scanner: inout JSONScanner) throws(JSONFault) {
        switch scanner.peek() {
        case UInt8(ascii: "{"):
            var members: [Member] = []
            try scanner.beginObject()
            while let name = try scanner.nextName() {
                members.append(Member(scanner.string(name), try JSONValue(&scanner)))
            }
            self = .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try scanner.beginArray()
            while try scanner.nextElement() { elements.append(try JSONValue(&scanner)) }
            self = .array(elements)
        default:
            let value = try scanner.skipValue()
            switch value.kind {
            case .string: self = .string(scanner.string(value) ?? "")
            case .number: self = .number(scanner.bytes.string(value.range))
            case .bool: self = .bool(scanner.bool(value) ?? false)
            default: self = .null
            }
        }
    }

    /// A whole number.
    public static func integer(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

    /// The value of the first member of that name; nil when there is none or this is no object.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The element at an index; nil when there is none or this is no array.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The text of a string.
    public var string: String? { if case .string(let text) = self { text } else { nil } }

    /// A number that is a whole one in the range of `Int64`.
    public var integer: Int64? { if case .number(let text) = self { Int64(text) } else { nil } }

    /// The value of a literal `true` or `false`.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The elements of an array.
    public var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

    /// The members of an object.
    public var members: [Member]? { if case .object(let members) = self { members } else { nil } }

    /// Appends the value as JSON without white space, members in their order: the same value always gives the same
    /// bytes.
    public func write(to buffer: inout ByteBuffer) {
        // Many small pieces: a plain array takes them at a third of what a buffer needs.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        append(to: &bytes)
        buffer.writeBytes(bytes)
    }

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .number(let text): bytes += text.utf8
        case .string(let text): JSONString.append(escaped: text, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONString.append(escaped: member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// The value as a text of JSON without white space.
    var serialized: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The value as JSON without white space.
    public var buffer: ByteBuffer {
        var buffer = ByteBuffer()
        write(to: &buffer)
        return buffer
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    public init(stringLiteral text: String) { self = .string(text) }
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .number(String(value)) }
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object, members in the order written.
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(members.map { Member($0.0, $0.1) })
    }
}
