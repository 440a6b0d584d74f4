import ModeluxCore

/// Embeddings by Google's `batchEmbedContents`, which takes one text as well as many.
enum GeminiEmbedding {
    /// As many texts as one call takes.
    private static let mostTexts = 100

    /// Writes the calls for a request.
    /// - Throws: `Failure` of kind `unsupportedParameter` when token ids are to be embedded.
    static func encode(_ request: EmbeddingRequest, for target: ChatTarget) throws(Failure) -> [EncodedRequest] {
        let texts = try request.texts()
        let name = target.model.hasPrefix("models/") ? target.model : "models/" + target.model
        var calls: [EncodedRequest] = []
        var start = 0
        repeat {
            let end = min(start + mostTexts, texts.count)
            let requests = texts[start..<end].map { text in
                var members: [JSONValue.Member] = [
                    JSONValue.Member("model", .string(name)),
                    JSONValue.Member("content", ["parts": [["text": .string(text)]]]),
                ]
                if let purpose = request.purpose {
                    members.append(JSONValue.Member("taskType", .string(taskType(purpose))))
                }
                if let dimensions = request.dimensions {
                    members.append(JSONValue.Member("outputDimensionality", .integer(dimensions)))
                }
                return JSONValue.object(members)
            }
            let body: JSONValue = ["requests": .array(requests)]
            calls.append(
                EncodedRequest(
                    body: body.buffer, dropped: request.endUser == nil ? [] : [ChatFeature.endUser.rawValue]))
            start = end
        } while start < texts.count
        return calls
    }

    /// Reads an answer of `batchEmbedContents` or of `embedContent`.
    /// - Throws: `Failure` of kind `providerError` when it is none.
    static func decode(_ body: JSONValue) throws(Failure) -> EmbeddingResponse {
        let found = body.member("embeddings")?.elements ?? body.member("embedding").map { [$0] }
        guard let found else { throw Failure(.providerError, "the provider's answer has no embeddings") }
        var vectors: [JSONValue] = []
        vectors.reserveCapacity(found.count)
        for embedding in found {
            guard let values = embedding.member("values"), values.elements != nil else {
                throw Failure(.providerError, "the provider's answer has an embedding without values")
            }
            vectors.append(values)
        }
        let tokens = body.member("usageMetadata")?.member("promptTokenCount")?.exactInteger
        return EmbeddingResponse(vectors: vectors, usage: tokens.flatMap { $0 < 0 ? nil : Usage(input: $0) })
    }

    private static func taskType(_ purpose: EmbeddingRequest.Purpose) -> String {
        switch purpose {
        case .document: "RETRIEVAL_DOCUMENT"
        case .query: "RETRIEVAL_QUERY"
        case .classification: "CLASSIFICATION"
        case .clustering: "CLUSTERING"
        case .similarity: "SEMANTIC_SIMILARITY"
        }
    }
}
