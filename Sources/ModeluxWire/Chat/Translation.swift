public import ModeluxCore
public import NIOCore

/// One call between two dialects: writes the provider's request from the caller's, and the caller's answer from the
/// provider's. N readers and M writers meet in the neutral form, so that no pair of dialects has code of its own.
public struct Translation: Sendable {
    /// What the caller speaks: OpenAI's dialect or Anthropic's.
    public let caller: ChatDialect
    /// What the provider speaks.
    public let provider: ChatDialect
    /// The tool by which the provider was made to give structured output: its arguments are the answer's text.
    private let outputTool: String?

    /// Names the two dialects.
    public init(from caller: ChatDialect, to provider: ChatDialect) {
        self.init(caller, provider, outputTool: nil)
    }

    private init(_ caller: ChatDialect, _ provider: ChatDialect, outputTool: String?) {
        self.caller = caller
        self.provider = provider
        self.outputTool = outputTool
    }

    /// Writes the provider's request from the caller's, `body`; `restore` puts back what the caller's dialect could not
    /// carry, such as proofs of thoughts.
    /// - Throws: `Failure` of kind `invalidJSON`, `missingField` or `unsupportedParameter`, which names the parameter.
    public func request(
        _ body: ByteBuffer, for target: ChatTarget, restoring restore: (inout ChatRequest) -> Void
    ) throws(Failure) -> EncodedRequest {
        throw Failure(
            .unsupportedParameter,
            "\(target.vendor.rawValue) does not speak the \(caller.rawValue) dialect: name a model of another provider",
            parameter: "model")
    }

    /// The translation with which the answer to `request` is read.
    public func reading(_ request: EncodedRequest) -> Translation {
        Translation(caller, provider, outputTool: request.outputTool)
    }

    /// Writes the caller's whole answer from the provider's, `body`. `id` and `model` stand where the provider gives
    /// none; `created` is in seconds since 1970.
    /// - Throws: `Failure` of kind `providerError` when the answer is not in the provider's dialect.
    public func answer(
        _ body: ByteBuffer, id: String, model: String, created: Int64
    ) throws(Failure) -> TranslatedAnswer {
        throw Failure(.providerError, "the provider's answer cannot be translated")
    }

    /// A relay for the provider's stream.
    public func stream(
        id: String, model: String, created: Int64, inputTokens: Int64, includesUsage: Bool
    ) -> any AnswerRelay {
        OpenAIStream(removesUsageChunk: false, holdsDone: true)
    }
}

/// A whole answer in the caller's dialect.
public struct TranslatedAnswer: Sendable {
    /// The body for the caller.
    public let body: ByteBuffer
    /// What was observed of it.
    public let observed: ObservedAnswer
    /// What the first choice said, for what must be remembered of it.
    public let parts: [ContentPart]
}
