public import ModeluxCore

/// Embeddings in nobody's dialect.
public struct EmbeddingResponse: Sendable, Hashable {
    /// The vectors in the order of the inputs: arrays of numbers, as they came.
    public var vectors: [JSONValue]
    /// The model that the answer names; empty when it names none.
    public var model: String
    /// What was used; nil when the provider reported nothing.
    public var usage: Usage?

    /// Makes an answer.
    public init(vectors: [JSONValue], model: String = "", usage: Usage? = nil) {
        self.vectors = vectors
        self.model = model
        self.usage = usage
    }

    /// Adds the answer to a later call of the same request. The usage is known only when it is of all calls.
    mutating func append(_ next: EmbeddingResponse) {
        vectors += next.vectors
        if model.isEmpty { model = next.model }
        if let known = usage, let more = next.usage { usage = known + more } else { usage = nil }
    }

    /// The numbers of a vector as base64 of little-endian 32-bit floats, as OpenAI's SDKs ask for; nil when it is no
    /// array of numbers.
    static func base64(of vector: JSONValue) -> String? {
        guard let elements = vector.elements else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(elements.count * 4)
        for element in elements {
            guard case .number(let text) = element, let number = Double(text) else { return nil }
            let bits = Float(number).bitPattern
            for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        }
        return Base64.encoded(bytes: bytes)
    }
}
