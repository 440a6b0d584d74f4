public import ModeluxCore
public import NIOCore

/// A provider's JSON. Four of them cover every vendor; two of them are also surfaces that callers speak.
public enum ChatDialect: String, Sendable, Hashable, CaseIterable {
    /// OpenAI's chat completions, and all who imitate them.
    case openai
    /// Anthropic's messages.
    case anthropic
    /// Google's generateContent.
    case gemini
    /// AWS Bedrock's Converse.
    case bedrock
}

/// What a request is written for.
public struct ChatTarget: Sendable {
    /// The kind of provider: several of one dialect differ in what they take.
    public let vendor: Vendor
    /// The model's name at the provider.
    public let model: String
    /// What the catalogue knows of it: capabilities, what it rejects, limits. Nil for a model that nobody knows.
    public let entry: Model?

    /// Names a target.
    public init(vendor: Vendor, model: String, entry: Model?) {
        self.vendor = vendor
        self.model = model
        self.entry = entry
    }

    /// Whether the catalogue says that the model has a capability.
    public func can(_ capability: String) -> Bool { entry?.capabilities.contains(capability) ?? false }

    /// Whether the catalogue says that the model answers a part of a request with an error.
    public func rejects(_ part: String) -> Bool { entry?.rejects.contains(part) ?? false }
}

/// A request as a provider takes it.
public struct EncodedRequest: Sendable {
    /// The body, as JSON.
    public var body: ByteBuffer
    /// Request headers that the body needs, such as a beta flag; lower-case names.
    public var headers: [(name: String, value: String)]
    /// What could not be expressed and was left out, by the names of `ChatFeature` or of the caller's members.
    public var dropped: [String]
    /// The tool by which structured output is had where the provider has no better way: its arguments are the answer's
    /// text, so the reader of the answer (`init(outputTool:)`, `decode(_:outputTool:)`) turns its call back into text.
    public var outputTool: String?

    /// Makes a request.
    public init(
        body: ByteBuffer, headers: [(name: String, value: String)] = [], dropped: [String] = [],
        outputTool: String? = nil
    ) {
        self.body = body
        self.headers = headers
        self.dropped = dropped
        self.outputTool = outputTool
    }
}

/// Reads a streamed answer of one dialect. Whatever comes, it neither traps nor gives two answers; after `failure` or
/// `end` it gives nothing more.
public protocol ChatStreamDecoder: Sendable {
    /// Takes the next piece of the provider's bytes and gives what it says.
    /// - Throws: `Failure` of kind `providerError` when it is not in the dialect or exceeds a limit.
    mutating func feed(_ bytes: ByteBuffer) throws(Failure) -> [ChatEvent]

    /// Says that the provider has ended the body. Gives what was left; no `end` when the answer is not complete.
    mutating func finish() throws(Failure) -> [ChatEvent]
}

/// Writes a streamed answer in the dialect of a caller's surface.
public protocol ChatStreamEncoder: Sendable {
    /// Appends the bytes of an event; many have none. `end` appends nothing: `close` does.
    mutating func write(_ event: ChatEvent, to buffer: inout ByteBuffer)

    /// Appends what ends the stream (`[DONE]`, `message_stop`).
    mutating func close(to buffer: inout ByteBuffer)
}
