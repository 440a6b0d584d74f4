import ModeluxCore

/// Embeddings by Bedrock's `invoke`, whose body is the model's own: Amazon's Titan and Nova take one text a call,
/// Cohere's models several.
enum BedrockEmbedding {
    /// As many texts as one call of Cohere's takes.
    private static let mostTexts = 96

    /// Writes the calls for a request.
    /// - Throws: `Failure` of kind `unsupportedParameter` for token ids, and for a model of another family.
    static func encode(_ request: EmbeddingRequest, for target: ChatTarget) throws(Failure) -> [EncodedRequest] {
        let texts = try request.texts()
        guard !texts.isEmpty else {
            throw Failure(.unsupportedParameter, "\"input\" must not be empty", parameter: "input")
        }
        var dropped = request.endUser == nil ? [] : [ChatFeature.endUser.rawValue]
        let model = target.model.lowercased()
        let bodies: [JSONValue]
        if model.contains("cohere.") {
            let takesDimensions = !model.contains("-v3")
            if request.dimensions != nil, !takesDimensions { dropped.append("dimensions") }
            bodies = stride(from: 0, to: texts.count, by: mostTexts).map { start in
                cohere(
                    texts[start..<min(start + mostTexts, texts.count)], request,
                    dimensions: takesDimensions ? request.dimensions : nil)
            }
        } else if model.contains("titan-embed-image") {
            bodies = texts.map { text in
                guard let dimensions = request.dimensions else { return ["inputText": .string(text)] }
                return [
                    "inputText": .string(text),
                    "embeddingConfig": ["outputEmbeddingLength": .integer(dimensions)],
                ]
            }
        } else if model.contains("titan-embed") {
            // The first version has one size only.
            let takesDimensions = model.contains("text-v2")
            if request.dimensions != nil, !takesDimensions { dropped.append("dimensions") }
            bodies = texts.map { text in
                guard takesDimensions, let dimensions = request.dimensions else { return ["inputText": .string(text)] }
                return ["inputText": .string(text), "dimensions": .integer(dimensions)]
            }
        } else if model.contains("nova"), model.contains("embed") {
            bodies = texts.map { nova($0, request) }
        } else {
            throw Failure(
                .unsupportedParameter, "embeddings of this model are not translated: use Titan, Nova or Cohere",
                parameter: "model")
        }
        if request.purpose != nil, !model.contains("cohere."), !model.contains("nova") { dropped.append("input_type") }
        return bodies.map { EncodedRequest(body: $0.buffer, dropped: dropped) }
    }

    /// Reads an answer of any of these models.
    /// - Throws: `Failure` of kind `providerError` when it is none.
    static func decode(_ body: JSONValue) throws(Failure) -> EmbeddingResponse {
        let tokens = body.member("inputTextTokenCount")?.exactInteger
        let usage = tokens.flatMap { $0 < 0 ? nil : Usage(input: $0) }
        if let vector = body.member("embedding"), vector.elements != nil {
            return EmbeddingResponse(vectors: [vector], usage: usage)
        }
        var embeddings = body.member("embeddings")
        if let byType = embeddings?.member("float") { embeddings = byType }
        guard let elements = embeddings?.elements else {
            throw Failure(.providerError, "the provider's answer has no embeddings")
        }
        var vectors: [JSONValue] = []
        vectors.reserveCapacity(elements.count)
        for element in elements {
            let vector = element.member("embedding") ?? element
            guard vector.elements != nil else {
                throw Failure(.providerError, "the provider's answer has an embedding without values")
            }
            vectors.append(vector)
        }
        return EmbeddingResponse(vectors: vectors, usage: usage)
    }

    private static func cohere(
        _ texts: ArraySlice<String>, _ request: EmbeddingRequest, dimensions: Int64?
    ) -> JSONValue {
        // Cohere wants to be told; what is stored is the usual case.
        let purpose = request.purpose == .similarity ? .clustering : request.purpose ?? .document
        var members: [JSONValue.Member] = [
            JSONValue.Member("texts", .array(texts.map { .string($0) })),
            JSONValue.Member("input_type", .string(purpose.rawValue)),
            JSONValue.Member("embedding_types", ["float"]),
        ]
        if let dimensions { members.append(JSONValue.Member("output_dimension", .integer(dimensions))) }
        return .object(members)
    }

    private static func nova(_ text: String, _ request: EmbeddingRequest) -> JSONValue {
        let purpose: JSONValue =
            switch request.purpose {
            case .query: "TEXT_RETRIEVAL"
            case .classification: "CLASSIFICATION"
            case .clustering, .similarity: "CLUSTERING"
            case .document, nil: "GENERIC_INDEX"
            }
        var parameters: [JSONValue.Member] = [JSONValue.Member("embeddingPurpose", purpose)]
        if let dimensions = request.dimensions {
            parameters.append(JSONValue.Member("embeddingDimension", .integer(dimensions)))
        }
        parameters.append(JSONValue.Member("text", ["truncationMode": "NONE", "value": .string(text)]))
        return ["taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": .object(parameters)]
    }
}
