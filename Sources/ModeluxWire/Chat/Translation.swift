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
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(parsing: body)
        } catch {
            throw error.failure
        }
        var request =
            caller == .anthropic
            ? try AnthropicChatRequest.decode(value) : try OpenAIChatRequest.decode(value)
        restore(&request)
        var encoded =
            switch provider {
            case .openai: try OpenAIChatRequest.encode(request, for: target)
            case .anthropic: try AnthropicChatRequest.encode(request, for: target)
            case .gemini: try GeminiChatRequest.encode(request, for: target)
            case .bedrock: try BedrockChatRequest.encode(request, for: target)
            }
        for name in request.unmapped where !encoded.dropped.contains(name) { encoded.dropped.append(name) }
        return encoded
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
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(parsing: body)
        } catch {
            throw Failure(.providerError, "the provider's answer is not valid JSON", cause: "\(error)")
        }
        let response =
            switch provider {
            case .openai: try OpenAIChatResponse.decode(value)
            case .anthropic: try AnthropicChatResponse.decode(value, outputTool: outputTool)
            case .gemini: try GeminiChatResponse.decode(value, outputTool: outputTool)
            case .bedrock: try BedrockChatResponse.decode(value, outputTool: outputTool)
            }
        let shownID = response.id.isEmpty ? id : response.id
        let shownModel = response.model.isEmpty ? model : response.model
        let written =
            caller == .anthropic
            ? AnthropicChatResponse.encode(response, id: shownID, model: shownModel, created: created)
            : OpenAIChatResponse.encode(response, id: shownID, model: shownModel, created: created)
        return TranslatedAnswer(
            body: written.buffer, observed: ObservedAnswer(of: response), parts: response.choices.first?.parts ?? [])
    }

    /// A relay for the provider's stream.
    public func stream(
        id: String, model: String, created: Int64, inputTokens: Int64, includesUsage: Bool
    ) -> TranslatedStream {
        let decoder: any ChatStreamDecoder =
            switch provider {
            case .openai: OpenAIChatDecoder()
            case .anthropic: AnthropicChatDecoder(outputTool: outputTool)
            case .gemini: GeminiChatDecoder(outputTool: outputTool)
            case .bedrock: BedrockChatDecoder(outputTool: outputTool)
            }
        let encoder: any ChatStreamEncoder =
            caller == .anthropic
            ? AnthropicChatEncoder(id: id, model: model, inputTokens: inputTokens)
            : OpenAIChatEncoder(id: id, model: model, created: created, includesUsage: includesUsage)
        return TranslatedStream(decoder: decoder, encoder: encoder)
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
