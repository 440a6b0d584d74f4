public import ModeluxCore

/// Chat requests of Bedrock's Converse. The model and whether to stream are in the address, not in the body.
public enum BedrockChatRequest {
    /// Writes a request for a model.
    /// - Throws: `Failure` of kind `unsupportedParameter` for what would change the meaning when it is left out, such
    ///   as the address of an image.
    public static func encode(_ request: ChatRequest, for target: ChatTarget) throws(Failure) -> EncodedRequest {
        var writer = BedrockChatRequestWriter(target)
        return try writer.write(request)
    }
}
