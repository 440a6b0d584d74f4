import ModeluxCore

/// What a model on Bedrock takes, as far as models differ: by the catalogue where it knows the model, else by its name.
struct BedrockModelTraits {
    /// What Claude takes; nil for other models.
    let claude: AnthropicModelTraits?
    /// How a wish to think is told.
    let thinking: Thinking

    private let target: ChatTarget
    private let name: ModelName

    /// How a wish to think is told, in fields of the model's own.
    enum Thinking {
        /// `thinking` and `output_config`
        case claude
        /// `reasoningConfig`
        case nova
        /// `reasoning_effort`
        case effort
        /// Not at all.
        case none
    }

    /// Models whose answers Converse itself holds to a schema, besides Claude from 4.5 on.
    private static let schemaFamilies: [StaticString] = [
        "gpt-oss", "qwen3", "deepseek.v3", "kimi", "minimax", "gemma-3", "mistral-large-3", "magistral", "ministral-3",
        "nemotron", "zai.glm",
    ]

    /// Models without a place for instructions.
    private static let familiesWithoutSystem: [StaticString] = [
        "titan-text", "mistral-7b", "mixtral-8x7b", "cohere.command-text", ".j2-",
    ]

    init(_ target: ChatTarget) {
        self.target = target
        name = ModelName(target.model)
        claude = name.contains("claude") ? AnthropicModelTraits(target) : nil
        if claude != nil {
            thinking = .claude
        } else if name.contains("nova-2") || name.contains("nova-premier-2") {
            thinking = .nova
        } else {
            thinking = name.contains("gpt-oss") ? .effort : .none
        }
    }

    private var isNova: Bool { name.contains("nova-") }

    /// Whether a prompt cache can be told where to reach.
    var takesCachePoints: Bool { target.entry == nil ? claude != nil || isNova : target.can("caching") }

    /// Whether it can be told so within the tools.
    var takesCachePointsInTools: Bool { takesCachePoints && claude != nil }

    /// Whether it has a place for instructions.
    var takesSystem: Bool { !BedrockModelTraits.familiesWithoutSystem.contains { name.contains($0) } }

    /// Whether a tool's result may say that the tool failed.
    var takesResultStatus: Bool { claude != nil || isNova }

    /// Whether a call can be forced.
    var takesForcedChoice: Bool {
        if let claude { return !claude.rejectsForcedChoice }
        return target.entry == nil || target.can("tool_choice")
    }

    /// Whether it calls tools.
    var takesTools: Bool { target.entry == nil || target.can("tools") }

    /// Whether answers can be held to a schema without a tool.
    var takesSchemas: Bool {
        // The catalogue counts tools as a way; by the name alone, it is the version.
        if claude != nil {
            let byName = ChatTarget(vendor: target.vendor, model: target.model, entry: nil)
            return AnthropicModelTraits(byName).takesSchemas
        }
        return BedrockModelTraits.schemaFamilies.contains { name.contains($0) }
    }

    /// The field that `top_k` is told in, and the object it stands in; nil where there is none.
    var topKField: (name: String, parent: String?)? {
        if claude != nil || name.contains("mistral") { return ("top_k", nil) }
        return isNova ? ("topK", "inferenceConfig") : nil
    }

    /// Whether films are taken.
    var takesVideo: Bool { target.entry == nil ? claude == nil : target.can("video_in") }

    /// Whether sounds are taken.
    var takesAudio: Bool { target.can("audio_in") }
}
