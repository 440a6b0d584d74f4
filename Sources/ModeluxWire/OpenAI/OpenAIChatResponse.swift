public import ModeluxCore

/// Whole answers of chat completions: reads a provider's, writes a caller's.
public enum OpenAIChatResponse {
    /// Reads an answer.
    /// - Throws: `Failure` of kind `providerError` when it is none, or an error that came with the status of a success.
    public static func decode(_ body: JSONValue) throws(Failure) -> ChatResponse {
        if let error = body.member("error") { throw OpenAIStreamError.failure(error) }
        guard let choices = body.member("choices")?.elements else {
            throw Failure(.providerError, "the provider's answer has no choices")
        }
        let id = body.member("id")?.string ?? ""
        var response = ChatResponse(id: id, model: body.member("model")?.string ?? "", choices: [])
        for (index, choice) in choices.enumerated() {
            if let word = choice.member("finish_reason")?.string, OpenAIFinish.isFailure(word) {
                throw Failure(.providerError, "the provider failed: it ended its answer with \"\(word)\"")
            }
            response.choices.append(self.choice(choice, OpenAICallIdentifier(answer: id, choice: index)))
        }
        let usage = body.member("usage").flatMap(OpenAIUsage.read)
        response.usage = body.member("x_groq")?.member("usage").flatMap(OpenAIUsage.read) ?? usage
        response.serviceTier = body.member("service_tier")?.string
        return response
    }

    private static func choice(_ choice: JSONValue, _ identifiers: OpenAICallIdentifier) -> ChatResponse.Choice {
        // Azure's output filter leaves the message out.
        let message = choice.member("message") ?? choice.member("delta") ?? [:]
        var parts = OpenAIReasoning.thoughts(of: message)
        switch message.member("content") ?? choice.member("text") {
        case .string(let text): if !text.isEmpty { parts.append(.text(text)) }
        case .array(let elements): parts += elements.compactMap(part)
        default: break
        }
        let refusal = message.member("refusal")?.string ?? ""
        if !refusal.isEmpty { parts.append(ContentPart(.refusal(refusal))) }
        var identifiers = identifiers
        let calls = message.member("tool_calls")?.elements ?? []
        for call in calls {
            guard let function = call.member("function") else { continue }
            var read = self.call(function, id: call.member("id")?.string, &identifiers)
            read.signature =
                OpenAIReasoning.signature(of: call) ?? OpenAIReasoning.signature(ofCall: read.id, in: message)
            parts.append(ContentPart(.toolCall(read)))
        }
        if calls.isEmpty, let function = message.member("function_call") {
            parts.append(ContentPart(.toolCall(call(function, id: nil, &identifiers))))
        }
        let stopSequence = choice.member("stop_reason")?.string ?? choice.member("matched_stop")?.string
        let finish = OpenAIFinish.reason(
            choice.member("finish_reason")?.string ?? "", stopSequence: stopSequence,
            hasCalls: parts.contains { if case .toolCall = $0.kind { true } else { false } },
            hasRefusal: !refusal.isEmpty)
        return ChatResponse.Choice(
            parts: parts, finish: finish, stopSequence: finish == .stopSequence ? stopSequence : nil,
            logProbabilities: choice.member("logprobs"))
    }

    /// A part of a content list: text, or a thought of Mistral's.
    private static func part(_ element: JSONValue) -> ContentPart? {
        switch element["type"]?.string {
        case "text", "output_text": return element["text"]?.string.map { .text($0) }
        case "thinking", "reasoning": return ContentPart(.thinking(OpenAIReasoning.thought(ofPart: element)))
        case "refusal": return element["refusal"]?.string.map { ContentPart(.refusal($0)) }
        default: return element.string.map { .text($0) }
        }
    }

    private static func call(
        _ function: JSONValue, id: String?, _ identifiers: inout OpenAICallIdentifier
    ) -> ToolCall {
        // Some servers give the arguments as the object itself.
        let arguments: String =
            switch function.member("arguments") {
            case .string(let text): text
            case .some(let value): value.serialized
            case nil: ""
            }
        let made = identifiers.next()
        return ToolCall(
            id: id.flatMap { $0.isEmpty ? nil : $0 } ?? made, name: function.member("name")?.string ?? "",
            arguments: arguments.isEmpty ? "{}" : arguments)
    }
}
