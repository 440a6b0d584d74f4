/// What planning must know of a request.
public struct RequestFacts: Sendable {
    /// The model field as the caller wrote it.
    public var model: String
    /// What is asked for.
    public var operation: Operation
    /// Whether a stream is wanted.
    public var isStream: Bool
    /// Whether tools are offered.
    public var hasTools: Bool
    /// Whether the prompt has images.
    public var hasImages: Bool
    /// The most output tokens that the caller allows; nil without a limit.
    public var maximumOutputTokens: Int64?
    /// How many answers are asked for.
    public var choices: Int64
    /// The output tokens to expect, where they are known better than by history.
    public var expectedOutputTokens: Int64?
    /// The input tokens that a provider will probably count.
    public var likelyInputTokens: Int64
    /// Who uses the caller's application.
    public var endUser: String?
    /// A long-lived thread.
    public var conversationID: String?
    /// The caller's labels.
    public var tags: Tags
    /// The used share of the tightest budget that applies, 1 = all of it; nil without one.
    public var budgetUsed: Double?
    /// What the tightest budget has left; nil without one.
    public var budgetRemaining: Money?

    /// What is asked for.
    public enum Operation: String, Sendable {
        case chat
        case embeddings
        case other
    }

    /// Makes facts; what is not named is absent.
    public init(
        model: String = "", operation: Operation = .chat, isStream: Bool = false, hasTools: Bool = false,
        hasImages: Bool = false, maximumOutputTokens: Int64? = nil, choices: Int64 = 1, likelyInputTokens: Int64 = 0,
        endUser: String? = nil, conversationID: String? = nil, tags: Tags = Tags(), budgetUsed: Double? = nil,
        budgetRemaining: Money? = nil
    ) {
        self.model = model
        self.operation = operation
        self.isStream = isStream
        self.hasTools = hasTools
        self.hasImages = hasImages
        self.maximumOutputTokens = maximumOutputTokens
        self.choices = choices
        self.likelyInputTokens = likelyInputTokens
        self.endUser = endUser
        self.conversationID = conversationID
        self.tags = tags
        self.budgetUsed = budgetUsed
        self.budgetRemaining = budgetRemaining
    }
}
