import ModeluxCore

/// The one pass over a chat or embeddings request that fills an `InquiryHead`.
struct OpenAIRequestReader: RequestReader {
    var source: RequestScanner
    var head: InquiryHead
    private(set) var user: String?

    /// The top-level members that are read.
    enum Field: UInt32, HeadField {
        case model, messages, stream, streamOptions, maximumTokens, maximumCompletionTokens, n, input, user, metadata
        case tools, functions

        var name: StaticString {
            switch self {
            case .model: "model"
            case .messages: "messages"
            case .stream: "stream"
            case .streamOptions: "stream_options"
            case .maximumTokens: "max_tokens"
            case .maximumCompletionTokens: "max_completion_tokens"
            case .n: "n"
            case .input: "input"
            case .user: "user"
            case .metadata: "metadata"
            case .tools: "tools"
            case .functions: "functions"
            }
        }
    }

    init(_ bytes: ByteView, endpoint: InquiryHead.Endpoint) {
        source = RequestScanner(bytes)
        head = InquiryHead(endpoint: endpoint)
    }

    mutating func read(_ field: Field) throws(RequestScanner.Problem) {
        switch field {
        case .model: try readModel()
        case .stream: head.isStream = try source.optionalBool(field.name) ?? false
        case .streamOptions: try readStreamOptions()
        case .messages, .input: try readPrompt(field)
        case .n: head.choices = max(1, try source.optionalInteger(field.name) ?? 1)
        case .maximumTokens, .maximumCompletionTokens: try readLimit(field.name)
        case .tools, .functions: try readTools()
        case .user: user = source.shortLabel(try source.skip())
        case .metadata:
            // OpenAI takes any metadata: the gateway's two stay in it.
            let metadata = try RequestMetadata(&source)
            (head.traceID, head.conversationID) = (metadata.traceID, metadata.conversationID)
        }
    }

    private mutating func readPrompt(_ field: Field) throws(RequestScanner.Problem) {
        let before = (source.textBytes, source.attachmentBytes, source.imageParts)
        let value = try source.skip()
        guard (field == .messages) == (head.endpoint == .chat) else { return }
        guard value.kind == .array || field == .input && value.kind == .string else {
            throw source.wrongKind(field.name, field == .input ? "a string or an array" : "an array")
        }
        head.prompt = value.range
        head.textBytes += source.textBytes - before.0
        head.attachmentBytes += source.attachmentBytes - before.1
        head.hasImages = source.imageParts > before.2
    }

    private mutating func readStreamOptions() throws(RequestScanner.Problem) {
        guard source.peek() == UInt8(ascii: "{") else {
            let value = try source.skip()
            guard value.kind == .null else { throw source.wrongKind("stream_options", "an object") }
            head.layout.streamOptions = .null(value.range)
            return
        }
        let start = source.position + 1
        var isEmpty = true
        var includeUsage: Range<Int>?
        try source.beginObject()
        while let name = try source.nextName() {
            isEmpty = false
            let value = try source.skip()
            guard source.matches(name, "include_usage") else { continue }
            guard includeUsage == nil else { throw .json(JSONFault(.duplicateMember, at: name.range.lowerBound - 1)) }
            includeUsage = value.range
            guard let asks = source.bool(value) ?? (value.kind == .null ? false : nil) else {
                throw source.wrongKind("stream_options.include_usage", "a boolean")
            }
            head.asksForUsage = asks
        }
        head.layout.streamOptions = .object(start: start, isEmpty: isEmpty, includeUsage: includeUsage)
    }
}
