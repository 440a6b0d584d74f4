import ModeluxCore
import ModeluxWire
import NIOCore

/// How a provider's answer becomes the caller's.
enum AnswerReading: Sendable {
    /// Within one dialect the bytes pass, and are observed in passing.
    case passing(ChatDialect, removesUsageChunk: Bool)
    /// Between two dialects the answer is read into the neutral form and written anew.
    case translated(Translation)
    /// Vectors of another dialect.
    case embeddings(EmbeddingTranslation)
    /// No provider is asked: the gateway counts.
    case tokenCount

    /// Whether the caller gets other bytes than the provider sent.
    var isTranslated: Bool { if case .passing = self { false } else { true } }

    /// What the answer looks like to the caller, where the provider does not say.
    struct Identity {
        /// The id of the answer.
        let id: String
        /// The model's name.
        let model: String
        /// Seconds since 1970.
        let created: Int64
        /// The input tokens that are probably counted.
        let inputTokens: Int64
        /// Whether the caller asked for the usage in a stream.
        let includesUsage: Bool
    }

    /// A relay for a stream that has begun.
    func relay(as identity: @autoclosure () -> Identity) -> any AnswerRelay {
        switch self {
        case .passing(.anthropic, _): return AnthropicStream(holdsStop: true)
        case .passing(_, let removesUsageChunk):
            return OpenAIStream(removesUsageChunk: removesUsageChunk, holdsDone: true)
        case .translated(let translation):
            let identity = identity()
            return translation.stream(
                id: identity.id, model: identity.model, created: identity.created, inputTokens: identity.inputTokens,
                includesUsage: identity.includesUsage)
        case .embeddings, .tokenCount: return OpenAIStream(removesUsageChunk: false, holdsDone: true)
        }
    }

    /// A whole answer for the caller, and what was observed of it.
    /// - Throws: `Failure` of kind `providerError` when the answer is not in the provider's dialect.
    func whole(_ body: ByteBuffer, as identity: @autoclosure () -> Identity) throws(Failure) -> WholeReading {
        switch self {
        case .passing(.anthropic, _): return WholeReading(body: body, observed: AnthropicResponse.observe(body))
        case .passing, .tokenCount: return WholeReading(body: body, observed: OpenAIResponse.observe(body))
        case .translated(let translation):
            let identity = identity()
            return try WholeReading(
                translation.answer(body, id: identity.id, model: identity.model, created: identity.created))
        case .embeddings: return try pieces([EmbeddingTranslation.Piece(body: body)], as: identity())
        }
    }

    /// A whole answer from the answers to all calls that it took.
    /// - Throws: `Failure` of kind `providerError` when they are not in the provider's dialect.
    func pieces(_ pieces: [EmbeddingTranslation.Piece], as identity: Identity) throws(Failure) -> WholeReading {
        guard case .embeddings(let translation) = self else {
            return try whole(pieces.first?.body ?? ByteBuffer(), as: identity)
        }
        return WholeReading(
            try translation.answer(pieces, model: identity.model, estimatingInput: identity.inputTokens))
    }
}

/// A whole answer for the caller, and what was observed of it.
struct WholeReading {
    let body: ByteBuffer
    let observed: ObservedAnswer
    /// What the model thought before it called tools; nil within one dialect.
    var thoughts: [ContentPart]?

    init(body: ByteBuffer, observed: ObservedAnswer) {
        self.body = body
        self.observed = observed
    }

    init(_ answer: TranslatedAnswer) {
        body = answer.body
        observed = answer.observed
        thoughts = answer.parts
    }
}
