/// Reasons to end in OpenAI's words, and in those of the many servers of its shape.
enum OpenAIFinish {
    /// Reads a reason.
    /// - Parameters:
    ///   - word: `finish_reason`.
    ///   - stopSequence: the sequence that the server says it stopped at (vLLM, some models at Azure).
    ///   - hasCalls: whether the answer calls tools: with a forced tool OpenAI says `stop` all the same.
    ///   - hasRefusal: whether it has a refusal.
    /// - Returns: the reason; one that nobody knows is a natural end.
    static func reason(_ word: String, stopSequence: String?, hasCalls: Bool, hasRefusal: Bool) -> FinishReason {
        switch word {
        case "length", "max_tokens", "model_length", "MAX_TOKENS": return .length
        case "content_filter", "SAFETY", "content_filtered": return .contentFilter
        case "tool_calls", "tool_call", "function_call", "tool_use": return .toolCalls
        case "malformed_function_call", "MALFORMED_FUNCTION_CALL": return .malformedToolCall
        default:
            if hasCalls { return .toolCalls }
            if hasRefusal { return .refusal }
            return stopSequence == nil ? .end : .stopSequence
        }
    }

    /// Whether a provider says so that it gave up in the middle.
    static func isFailure(_ word: String) -> Bool {
        word == "error" || word == "insufficient_system_resource"
    }

    /// A reason in OpenAI's words.
    static func word(for reason: FinishReason, hasRefusal: Bool) -> String {
        switch reason {
        case .end, .stopSequence, .pause, .malformedToolCall: "stop"
        case .length, .contextWindow: "length"
        case .toolCalls: "tool_calls"
        case .contentFilter: "content_filter"
        case .refusal: hasRefusal ? "stop" : "content_filter"
        }
    }
}
