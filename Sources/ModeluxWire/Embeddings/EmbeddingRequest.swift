import ModeluxCore

/// A request for embeddings in nobody's dialect.
public struct EmbeddingRequest: Sendable, Hashable {
    /// What is to be embedded, in order.
    public var inputs: [Input]
    /// How many numbers each vector shall have; nil leaves it to the model.
    public var dimensions: Int64?
    /// What the vectors are for, where the model cares.
    public var purpose: Purpose?
    /// Whether the caller wants base64 of little-endian 32-bit floats instead of numbers.
    public var wantsBase64: Bool
    /// The end user as the caller names it to the provider.
    public var endUser: String?
    /// Members of the caller's request that have no place here, by their names.
    public var unmapped: [String]

    /// One thing to embed.
    public enum Input: Sendable, Hashable {
        /// A text.
        case text(String)
        /// Token ids of an OpenAI tokenizer, which no other provider understands.
        case tokens
    }

    /// What vectors are for.
    public enum Purpose: String, Sendable, Hashable, CaseIterable {
        case document = "search_document"
        case query = "search_query"
        case classification
        case clustering
        case similarity = "semantic_similarity"
    }

    /// Makes a request.
    public init(
        inputs: [Input], dimensions: Int64? = nil, purpose: Purpose? = nil, wantsBase64: Bool = false,
        endUser: String? = nil, unmapped: [String] = []
    ) {
        self.inputs = inputs
        self.dimensions = dimensions
        self.purpose = purpose
        self.wantsBase64 = wantsBase64
        self.endUser = endUser
        self.unmapped = unmapped
    }

    /// The texts, for a provider that takes nothing else.
    /// - Throws: `Failure` of kind `unsupportedParameter` when token ids are among them.
    func texts() throws(Failure) -> [String] {
        var texts: [String] = []
        texts.reserveCapacity(inputs.count)
        for input in inputs {
            guard case .text(let text) = input else {
                throw Failure(
                    .unsupportedParameter, "this provider takes no token ids: send \"input\" as text",
                    parameter: "input")
            }
            texts.append(text)
        }
        return texts
    }
}
