import ModeluxCore

/// Requests for embeddings and their answers in OpenAI's shape.
enum OpenAIEmbedding {
    /// More inputs than OpenAI takes in one call.
    private static let mostInputs = 2048

    /// Reads a caller's request. `input_type` and `task_type` are what clients of Cohere's and Google's models send.
    /// - Throws: `Failure` of kind `invalidJSON`, `missingField` or `unsupportedParameter`, which names the parameter.
    static func decode(_ body: JSONValue) throws(Failure) -> EmbeddingRequest {
        guard case .object(let members) = body else {
            throw Failure(.invalidJSON, "the request body must be a JSON object")
        }
        var request = EmbeddingRequest(inputs: [])
        var hasInput = false
        for member in members where member.value != .null {
            let (name, value) = (member.name, member.value)
            switch name {
            case "model": break
            case "input":
                hasInput = true
                request.inputs = try inputs(value)
            case "dimensions":
                let count = try value.wholeNumber(at: name)
                guard count > 0 else { throw Failure.wrongKind(name, "a whole number above 0") }
                request.dimensions = count
            case "encoding_format":
                switch try value.text(at: name) {
                case "float": request.wantsBase64 = false
                case "base64": request.wantsBase64 = true
                default: throw Failure.wrongKind(name, "\"float\" or \"base64\"")
                }
            case "input_type", "task_type": request.purpose = purpose(try value.text(at: name))
            case "user": request.endUser = try value.text(at: name)
            default: if !name.hasPrefix("mlx:") { request.unmapped.append(name) }
            }
        }
        guard hasInput else { throw Failure.missing("input") }
        return request
    }

    /// An answer as a caller of embeddings gets it.
    /// - Throws: `Failure` of kind `providerError` when a vector is none.
    static func encode(
        _ response: EmbeddingResponse, model: String, isBase64: Bool, estimatingInput inputTokens: Int64
    ) throws(Failure) -> JSONValue {
        var data: [JSONValue] = []
        data.reserveCapacity(response.vectors.count)
        for (index, vector) in response.vectors.enumerated() {
            var shown = vector
            if isBase64 {
                guard let text = EmbeddingResponse.base64(of: vector) else {
                    throw Failure(.providerError, "the provider gave a vector that is none")
                }
                shown = .string(text)
            }
            data.append(["object": "embedding", "index": .integer(index), "embedding": shown])
        }
        let tokens: JSONValue = .integer(response.usage?.promptTotal ?? max(0, inputTokens))
        return [
            "object": "list", "data": .array(data), "model": .string(model),
            "usage": ["prompt_tokens": tokens, "total_tokens": tokens],
        ]
    }

    private static func inputs(_ value: JSONValue) throws(Failure) -> [EmbeddingRequest.Input] {
        if case .string(let text) = value { return [.text(text)] }
        guard case .array(let elements) = value else {
            throw Failure.wrongKind("input", "a string, an array of strings, or token ids")
        }
        guard elements.count <= mostInputs || elements.first?.integer != nil else {
            throw Failure.wrongKind("input", "an array of at most \(mostInputs) elements")
        }
        if case .number = elements.first { return [.tokens] }
        var inputs: [EmbeddingRequest.Input] = []
        inputs.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            switch element {
            case .string(let text): inputs.append(.text(text))
            case .array: inputs.append(.tokens)
            default: throw Failure.wrongKind("input[\(index)]", "a string or token ids")
            }
        }
        return inputs
    }

    private static func purpose(_ word: String) -> EmbeddingRequest.Purpose? {
        let word = word.lowercased()
        switch word {
        case "retrieval_document", "document", "passage": return .document
        case "retrieval_query", "query", "question_answering", "fact_verification", "code_retrieval_query":
            return .query
        default: return EmbeddingRequest.Purpose(rawValue: word)
        }
    }
}
