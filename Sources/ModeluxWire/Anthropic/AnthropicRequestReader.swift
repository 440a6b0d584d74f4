import ModeluxCore

/// The one pass over a messages or count_tokens request that fills an `InquiryHead`.
struct AnthropicRequestReader: RequestReader {
    var source: RequestScanner
    var head: InquiryHead
    private(set) var user: String?

    /// How deep contents in contents are looked at: a document within a tool's result within a message.
    private static let maximumNesting = 3

    /// The top-level members that are read.
    enum Field: UInt32, HeadField {
        case model, messages, system, stream, maximumTokens, metadata, tools

        var name: StaticString {
            switch self {
            case .model: "model"
            case .messages: "messages"
            case .system: "system"
            case .stream: "stream"
            case .maximumTokens: "max_tokens"
            case .metadata: "metadata"
            case .tools: "tools"
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
        case .messages: try readMessages()
        case .system:
            let before = source.textBytes
            try source.skip()
            head.textBytes += source.textBytes - before
        case .stream: head.isStream = try source.optionalBool(field.name) ?? false
        case .maximumTokens: try readLimit(field.name)
        case .metadata:
            // Anthropic takes nothing but `user_id` there, so the gateway's own two are taken out.
            let metadata = try RequestMetadata(&source)
            (head.traceID, head.conversationID) = (metadata.traceID, metadata.conversationID)
            user = metadata.userID
            head.layout.removals += metadata.removals.ranges
        case .tools: try readTools()
        }
    }

    private mutating func readMessages() throws(RequestScanner.Problem) {
        guard source.peek() == UInt8(ascii: "[") else {
            try source.skip()
            throw source.wrongKind("messages", "an array")
        }
        let start = source.position
        let before = (source.textBytes, source.attachmentBytes)
        _ = try source.beginArrayIfThere()
        while try source.nextElement() {
            guard try source.beginObjectIfThere() else { continue }
            while let name = try source.nextName() {
                if source.matches(name, "content") { try readContent(0) } else { try source.skip() }
            }
        }
        head.prompt = start..<source.position
        head.textBytes += source.textBytes - before.0
        head.attachmentBytes += source.attachmentBytes - before.1
    }

    /// Reads the parts of a message, of a tool's result or of a document; a text is passed over. Thoughts of other
    /// providers are cut out: Anthropic would refuse them.
    private mutating func readContent(_ nesting: Int) throws(RequestScanner.Problem) {
        guard nesting < AnthropicRequestReader.maximumNesting else {
            try source.skip()
            return
        }
        guard try source.beginArrayIfThere() else { return }
        var removals = MemberRemovals()
        var isEmpty = true
        while try source.nextElement() {
            _ = source.peek()
            let start = source.position
            let isRemoved = try readPart(nesting)
            removals.take(start..<source.position, isRemoved: isRemoved)
            if !isRemoved { isEmpty = false }
        }
        removals.close(at: source.position - 1)
        // An empty message would be refused as well, and says less of what is wrong.
        if !isEmpty { head.layout.removals += removals.ranges }
    }

    /// Reads a part; true when it is a thought whose proof is none of Anthropic's.
    private mutating func readPart(_ nesting: Int) throws(RequestScanner.Problem) -> Bool {
        guard try source.beginObjectIfThere() else { return false }
        var isThought = false
        var isForeign = false
        while let name = try source.nextName() {
            if source.matches(name, "type") {
                let type = try source.skip()
                if source.isWord(type, "image") { head.hasImages = true }
                isThought = source.isWord(type, "thinking")
            } else if source.matches(name, "signature") {
                let signature = try source.skip()
                isForeign = source.isWord(signature, "") || source.beginsForeign(signature)
            } else if source.matches(name, "source") {
                try readMediaSource(nesting)
            } else if source.matches(name, "content") {
                try readContent(nesting + 1)
            } else {
                try source.skip()
            }
        }
        return isThought && isForeign
    }

    private mutating func readMediaSource(_ nesting: Int) throws(RequestScanner.Problem) {
        guard try source.beginObjectIfThere() else { return }
        var isBase64 = false
        var dataBytes = 0
        while let name = try source.nextName() {
            if source.matches(name, "type") {
                isBase64 = source.isWord(try source.skip(), "base64")
            } else if source.matches(name, "data") {
                let before = source.textBytes
                try source.skip()
                dataBytes = source.textBytes - before
            } else if source.matches(name, "content") {
                try readContent(nesting + 1)
            } else {
                try source.skip()
            }
        }
        guard isBase64 else { return }
        head.textBytes -= dataBytes
        head.attachmentBytes += dataBytes
    }
}
