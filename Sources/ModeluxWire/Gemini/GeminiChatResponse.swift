public import ModeluxCore

/// Whole answers of Google's `generateContent`.
public enum GeminiChatResponse {
    /// Reads an answer. A refused prompt is an answer too: one choice without content that ended by the filter. The call
    /// of `outputTool`, by which the answer's form was asked for, is turned back into text.
    /// - Throws: `Failure` of kind `providerError` when it is none; of the error's own kind when it is an error.
    public static func decode(_ body: JSONValue, outputTool: String? = nil) throws(Failure) -> ChatResponse {
        var reader = GeminiAnswerReader(outputTool: outputTool)
        var assembler = ChatAssembler()
        var events: [ChatEvent] = []
        // Without `alt=sse` even a stream's address answers with one array.
        for chunk in body.elements ?? [body] { try reader.read(chunk, &events) }
        for event in events { assembler.add(event) }
        if let failure = assembler.failure { throw failure }
        var response = assembler.response
        guard !response.choices.isEmpty || body["usageMetadata"] != nil else {
            throw Failure(.providerError, "the provider's answer has no candidates")
        }
        if response.choices.isEmpty { response.choices = [ChatResponse.Choice(parts: [], finish: .end)] }
        return response
    }
}
