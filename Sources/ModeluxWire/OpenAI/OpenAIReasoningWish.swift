import ModeluxCore

/// How much a caller wants the model to think, in OpenAI's own member or in those that OpenAI-shaped clients send for
/// other providers: `reasoning_effort`; OpenRouter's `reasoning`; Anthropic's `thinking` as LiteLLM and Z.ai pass it;
/// Groq's `include_reasoning` and `reasoning_format`; Gemini's `extra_body.google.thinking_config`.
struct OpenAIReasoningWish {
    private var found = ReasoningWish()
    private var isThere = false

    /// The wish; nil when the caller said nothing of it.
    var wish: ReasoningWish? { isThere ? found : nil }

    /// Reads a member; false when it is none of these.
    mutating func read(_ name: String, _ value: JSONValue) throws(Failure) -> Bool {
        switch name {
        case "reasoning_effort": setEffort(try value.text(at: name))
        case "reasoning": try readReasoning(value)
        case "thinking": try readThinking(value)
        case "include_reasoning": found.includesThoughts = try value.flag(at: name)
        case "reasoning_format": found.includesThoughts = try value.text(at: name) != "hidden"
        case "extra_body": return try readGoogle(value)
        default: return false
        }
        isThere = true
        return true
    }

    private mutating func setEffort(_ effort: String) {
        found.effort = effort
        found.isDisabled = effort == "none"
    }

    private mutating func readReasoning(_ value: JSONValue) throws(Failure) {
        _ = try value.object(at: "reasoning")
        if let effort = value.member("effort") { setEffort(try effort.text(at: "reasoning.effort")) }
        if let budget = value.member("max_tokens") {
            found.budgetTokens = try budget.wholeNumber(at: "reasoning.max_tokens")
        }
        if let isEnabled = value.member("enabled") {
            found.isDisabled = try !isEnabled.flag(at: "reasoning.enabled")
        }
        if let exclude = value.member("exclude") {
            found.includesThoughts = try !exclude.flag(at: "reasoning.exclude")
        }
    }

    private mutating func readThinking(_ value: JSONValue) throws(Failure) {
        _ = try value.object(at: "thinking")
        switch try value.member("type")?.text(at: "thinking.type") {
        case "enabled", nil: break
        case "disabled": found.isDisabled = true
        case "adaptive", "auto": found.isAdaptive = true
        default: throw Failure.wrongKind("thinking.type", "\"enabled\", \"disabled\" or \"adaptive\"")
        }
        if let budget = value.member("budget_tokens") {
            found.budgetTokens = try budget.wholeNumber(at: "thinking.budget_tokens")
        }
    }

    private mutating func readGoogle(_ value: JSONValue) throws(Failure) -> Bool {
        let path = "extra_body.google.thinking_config"
        guard let config = value.member("google")?.member("thinking_config") else { return false }
        _ = try config.object(at: path)
        if let budget = config.member("thinking_budget") {
            let tokens = try budget.wholeNumber(at: path + ".thinking_budget")
            // Gemini's words for "as you like" and "not at all".
            if tokens < 0 { found.isAdaptive = true } else { found.budgetTokens = tokens }
            if tokens == 0 { found.isDisabled = true }
        }
        if let level = config.member("thinking_level") {
            setEffort(try level.text(at: path + ".thinking_level").lowercased())
        }
        if let includes = config.member("include_thoughts") {
            found.includesThoughts = try includes.flag(at: path + ".include_thoughts")
        }
        isThere = true
        return true
    }
}
