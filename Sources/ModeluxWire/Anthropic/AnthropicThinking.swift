import ModeluxCore

/// How much a model is told to think, for a wish of any dialect.
struct AnthropicThinking {
    /// The request's `thinking`; nil leaves it to the model.
    private(set) var member: JSONValue?
    /// `output_config.effort`.
    private(set) var effort: String?
    /// Whether the model will think, so that sampling, prefill and forced calls are refused.
    private(set) var isOn = false
    /// Whether the wish could not be met.
    private(set) var isDropped = false

    /// The least budget that is taken.
    private static let leastBudget: Int64 = 1024

    /// What stands in the way of thinking.
    struct Obstacles {
        /// A call is forced, which is refused together with thinking. The call is what the caller's program waits for.
        var forcesCall: Bool
        /// The turn under way has calls without the thought that led to them, which a budget's validation refuses.
        var lacksThought: Bool
    }

    init(_ wish: ReasoningWish?, _ traits: AnthropicModelTraits, outputLimit: Int64, _ obstacles: Obstacles) {
        isOn = traits.alwaysThinks
        guard let wish else { return }
        let isOff = wish.isDisabled || wish.effort == "none" || (wish.budgetTokens == 0 && !wish.isAdaptive)
        if isOff {
            switchOff(traits)
        } else if !traits.canReason {
            isDropped = true
        } else if traits.isAdaptive {
            adapt(wish, traits, obstacles)
        } else {
            limit(wish, outputLimit: outputLimit, obstacles)
        }
    }

    private mutating func switchOff(_ traits: AnthropicModelTraits) {
        if traits.alwaysThinks {
            effort = "low"
            isDropped = true
        } else if traits.canReason {
            member = ["type": "disabled"]
        }
    }

    private mutating func adapt(_ wish: ReasoningWish, _ traits: AnthropicModelTraits, _ obstacles: Obstacles) {
        effort = (wish.effort ?? AnthropicThinking.effort(of: wish)).map(traits.effort(nearest:))
        guard !obstacles.forcesCall else {
            isDropped = !traits.alwaysThinks
            return
        }
        isOn = true
        var members: [JSONValue.Member] = [JSONValue.Member("type", "adaptive")]
        if wish.includesThoughts == true, traits.omitsThoughts {
            members.append(JSONValue.Member("display", "summarized"))
        }
        member = .object(members)
    }

    private mutating func limit(_ wish: ReasoningWish, outputLimit: Int64, _ obstacles: Obstacles) {
        guard outputLimit > AnthropicThinking.leastBudget, !obstacles.forcesCall, !obstacles.lacksThought else {
            isDropped = true
            return
        }
        isOn = true
        // Thoughts count as output: something must be left for the answer.
        let most = max(AnthropicThinking.leastBudget, outputLimit / 5 * 4)
        var budget = AnthropicThinking.budget(of: wish.effort)
        if let wished = wish.budgetTokens {
            budget = max(wished, AnthropicThinking.leastBudget)
            if budget >= outputLimit { budget = most }
        } else {
            budget = min(budget, most)
        }
        member = ["type": "enabled", "budget_tokens": .integer(budget)]
    }

    /// The effort that a budget amounts to; nil when it is left to the model.
    private static func effort(of wish: ReasoningWish) -> String? {
        guard let budget = wish.budgetTokens else { return nil }
        switch budget {
        case ...2048: return "low"
        case ...12_288: return "medium"
        default: return "high"
        }
    }

    /// The budget that an effort amounts to.
    private static func budget(of effort: String?) -> Int64 {
        switch effort {
        case "minimal": 1024
        case "low": 2048
        case "high": 16_384
        case "xhigh", "max": 32_768
        default: 8192
        }
    }
}
