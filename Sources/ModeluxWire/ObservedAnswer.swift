public import ModeluxCore

/// What was observed of an answer while it passed: enough to price it, also when it broke off.
public struct ObservedAnswer: Sendable, Hashable {
    /// What the provider reported; nil when it reported nothing, or something that cannot be true.
    public internal(set) var usage: Usage?
    /// Work of other models within the call, each billed at its own model's price.
    public internal(set) var sideUsage: [SideUsage] = []
    /// The service tier that the answer names: the one that is priced.
    public internal(set) var serviceTier: String?
    /// The model that the answer names.
    public internal(set) var model: String?
    /// Bytes of generated text, reasoning and tool calls, as JSON strings: the basis of an estimate.
    public internal(set) var outputTextBytes = 0
    /// Whether a choice named its reason to end.
    public internal(set) var hasFinishReason = false
    /// Whether the answer, or an event of it, was an error.
    public internal(set) var hasError = false
    /// Whether the stream said its end (`[DONE]`, `message_stop`).
    public internal(set) var isDone = false
    /// Whether a part of it was no JSON.
    public internal(set) var isMalformed = false

    /// Makes an answer of which nothing has been seen yet.
    public init() {}

    /// Whether nothing is missing: it said its end, or gave a reason to end.
    public var isComplete: Bool { (isDone || hasFinishReason) && !hasError }

    /// The reported usage, or an estimate by `inputTokens` and by the text that was observed, flagged as one.
    public func usage(estimatingInput inputTokens: Int64) -> Usage {
        usage
            ?? Usage(
                input: max(0, inputTokens), output: Estimate.tokens(textBytes: outputTextBytes), isEstimated: true)
    }
}
