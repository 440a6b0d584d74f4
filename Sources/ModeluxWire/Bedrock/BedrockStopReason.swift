/// `stopReason` of Converse.
enum BedrockStopReason {
    /// Why an answer ended.
    static func reason(_ word: String?) -> FinishReason {
        switch word {
        case "tool_use": .toolCalls
        case "max_tokens": .length
        case "stop_sequence": .stopSequence
        case "guardrail_intervened", "content_filtered": .contentFilter
        case "model_context_window_exceeded": .contextWindow
        case "malformed_tool_use", "malformed_model_output": .malformedToolCall
        case "refusal": .refusal
        case "pause_turn": .pause
        default: .end
        }
    }

    /// The sequence that ended an answer, where the model's own fields tell it.
    static func sequence(_ value: JSONValue) -> String? {
        value["additionalModelResponseFields"]?["stop_sequence"]?.string
    }
}
