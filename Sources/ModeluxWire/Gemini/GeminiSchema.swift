/// Writes a JSON schema in the subset of OpenAPI 3.0 that `parameters` and `responseSchema` take: upper-case types,
/// `nullable` in place of a null type, no references. What has no place in it makes the whole schema untranslatable,
/// except for words that only comment on it or that the subset takes for granted.
enum GeminiSchema {
    /// The deepest schema that is translated.
    private static let maximumDepth = 32

    /// The schema in the subset; nil when it says something that the subset cannot.
    static func openAPI(_ schema: JSONValue) -> JSONValue? { translate(schema, depth: 0) }

    private static func translate(_ schema: JSONValue, depth: Int) -> JSONValue? {
        guard depth < maximumDepth, let members = schema.members else { return nil }
        var result: [JSONValue.Member] = []
        var isNullable = false
        for member in members {
            switch member.name {
            case "type":
                guard let type = type(member.value) else { return nil }
                result.append(JSONValue.Member("type", .string(type.name)))
                isNullable = isNullable || type.isNullable
            case "properties":
                guard let properties = translateAll(member.value.members, depth: depth) else { return nil }
                result.append(JSONValue.Member("properties", .object(properties)))
            case "items":
                guard let items = translate(member.value, depth: depth + 1) else { return nil }
                result.append(JSONValue.Member("items", items))
            case "anyOf":
                guard let choices = member.value.elements else { return nil }
                let others = choices.filter { $0 != ["type": "null"] }
                isNullable = isNullable || others.count < choices.count
                var translated: [JSONValue] = []
                for choice in others {
                    guard let choice = translate(choice, depth: depth + 1) else { return nil }
                    translated.append(choice)
                }
                result.append(JSONValue.Member("anyOf", .array(translated)))
            case "enum":
                guard let values = member.value.elements, values.allSatisfy({ $0.string != nil }) else { return nil }
                result.append(member)
            case "format":
                // Others are an error, and the model takes them for a comment anyway.
                if let format = member.value.string, formats.contains(format) { result.append(member) }
            case "additionalProperties":
                // What the subset takes for granted.
                guard member.value.bool != nil else { return nil }
            case "title", "description", "required", "nullable", "minItems", "maxItems", "minLength", "maxLength",
                "pattern", "minimum", "maximum", "minProperties", "maxProperties", "propertyOrdering":
                result.append(member)
            case "$schema", "$id", "$comment", "default", "examples", "example", "strict", "deprecated":
                break
            default: return nil
            }
        }
        guard isComplete(.object(result), depth: depth) else { return nil }
        if isNullable, !result.contains(where: { $0.name == "nullable" }) {
            result.append(JSONValue.Member("nullable", true))
        }
        return .object(result)
    }

    /// Whether the subset takes what is left: it wants a type everywhere, items of arrays, and members of objects within
    /// objects.
    private static func isComplete(_ schema: JSONValue, depth: Int) -> Bool {
        switch schema["type"]?.string {
        case "ARRAY": schema["items"] != nil
        case "OBJECT": depth == 0 || schema["properties"]?.members?.isEmpty == false
        case nil: schema["anyOf"] != nil
        default: true
        }
    }

    private static func translateAll(_ members: [JSONValue.Member]?, depth: Int) -> [JSONValue.Member]? {
        guard let members else { return nil }
        var result: [JSONValue.Member] = []
        for member in members {
            guard let value = translate(member.value, depth: depth + 1) else { return nil }
            result.append(JSONValue.Member(member.name, value))
        }
        return result
    }

    /// A type's name in the subset: one name, perhaps together with `null`.
    private static func type(_ value: JSONValue) -> (name: String, isNullable: Bool)? {
        let names = value.elements?.compactMap(\.string) ?? value.string.map { [$0] } ?? []
        let others = names.filter { $0.lowercased() != "null" }
        guard others.count == 1, let name = others.first?.uppercased(), types.contains(name) else { return nil }
        return (name, others.count < names.count)
    }

    private static let types: Set<String> = ["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT"]
    private static let formats: Set<String> = ["enum", "date-time", "int32", "int64", "float", "double"]
}
