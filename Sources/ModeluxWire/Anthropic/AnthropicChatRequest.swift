public import ModeluxCore

/// Requests for messages: reads a caller's, writes a provider's.
///
///     let request = try AnthropicChatRequest.decode(body)                    // the caller speaks this dialect
///     let encoded = try AnthropicChatRequest.encode(request, for: target)    // the provider does
public enum AnthropicChatRequest {
    /// Reads a caller's request. Members that have no place in the hub are named in `unmapped`; `model`, `mlx:*` and
    /// the gateway's own metadata are its own business and are passed over.
    /// - Throws: `Failure` of kind `invalidJSON`, `missingField` or `unsupportedParameter`, which names the parameter.
    public static func decode(_ body: JSONValue) throws(Failure) -> ChatRequest {
        guard case .object(let members) = body else {
            throw Failure(.invalidJSON, "the request body must be a JSON object")
        }
        var reader = AnthropicChatRequestReader()
        for member in members where member.value != .null { try reader.read(member.name, member.value) }
        return try reader.finished()
    }

    /// Writes a request for a provider.
    /// - Throws: `Failure` of kind `unsupportedParameter` for what the provider cannot take and no answer would make
    ///   sense without.
    public static func encode(_ request: ChatRequest, for target: ChatTarget) throws(Failure) -> EncodedRequest {
        var writer = AnthropicChatRequestWriter(target)
        return try writer.write(request)
    }
}
