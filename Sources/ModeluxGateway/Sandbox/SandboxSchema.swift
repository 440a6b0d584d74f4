import ModeluxWire
import NIOCore

/// The smallest value that fits a JSON schema, as far as the usual keywords say.
enum SandboxSchema {
    /// Schemas nested deeper than this get null.
    private static let maximumDepth = 16

    /// An example of a schema: defaults, constants and first choices where they are given, required members only.
    static func example(of schema: JSONValue, depth: Int) -> JSONValue {
        guard depth < maximumDepth else { return .null }
        if let constant = schema["const"] ?? schema["default"] ?? schema["enum"]?.elements?.first { return constant }
        for keyword in ["anyOf", "oneOf", "allOf"] {
            if let first = schema[keyword]?.elements?.first { return example(of: first, depth: depth + 1) }
        }
        switch schema["type"]?.string ?? schema["type"]?.elements?.first?.string
            ?? (schema["properties"] == nil ? "" : "object")
        {
        case "object": return object(schema, depth: depth)
        case "array":
            let count = Int(clamping: min(max(schema["minItems"]?.integer ?? 0, 0), 16))
            let item = example(of: schema["items"] ?? .object([]), depth: depth + 1)
            return .array(Array(repeating: item, count: count))
        case "string":
            let length = Int(clamping: min(max(schema["minLength"]?.integer ?? 0, 0), 1024))
            return .string(length > 5 ? String(repeating: "x", count: length) : "lorem")
        case "integer", "number":
            return .number(String(schema["minimum"]?.integer ?? 1))
        case "boolean": return .bool(true)
        case "null": return .null
        default: return .object([])
        }
    }

    private static func object(_ schema: JSONValue, depth: Int) -> JSONValue {
        let properties = schema["properties"]?.members ?? []
        let required = schema["required"]?.elements?.compactMap(\.string)
        let wanted = properties.filter { required?.contains($0.name) ?? true }
        return .object(wanted.map { JSONValue.Member($0.name, example(of: $0.value, depth: depth + 1)) })
    }
}

extension JSONValue {
    /// The value as JSON text.
    var jsonText: String { String(buffer: buffer) }
}
