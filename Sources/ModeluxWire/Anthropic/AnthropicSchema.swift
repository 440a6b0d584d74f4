import ModeluxCore
import NIOCore

/// JSON schemas as Anthropic takes them where it holds the model to them: objects without further members, and none of
/// the bounds that it refuses. A bound that goes is told to the model in the description instead, as Anthropic's own
/// SDKs do it.
enum AnthropicSchema {
    /// A schema that the model can be held to.
    static func held(_ schema: JSONValue) -> JSONValue { held(schema, depth: 0) }

    /// Whether a model can be held to a schema: every object in it must say what members it has. Anthropic allows no
    /// others, so a map or an object of any kind could only be empty.
    static func canHold(_ schema: JSONValue) -> Bool { canHold(schema, depth: 0) }

    /// A schema of a tool's arguments: an object, as Anthropic wants it; the rest as it came.
    static func ofTool(_ parameters: JSONValue?) -> JSONValue {
        guard case .object(let members) = parameters, !members.isEmpty else {
            return ["type": "object", "properties": .object([])]
        }
        guard parameters?["type"] == nil else { return .object(members) }
        return .object([JSONValue.Member("type", "object")] + members)
    }

    /// The deepest nesting that is looked into; JSON of the gateway is at most 128 levels deep anyway.
    private static let maximumDepth = 64

    private static let refusedBounds: Set<String> = [
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
        "maxItems", "uniqueItems", "minProperties", "maxProperties", "minContains", "maxContains",
        "patternProperties", "propertyNames", "unevaluatedProperties", "unevaluatedItems",
    ]

    private static func held(_ schema: JSONValue, depth: Int) -> JSONValue {
        guard case .object(let members) = schema, depth < maximumDepth else { return schema }
        var result: [JSONValue.Member] = []
        result.reserveCapacity(members.count + 1)
        var bounds: [String] = []
        var isClosed = false
        for member in members {
            if isRefused(member) {
                bounds.append(member.name + ": " + String(buffer: member.value.buffer))
                continue
            }
            switch member.name {
            case "additionalProperties":
                isClosed = true
                result.append(JSONValue.Member(member.name, false))
            case "properties", "$defs", "definitions":
                let named = (member.value.members ?? []).map {
                    JSONValue.Member($0.name, held($0.value, depth: depth + 1))
                }
                result.append(JSONValue.Member(member.name, .object(named)))
            case "items", "not": result.append(JSONValue.Member(member.name, held(member.value, depth: depth + 1)))
            case "anyOf", "allOf", "oneOf", "prefixItems":
                let several = (member.value.elements ?? []).map { held($0, depth: depth + 1) }
                result.append(JSONValue.Member(member.name == "oneOf" ? "anyOf" : member.name, .array(several)))
            default: result.append(member)
            }
        }
        if !isClosed, isObject(schema) { result.append(JSONValue.Member("additionalProperties", false)) }
        if !bounds.isEmpty { describe(bounds.joined(separator: ", "), in: &result) }
        return .object(result)
    }

    private static func canHold(_ schema: JSONValue, depth: Int) -> Bool {
        guard case .object(let members) = schema, depth < maximumDepth else { return true }
        if schema["type"] == "object", schema["additionalProperties"] != false {
            let isMap = schema["additionalProperties"]?.members?.isEmpty == false
            if isMap || schema["properties"]?.members?.isEmpty ?? true { return false }
        }
        for member in members {
            switch member.name {
            case "patternProperties": return false
            case "properties", "$defs", "definitions":
                for named in member.value.members ?? [] where !canHold(named.value, depth: depth + 1) { return false }
            case "items", "not": if !canHold(member.value, depth: depth + 1) { return false }
            case "anyOf", "allOf", "oneOf", "prefixItems":
                for element in member.value.elements ?? [] where !canHold(element, depth: depth + 1) { return false }
            default: break
            }
        }
        return true
    }

    private static func isRefused(_ member: JSONValue.Member) -> Bool {
        if refusedBounds.contains(member.name) { return true }
        guard member.name == "minItems" else { return false }
        return ![0, 1].contains(member.value.integer)
    }

    private static func isObject(_ schema: JSONValue) -> Bool {
        switch schema["type"] {
        case .string(let type): type == "object"
        case .array(let types): types.contains("object")
        default: schema["properties"] != nil
        }
    }

    private static func describe(_ bounds: String, in members: inout [JSONValue.Member]) {
        guard let place = members.firstIndex(where: { $0.name == "description" }) else {
            members.append(JSONValue.Member("description", .string("{" + bounds + "}")))
            return
        }
        let text = members[place].value.string ?? ""
        members[place] = JSONValue.Member("description", .string(text + "\n\n{" + bounds + "}"))
    }
}
