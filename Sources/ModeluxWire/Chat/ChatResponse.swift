public import ModeluxCore

/// A whole answer in nobody's dialect.
public struct ChatResponse: Sendable, Hashable {
    /// The provider's id of the answer; empty when it gave none.
    public var id: String
    /// The model that the answer names; empty when it names none.
    public var model: String
    /// The answers; at least one unless the prompt was refused before any.
    public var choices: [Choice]
    /// What was used; nil when the provider reported nothing.
    public var usage: Usage?
    /// Work of other models within the call (Anthropic's advisor), each billed at its own model's price.
    public var sideUsage: [SideUsage]
    /// The service tier that the answer names: the one that is priced.
    public var serviceTier: String?

    /// One of the answers.
    public struct Choice: Sendable, Hashable {
        /// What was said, in order.
        public var parts: [ContentPart]
        /// Why it ended.
        public var finish: FinishReason
        /// The stop sequence that ended it, if the provider tells.
        public var stopSequence: String?
        /// Log probabilities in OpenAI's form, if there are any.
        public var logProbabilities: JSONValue?

        /// Makes an answer.
        public init(
            parts: [ContentPart], finish: FinishReason, stopSequence: String? = nil, logProbabilities: JSONValue? = nil
        ) {
            self.parts = parts
            self.finish = finish
            self.stopSequence = stopSequence
            self.logProbabilities = logProbabilities
        }
    }

    /// Makes an answer.
    public init(
        id: String, model: String, choices: [Choice], usage: Usage? = nil, sideUsage: [SideUsage] = [],
        serviceTier: String? = nil
    ) {
        self.id = id
        self.model = model
        self.choices = choices
        self.usage = usage
        self.sideUsage = sideUsage
        self.serviceTier = serviceTier
    }
}

/// What another model used within a call.
public struct SideUsage: Sendable, Hashable {
    /// The other model's name at the same provider.
    public var model: String
    /// What it used.
    public var usage: Usage

    /// Makes an entry.
    public init(model: String, usage: Usage) {
        self.model = model
        self.usage = usage
    }
}

/// Why an answer ended.
public enum FinishReason: String, Sendable, Hashable, CaseIterable {
    /// It was complete.
    case end
    /// A stop sequence came.
    case stopSequence
    /// The limit of tokens was reached.
    case length
    /// The model's context was full.
    case contextWindow
    /// Tools are called.
    case toolCalls
    /// A filter of the provider's stopped it, or blocked the prompt.
    case contentFilter
    /// The model refused.
    case refusal
    /// A tool at the provider paused; the caller sends the content back to go on.
    case pause
    /// The model made a tool call that is none.
    case malformedToolCall
}
