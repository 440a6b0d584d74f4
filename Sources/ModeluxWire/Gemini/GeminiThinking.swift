import ModeluxCore

/// `generationConfig.thinkingConfig`: a level for the third generation, a budget of tokens for 2.5, nothing before.
enum GeminiThinking {
    /// The configuration for a wish, and whether the wish is met; nil where none is sent.
    static func config(for wish: ReasoningWish, model: GeminiModel) -> (config: JSONValue?, isMet: Bool) {
        let wantsNone = wish.isDisabled || wish.effort == "none"
        guard model.thinks else { return (nil, wantsNone) }
        var members: [JSONValue.Member] = []
        var isMet = true
        if model.thinksByLevel {
            let level = level(for: wish, model: model)
            // No model of this generation can be kept from thinking altogether.
            isMet = !wantsNone
            if let level { members.append(JSONValue.Member("thinkingLevel", .string(level))) }
        } else if let budget = budget(for: wish, model: model) {
            isMet = !wantsNone || budget == 0
            members.append(JSONValue.Member("thinkingBudget", .integer(budget)))
        }
        // A caller who asks for thinking and does not say otherwise sees the thoughts, as everywhere else.
        let includesThoughts = wish.includesThoughts ?? !wantsNone
        if includesThoughts { members.append(JSONValue.Member("includeThoughts", true)) }
        return (members.isEmpty ? nil : .object(members), isMet)
    }

    private static func level(for wish: ReasoningWish, model: GeminiModel) -> String? {
        let lowest = model.isPro ? "LOW" : "MINIMAL"
        if wish.isDisabled { return lowest }
        switch wish.effort {
        case "none", "minimal": return lowest
        case "low": return "LOW"
        // The first Pro of the generation has two levels only.
        case "medium": return model.isPro && model.generation < 3.1 ? "HIGH" : "MEDIUM"
        case "high", "xhigh", "max": return "HIGH"
        default: break
        }
        guard let budget = wish.budgetTokens, !wish.isAdaptive, budget >= 0 else { return nil }
        switch budget {
        case 0: return lowest
        case ...4096: return "LOW"
        case ...12_288: return model.isPro && model.generation < 3.1 ? "HIGH" : "MEDIUM"
        default: return "HIGH"
        }
    }

    private static func budget(for wish: ReasoningWish, model: GeminiModel) -> Int64? {
        let range = model.thinkingBudget
        // The smallest model has a least budget, but may also not think at all.
        let none = model.isPro ? range.lowerBound : 0
        if wish.isDisabled { return none }
        if let budget = wish.budgetTokens, !wish.isAdaptive {
            if budget == 0 { return none }
            // -1 leaves the budget to the model.
            return budget < 0 ? -1 : min(max(budget, max(1, range.lowerBound)), range.upperBound)
        }
        switch wish.effort {
        case "none": return none
        case "minimal": return max(512, range.lowerBound)
        case "low": return 1024
        case "medium": return 8192
        case "high": return 24_576
        case "xhigh", "max": return range.upperBound
        default: return wish.isAdaptive ? -1 : nil
        }
    }
}
