/// Anthropic's words for why an answer ended.
enum AnthropicStopReason {
    /// Why an answer ended, by Anthropic's word.
    static func read(_ word: String) -> FinishReason {
        switch word {
        case "stop_sequence": .stopSequence
        case "max_tokens": .length
        case "model_context_window_exceeded": .contextWindow
        case "tool_use": .toolCalls
        case "refusal": .refusal
        case "pause_turn", "compaction": .pause
        default: .end
        }
    }

    /// Anthropic's word.
    static func word(for reason: FinishReason) -> String {
        switch reason {
        case .end, .malformedToolCall: "end_turn"
        case .stopSequence: "stop_sequence"
        case .length: "max_tokens"
        case .contextWindow: "model_context_window_exceeded"
        case .toolCalls: "tool_use"
        case .contentFilter, .refusal: "refusal"
        case .pause: "pause_turn"
        }
    }
}
