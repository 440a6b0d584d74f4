extension RequestFacts {
    /// What a request of either surface says of itself, read from its whole body: for plans without a call.
    public init(request: JSONTree, operation: Operation = .chat) {
        self.init(model: request["model"]?.stringValue ?? "", operation: operation)
        isStream = request["stream"]?.boolValue ?? false
        hasTools = ["tools", "functions"].contains { request[$0]?.arrayValue?.isEmpty == false }
        maximumOutputTokens = ["max_completion_tokens", "max_tokens", "max_output_tokens"].compactMap {
            request[$0]?.integerValue
        }.max()
        choices = max(1, request["n"]?.integerValue ?? 1)
        var bytes = 0
        for key in ["messages", "input", "system", "tools", "prompt"] {
            if let tree = request[key] { RequestFacts.measure(tree, into: &bytes, &hasImages) }
        }
        likelyInputTokens = Estimate.tokens(textBytes: bytes)
        endUser =
            request["mlx:end_user"]?.stringValue ?? request["user"]?.stringValue
            ?? request["metadata"]?["user_id"]?.stringValue
        conversationID = request["metadata"]?["conversation_id"]?.stringValue
        for member in request["mlx:tags"]?.objectValue ?? [] {
            if let value = member.value.stringValue { try? tags.set(member.key, to: value) }
        }
    }

    /// Counts the text of a value and notices images. Depth is bounded by the reader of the tree.
    private static func measure(_ tree: JSONTree, into bytes: inout Int, _ hasImages: inout Bool) {
        switch tree {
        case .string(let text): if !text.hasPrefix("data:") { bytes += text.utf8.count }
        case .array(let values): for value in values { measure(value, into: &bytes, &hasImages) }
        case .object(let members):
            if let type = tree["type"]?.stringValue, ["image", "image_url", "input_image"].contains(type) {
                hasImages = true
            }
            for member in members { measure(member.value, into: &bytes, &hasImages) }
        case .null, .bool, .number: break
        }
    }
}
