/// The rules that OpenAI's strict mode sets to a JSON schema: every object names `additionalProperties: false` and
/// requires all of its properties.
enum StrictSchema {
    /// Whether a schema may be called strict. A missing one has nothing to break.
    static func allows(_ schema: JSONValue?) -> Bool {
        guard let schema else { return true }
        return fits(schema)
    }

    /// The depth of parsed JSON bounds the recursion.
    private static func fits(_ schema: JSONValue) -> Bool {
        guard case .object(let members) = schema else { return true }
        if let properties = schema["properties"]?.members {
            let required = Set((schema["required"]?.elements ?? []).compactMap(\.string))
            guard schema["additionalProperties"] == .bool(false),
                properties.allSatisfy({ required.contains($0.name) && fits($0.value) })
            else { return false }
        } else if schema["type"] == "object", schema["additionalProperties"] != .bool(false) {
            return false
        }
        return members.allSatisfy { member in
            switch member.name {
            case "items", "additionalItems", "not": fits(member.value)
            case "anyOf", "oneOf", "allOf", "prefixItems": (member.value.elements ?? []).allSatisfy(fits)
            case "$defs", "definitions": (member.value.members ?? []).allSatisfy { fits($0.value) }
            default: true
            }
        }
    }
}
