public import ModeluxCore

/// Requests for chat completions: reads a caller's, writes a provider's.
///
///     let request = try OpenAIChatRequest.decode(body)                    // the caller speaks this dialect
///     let encoded = try OpenAIChatRequest.encode(request, for: target)    // the provider does
public enum OpenAIChatRequest {
    /// Reads a caller's request. Members that have no place in the hub are named in `unmapped`; `model`, `stream_options`
    /// and `mlx:*` are the gateway's own business and are passed over.
    /// - Throws: `Failure` of kind `invalidJSON`, `missingField` or `unsupportedParameter`, which names the parameter.
    public static func decode(_ body: JSONValue) throws(Failure) -> ChatRequest {
        guard case .object(let members) = body else {
            throw Failure(.invalidJSON, "the request body must be a JSON object")
        }
        var reader = OpenAIChatRequestReader()
        for member in members where member.value != .null { try reader.read(member.name, member.value) }
        return try reader.finished()
    }

    /// Writes a request for a provider.
    /// - Throws: `Failure` of kind `unsupportedParameter` for what the provider cannot take and no answer would make
    ///   sense without.
    public static func encode(_ request: ChatRequest, for target: ChatTarget) throws(Failure) -> EncodedRequest {
        var writer = OpenAIChatRequestWriter(target)
        return try writer.write(request)
    }
}
