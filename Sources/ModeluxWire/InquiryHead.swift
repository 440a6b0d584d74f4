public import ModeluxCore
public import NIOCore

/// What the gateway needs to know of a request of either surface, read in place in one pass that also checks that the
/// whole body is well-formed JSON.
///
///     let head = try InquiryHead.read(body, endpoint: .chat)
///     let upstream = head.upstreamBody(body, model: candidate.model, addsUsageRequest: row.asksForUsage)
///
/// Cost: about half a microsecond for 2 KB; allocates only the strings that it returns.
public struct InquiryHead: Sendable {
    /// The endpoint that was called.
    public let endpoint: Endpoint
    /// The `model` member as the caller wrote it; never empty.
    public internal(set) var model = ""
    /// Whether the caller asked for a stream.
    public internal(set) var isStream = false
    /// Whether the caller itself asked for the usage chunk (`stream_options.include_usage`).
    public internal(set) var asksForUsage = false
    /// `max_tokens`, or `max_completion_tokens` when that is larger; nil when neither sets a limit.
    public internal(set) var maximumOutputTokens: Int64?
    /// `n`: how many answers are made, and paid for; at least 1.
    public internal(set) var choices: Int64 = 1
    /// The bytes of `messages` or `input` in the body; empty when the request has none (see `requirePrompt`).
    public internal(set) var prompt = 0..<0
    /// Bytes of the strings in the prompt, the system prompt and the tools, without attachments.
    public internal(set) var textBytes = 0
    /// Bytes of the `data:` URLs and the base64 sources in the prompt.
    public internal(set) var attachmentBytes = 0
    /// Whether the messages have image parts.
    public internal(set) var hasImages = false
    /// Whether tools (or legacy functions) are offered.
    public internal(set) var hasTools = false
    /// `mlx:end_user`, else `user` or `metadata.user_id`, at most 512 bytes of it.
    public internal(set) var endUser: String?
    /// `mlx:tags`.
    public internal(set) var tags = Tags()
    /// `metadata.trace_id`.
    public internal(set) var traceID: String?
    /// `metadata.conversation_id`.
    public internal(set) var conversationID: String?
    /// `mlx:trace`: whether the decision trace goes into the answer.
    public internal(set) var wantsTrace = false
    /// `mlx:cache: {"skip": true}`.
    public internal(set) var skipsCache = false

    /// Where the parts are that may have to be changed.
    var layout = Layout()

    /// The endpoints whose requests it reads; the raw value is the path after the version.
    public enum Endpoint: String, Sendable, CaseIterable {
        case chat = "chat/completions"
        case embeddings
        case messages
        case countTokens = "messages/count_tokens"

        /// The dialect of its requests.
        public var dialect: ChatDialect {
            switch self {
            case .chat, .embeddings: .openai
            case .messages, .countTokens: .anthropic
            }
        }
    }

    /// Places in the body, counted from its first byte.
    struct Layout: Sendable {
        var modelValue = 0..<0
        var streamOptions = StreamOptions.absent
        /// The gateway's own members, each with the comma that goes with it.
        var removals: [Range<Int>] = []
        /// The body's last brace.
        var closingBrace = 0
    }

    /// What the body says about usage in streams.
    enum StreamOptions: Sendable, Hashable {
        case absent
        /// The member's value is `null`.
        case null(Range<Int>)
        /// The place after the opening brace, whether the object is empty, and the value of `include_usage`.
        case object(start: Int, isEmpty: Bool, includeUsage: Range<Int>?)
    }

    /// Reads a request body.
    /// - Throws: `Failure` of kind `invalidJSON`, `missingField` or `unsupportedParameter`, which names the parameter.
    public static func read(_ body: ByteBuffer, endpoint: Endpoint) throws(Failure) -> InquiryHead {
        try body.withView { (bytes: ByteView) throws(Failure) -> InquiryHead in
            switch endpoint.dialect {
            case .anthropic:
                var reader = AnthropicRequestReader(bytes, endpoint: endpoint)
                return try reader.readBody()
            default:
                var reader = OpenAIRequestReader(bytes, endpoint: endpoint)
                return try reader.readBody()
            }
        }
    }

    /// Checks that there are `messages` or `input`. Call it where no provider judges the request, as in the sandbox;
    /// elsewhere the provider's own answer is the better one, and a server may know other ways to give a prompt.
    /// - Throws: `Failure` of kind `missingField`.
    public func requirePrompt() throws(Failure) {
        let name = endpoint == .embeddings ? "input" : "messages"
        guard !prompt.isEmpty else {
            throw Failure(.missingField, "the request has no \"\(name)\"", parameter: name)
        }
    }

    /// The body to send to a provider of the same dialect: `model` is its name there, `mlx:*` members are gone (and,
    /// in a messages request, what Anthropic would refuse: `metadata.trace_id`, `metadata.conversation_id` and thoughts
    /// that another provider had), and with `addsUsageRequest` a chat stream asks for its usage. Every other byte stays as it was; when nothing has to
    /// change it is the same buffer. Take `removesUsageChunk(addsUsageRequest:)` for the relay of the answer.
    public func upstreamBody(_ body: ByteBuffer, model: String, addsUsageRequest: Bool) -> ByteBuffer {
        var edits: [JSONEdit] = []
        edits.reserveCapacity(layout.removals.count + 2)
        for range in layout.removals { edits.append(.remove(range)) }
        if model != self.model { edits.append(.replace(layout.modelValue, withString: model)) }
        if removesUsageChunk(addsUsageRequest: addsUsageRequest) { edits.append(usageRequest) }
        return JSONEdit.apply(edits, to: body)
    }

    /// Whether `upstreamBody` asks for a usage chunk that the caller did not ask for and must not get.
    public func removesUsageChunk(addsUsageRequest: Bool) -> Bool {
        addsUsageRequest && isStream && !asksForUsage && endpoint == .chat
    }

    private var usageRequest: JSONEdit {
        switch layout.streamOptions {
        case .absent: .insert(#","stream_options":{"include_usage":true}"#, at: layout.closingBrace)
        case .null(let value): .replace(value, with: #"{"include_usage":true}"#)
        case .object(_, _, let value?): .replace(value, with: "true")
        case .object(let start, let isEmpty, nil):
            .insert(isEmpty ? #""include_usage":true"# : #""include_usage":true,"#, at: start)
        }
    }
}
