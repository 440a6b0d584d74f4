import ModeluxCore

/// `finishReason`, by its word or, where the enumeration is asked for in numbers, by Vertex's numbers.
enum GeminiFinish {
    /// Why an answer ended; nil when it has not, or for what is no reason.
    static func reason(_ value: JSONValue) -> FinishReason? {
        switch value {
        case .string(let word): named(word)
        case .number(let text): Int64(text).flatMap(numbered)
        default: nil
        }
    }

    private static func named(_ word: String) -> FinishReason? {
        switch word {
        case "": nil
        case "STOP": .end
        case "MAX_TOKENS": .length
        case "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR",
            "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION":
            .contentFilter
        case "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MISSING_THOUGHT_SIGNATURE",
            "MALFORMED_RESPONSE":
            .malformedToolCall
        default: .end
        }
    }

    private static func numbered(_ number: Int64) -> FinishReason? {
        switch number {
        case 0: nil
        case 2: .length
        case 3, 4, 6, 7, 8, 10, 11, 12, 13: .contentFilter
        case 9, 15: .malformedToolCall
        default: .end
        }
    }
}
