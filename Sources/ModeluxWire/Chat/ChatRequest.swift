/// A chat request in nobody's dialect: what a caller's request is read into and a provider's request is written from.
///
/// It exists only where the two dialects differ; a call within one dialect stays bytes. Members that no other provider
/// could understand are named in `unmapped`, so that they are reported and never silently lost.
public struct ChatRequest: Sendable, Hashable {
    /// Instructions that stand before the conversation, in their order: texts, each with its cache mark.
    public var system: [ContentPart] = []
    /// The conversation. Neighbours may have the same role; an encoder merges them where its provider wants turns.
    public var messages: [ChatMessage] = []
    /// Functions that the model may call.
    public var tools: [ChatTool] = []
    /// Whether and which tool must be called; nil leaves it to the provider.
    public var toolChoice: ToolChoice?
    /// Whether several tools may be called at once; nil leaves it to the provider.
    public var allowsParallelCalls: Bool?
    /// What form the answer must have; nil is text.
    public var outputFormat: OutputFormat?
    /// The most tokens that may be generated.
    public var maximumOutputTokens: Int64?
    /// Randomness as the caller's dialect counts it.
    public var sampling = Sampling()
    /// Texts at which to stop.
    public var stopSequences: [String] = []
    /// How many answers are wanted; at least 1.
    public var choices: Int64 = 1
    /// How much to think.
    public var reasoning: ReasoningWish?
    /// The service tier in the caller's words.
    public var serviceTier: String?
    /// Whether the caller wants a stream.
    public var isStream = false
    /// Whether log probabilities are wanted, and of how many alternatives.
    public var logProbabilities: LogProbabilities?
    /// The end user as the caller names it to the provider (`user`, `metadata.user_id`).
    public var endUser: String?
    /// Labels for the provider's own records.
    public var metadata: [JSONValue.Member] = []
    /// Whether the provider may keep the answer (`store`).
    public var store: Bool?
    /// Members of the caller's request that have no place here, by their names in the caller's dialect.
    public var unmapped: [String] = []

    /// Makes an empty request.
    public init() {}

    /// Randomness. Nil leaves a member to the provider.
    public struct Sampling: Sendable, Hashable {
        /// 0 is the most likely text.
        public var temperature: Double?
        /// The share of probability that is drawn from.
        public var topP: Double?
        /// How many candidates are drawn from.
        public var topK: Int64?
        /// A penalty for frequent tokens.
        public var frequencyPenalty: Double?
        /// A penalty for tokens that are there already.
        public var presencePenalty: Double?
        /// A start for the random numbers.
        public var seed: Int64?
        /// A bias by token (`logit_bias`), as it came.
        public var logitBias: JSONValue?

        /// Makes an empty value.
        public init() {}
    }

    /// Log probabilities.
    public struct LogProbabilities: Sendable, Hashable {
        /// How many alternatives of each token; 0 to 20.
        public var alternatives: Int64

        /// Makes a wish.
        public init(alternatives: Int64) {
            self.alternatives = alternatives
        }
    }
}

/// Whether and which tool must be called.
public enum ToolChoice: Sendable, Hashable {
    /// The model decides.
    case auto
    /// No tool may be called.
    case none
    /// Some tool must be called.
    case required
    /// This tool must be called.
    case named(String)
}

/// What form an answer must have.
public enum OutputFormat: Sendable, Hashable {
    /// Some JSON object.
    case jsonObject
    /// JSON that fits a schema.
    case jsonSchema(name: String, description: String?, schema: JSONValue, isStrict: Bool?)
}

/// How much to think: an effort, a budget of tokens, or both; an encoder takes what its provider has and works the
/// other out.
public struct ReasoningWish: Sendable, Hashable {
    /// `none`, `minimal`, `low`, `medium`, `high`, `xhigh` or `max`.
    public var effort: String?
    /// The most tokens to think with (Anthropic's `budget_tokens`, Gemini's `thinkingBudget`).
    public var budgetTokens: Int64?
    /// Whether thinking is switched off.
    public var isDisabled: Bool
    /// Whether the model decides how much to think (Anthropic's `adaptive`).
    public var isAdaptive: Bool
    /// Whether the thoughts are wanted in the answer; nil leaves it to the provider.
    public var includesThoughts: Bool?

    /// Makes a wish.
    public init(
        effort: String? = nil, budgetTokens: Int64? = nil, isDisabled: Bool = false, isAdaptive: Bool = false,
        includesThoughts: Bool? = nil
    ) {
        self.effort = effort
        self.budgetTokens = budgetTokens
        self.isDisabled = isDisabled
        self.isAdaptive = isAdaptive
        self.includesThoughts = includesThoughts
    }
}
