public import ModeluxCore
public import NIOCore

/// A call for embeddings from a caller of OpenAI's shape to a provider of another dialect.
///
/// Providers bound how many texts one call takes, so that a request may become several calls; their answers are put
/// together in order.
///
///     let translation = try EmbeddingTranslation(body, for: target, dialect: row.dialect)
///     for request in translation.requests { … call, collect EmbeddingTranslation.Piece … }
///     let answer = try translation.answer(pieces, model: candidate.model, estimatingInput: tokens)
public struct EmbeddingTranslation: Sendable {
    /// The calls to make, in order; at least one.
    public let requests: [EncodedRequest]
    /// What could not be expressed, by name.
    public let dropped: [String]

    private let request: EmbeddingRequest
    private let dialect: ChatDialect

    /// The answer to one of the calls.
    public struct Piece: Sendable {
        /// Its body.
        public let body: ByteBuffer
        /// The header `x-amzn-bedrock-input-token-count`, where there is one.
        public let inputTokens: Int64?

        /// Makes a piece.
        public init(body: ByteBuffer, inputTokens: Int64? = nil) {
            self.body = body
            self.inputTokens = inputTokens
        }
    }

    /// Reads the caller's request and writes the provider's.
    /// - Throws: `Failure` of kind `invalidJSON`, `missingField` or `unsupportedParameter`, which names the parameter.
    public init(_ body: ByteBuffer, for target: ChatTarget, dialect: ChatDialect) throws(Failure) {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(parsing: body)
        } catch {
            throw error.failure
        }
        request = try OpenAIEmbedding.decode(value)
        self.dialect = dialect
        switch dialect {
        case .gemini: requests = try GeminiEmbedding.encode(request, for: target)
        case .bedrock: requests = try BedrockEmbedding.encode(request, for: target)
        case .openai, .anthropic:
            throw Failure(
                .unsupportedParameter, "\(target.vendor.rawValue) makes no embeddings: name a model that does",
                parameter: "model")
        }
        var names = request.unmapped
        for name in requests.flatMap(\.dropped) where !names.contains(name) { names.append(name) }
        dropped = names
    }

    /// Writes the caller's answer from the provider's.
    /// - Parameters:
    ///   - pieces: the answers to all `requests`, in their order.
    ///   - model: the model that the caller sees where the provider names none.
    ///   - inputTokens: what is told as usage where the provider reports none; what is observed has none then.
    /// - Returns: the body for the caller, and what was observed.
    /// - Throws: `Failure` of kind `providerError` when an answer is not in the provider's dialect.
    public func answer(
        _ pieces: [Piece], model: String, estimatingInput inputTokens: Int64
    ) throws(Failure) -> TranslatedAnswer {
        var whole: EmbeddingResponse?
        for piece in pieces {
            guard let value = try? JSONValue(parsing: piece.body) else {
                throw Failure(.providerError, "the provider's answer is no JSON")
            }
            var part =
                dialect == .gemini
                ? try GeminiEmbedding.decode(value) : try BedrockEmbedding.decode(value)
            if part.usage == nil { part.usage = piece.inputTokens.map { Usage(input: max(0, $0)) } }
            if whole == nil { whole = part } else { whole?.append(part) }
        }
        guard let whole, whole.vectors.count == request.inputs.count else {
            throw Failure(.providerError, "the provider gave not as many vectors as there are inputs")
        }
        let body = try OpenAIEmbedding.encode(
            whole, model: whole.model.isEmpty ? model : whole.model, isBase64: request.wantsBase64,
            estimatingInput: inputTokens)
        var observed = ObservedAnswer()
        observed.usage = whole.usage
        observed.model = whole.model.isEmpty ? nil : whole.model
        observed.isDone = true
        return TranslatedAnswer(body: body.buffer, observed: observed, parts: [])
    }
}
