import ModeluxCore

/// The cache marks of a request: Anthropic takes four. Of more, the last four are kept: each reaches over all that
/// stands before it.
struct AnthropicCacheMarks {
    /// Whether some had to go.
    private(set) var isDropped = false
    private var superfluous = 0

    private static let most = 4

    init(_ request: ChatRequest) {
        var count = request.tools.count { $0.cacheMark != nil } + request.system.count { $0.cacheMark != nil }
        for message in request.messages {
            for part in message.parts {
                if part.cacheMark != nil { count += 1 }
                if case .toolResult(let result) = part.kind { count += result.parts.count { $0.cacheMark != nil } }
            }
        }
        superfluous = max(0, count - AnthropicCacheMarks.most)
    }

    /// The mark that a block gets, in the order of the request; nil when it has none, or must go.
    mutating func kept(_ mark: ContentPart.CacheMark?) -> ContentPart.CacheMark? {
        guard mark != nil, superfluous > 0 else { return mark }
        superfluous -= 1
        isDropped = true
        return nil
    }

    /// A block with its mark, in the order of the request.
    mutating func marked(_ members: [JSONValue.Member], _ mark: ContentPart.CacheMark?) -> JSONValue {
        guard mark != nil else { return .object(members) }
        guard let mark = kept(mark) else { return .object(members.filter { $0.name != "cache_control" }) }
        let control: JSONValue =
            switch mark {
            case .fiveMinutes: ["type": "ephemeral"]
            case .oneHour: ["type": "ephemeral", "ttl": "1h"]
            }
        var members = members
        members.removeAll { $0.name == "cache_control" }
        members.append(JSONValue.Member("cache_control", control))
        return .object(members)
    }
}
