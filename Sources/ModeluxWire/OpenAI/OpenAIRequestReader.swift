import ModeluxCore

/// The one pass over a request body that fills an `OpenAIRequestHead`.
struct OpenAIRequestReader {
    private var scanner: JSONScanner
    private var head: OpenAIRequestHead
    /// One bit for each field, so that seeing one twice costs nothing.
    private var seen: UInt32 = 0
    private var user: String?

    /// The longest end user, trace id or conversation id that is kept, in bytes.
    static let maximumLabelBytes = 512

    /// The top-level members that are read; each may be there once.
    private enum Field: UInt32, CaseIterable {
        case model, messages, stream, streamOptions, maximumTokens, maximumCompletionTokens, n, input, user, metadata
        case tools, functions, endUser, tags, trace, cache

        var bit: UInt32 { 1 << rawValue }

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
            case .endUser: "mlx:end_user"
            case .tags: "mlx:tags"
            case .trace: "mlx:trace"
            case .cache: "mlx:cache"
            }
        }
    }

    init(_ bytes: ByteView, endpoint: OpenAIRequestHead.Endpoint) {
        scanner = JSONScanner(bytes)
        head = OpenAIRequestHead(endpoint: endpoint)
    }

    mutating func read() throws(Failure) -> OpenAIRequestHead {
        do throws(Problem) {
            try readMembers()
        } catch {
            switch error {
            case .json(let fault): throw fault.failure
            case .field(let failure): throw failure
            }
        }
        guard !head.model.isEmpty else {
            throw Failure(.missingField, "the request names no model: set \"model\"", parameter: "model")
        }
        head.endUser = head.endUser ?? user
        return head
    }

    /// A body that is no JSON, or a member of the wrong kind.
    private enum Problem: Error {
        case json(JSONFault)
        case field(Failure)
    }

    private mutating func readMembers() throws(Problem) {
        try json { (scanner: inout JSONScanner) throws(JSONFault) in try scanner.beginObject() }
        var previousEnd: Int?
        /// Where a removed member began that no kept member precedes: the next kept member's name ends the removal.
        var leadingStart: Int?
        while let name = try json({ (scanner: inout JSONScanner) throws(JSONFault) in try scanner.nextName() }) {
            let start = name.range.lowerBound - 1
            let isRemoved = scanner.hasPrefix(name, "mlx:")
            if let field = Field.allCases.first(where: { scanner.matches(name, $0.name) }) {
                guard seen & field.bit == 0 else { throw .json(JSONFault(.duplicateMember, at: start)) }
                seen |= field.bit
                try read(field)
            } else {
                try skip()
            }
            if isRemoved {
                if let previousEnd {
                    head.layout.removals.append(previousEnd..<scanner.position)
                } else if leadingStart == nil {
                    leadingStart = start
                }
            } else if let removed = leadingStart {
                head.layout.removals.append(removed..<start)
                leadingStart = nil
            }
            // What comes after a removed member is cut from where that member ended, so the ranges never overlap.
            if !isRemoved || previousEnd != nil { previousEnd = scanner.position }
        }
        head.layout.closingBrace = scanner.position - 1
        if let leadingStart { head.layout.removals.append(leadingStart..<head.layout.closingBrace) }
        try json { (scanner: inout JSONScanner) throws(JSONFault) in try scanner.end() }
    }

    private mutating func read(_ field: Field) throws(Problem) {
        switch field {
        case .model: try readModel()
        case .stream: head.isStream = try optionalBool(field) ?? false
        case .streamOptions: try readStreamOptions()
        case .messages, .input: try readPrompt(field)
        case .n: head.choices = max(1, try optionalInteger(field) ?? 1)
        case .maximumTokens, .maximumCompletionTokens:
            // A negative limit means "none" to some local engines, and OpenAI refuses it itself.
            if let limit = try optionalInteger(field), limit >= 0 {
                head.maximumOutputTokens = max(limit, head.maximumOutputTokens ?? 0)
            }
        case .tools, .functions:
            let text = scanner.textBytes
            let value = try skip()
            head.textBytes += scanner.textBytes - text
            if value.kind == .array, value.range.count > 2 { head.hasTools = true }
        case .user: user = scanner.string(try skip()).map(shortened)
        case .metadata: try readMetadata()
        case .endUser: head.endUser = try label(field)
        case .tags: try readTags()
        case .trace: head.wantsTrace = try optionalBool(field) ?? false
        case .cache: try readCache()
        }
    }

    private mutating func readModel() throws(Problem) {
        let value = try skip()
        if value.kind == .null { return }
        guard let model = scanner.string(value) else { throw wrongKind(.model, "a string", kind: .missingField) }
        guard model.utf8.count <= OpenAIRequestReader.maximumLabelBytes else {
            throw wrongKind(.model, "a name of at most \(OpenAIRequestReader.maximumLabelBytes) bytes")
        }
        head.model = model
        head.layout.modelValue = value.range
    }

    private mutating func readPrompt(_ field: Field) throws(Problem) {
        let before = (scanner.textBytes, scanner.attachmentBytes, scanner.imageParts)
        let value = try skip()
        guard (field == .messages) == (head.endpoint == .chat) else { return }
        guard value.kind == .array || field == .input && value.kind == .string else {
            throw wrongKind(field, field == .input ? "a string or an array" : "an array")
        }
        head.prompt = value.range
        head.textBytes += scanner.textBytes - before.0
        head.attachmentBytes += scanner.attachmentBytes - before.1
        head.hasImages = scanner.imageParts > before.2
    }

    private mutating func readStreamOptions() throws(Problem) {
        guard scanner.peek() == UInt8(ascii: "{") else {
            let value = try skip()
            guard value.kind == .null else { throw wrongKind(.streamOptions, "an object") }
            head.layout.streamOptions = .null(value.range)
            return
        }
        let start = scanner.position + 1
        var isEmpty = true
        var includeUsage: Range<Int>?
        try eachMember { (reader, name) throws(Problem) in
            isEmpty = false
            let value = try reader.skip()
            guard reader.scanner.matches(name, "include_usage") else { return }
            guard includeUsage == nil else { throw .json(JSONFault(.duplicateMember, at: name.range.lowerBound - 1)) }
            includeUsage = value.range
            guard let asks = reader.scanner.bool(value) ?? (value.kind == .null ? false : nil) else {
                throw reader.wrongKind("stream_options.include_usage", "a boolean")
            }
            reader.head.asksForUsage = asks
        }
        head.layout.streamOptions = .object(start: start, isEmpty: isEmpty, includeUsage: includeUsage)
    }

    private mutating func readMetadata() throws(Problem) {
        guard scanner.peek() == UInt8(ascii: "{") else {
            try skip()
            return
        }
        try eachMember { (reader, name) throws(Problem) in
            let value = try reader.skip()
            if reader.scanner.matches(name, "trace_id") {
                reader.head.traceID = reader.scanner.string(value).map(reader.shortened)
            } else if reader.scanner.matches(name, "conversation_id") {
                reader.head.conversationID = reader.scanner.string(value).map(reader.shortened)
            }
        }
    }

    private mutating func readTags() throws(Problem) {
        guard scanner.peek() == UInt8(ascii: "{") else {
            guard try skip().kind == .null else { throw wrongKind(.tags, "an object of strings") }
            return
        }
        try eachMember { (reader, name) throws(Problem) in
            guard let text = reader.scanner.string(try reader.skip()) else {
                throw reader.wrongKind(.tags, "an object of strings")
            }
            do throws(Failure) {
                try reader.head.tags.set(reader.scanner.string(name), to: text)
            } catch {
                throw .field(error)
            }
        }
    }

    private mutating func readCache() throws(Problem) {
        guard scanner.peek() == UInt8(ascii: "{") else {
            guard try skip().kind == .null else { throw wrongKind(.cache, "an object such as {\"skip\": true}") }
            return
        }
        try eachMember { (reader, name) throws(Problem) in
            let value = try reader.skip()
            guard reader.scanner.matches(name, "skip") else { return }
            guard let skips = reader.scanner.bool(value) else { throw reader.wrongKind("mlx:cache.skip", "a boolean") }
            reader.head.skipsCache = skips
        }
    }

    // MARK: Values

    @discardableResult
    private mutating func skip() throws(Problem) -> JSONScanner.Value {
        try json { (scanner: inout JSONScanner) throws(JSONFault) in try scanner.skipValue() }
    }

    private mutating func json<Value>(
        _ step: (inout JSONScanner) throws(JSONFault) -> Value
    ) throws(Problem) -> Value {
        do throws(JSONFault) {
            return try step(&scanner)
        } catch {
            throw .json(error)
        }
    }

    private mutating func eachMember(
        _ visit: (inout OpenAIRequestReader, JSONScanner.Name) throws(Problem) -> Void
    ) throws(Problem) {
        try json { (scanner: inout JSONScanner) throws(JSONFault) in try scanner.beginObject() }
        while let name = try json({ (scanner: inout JSONScanner) throws(JSONFault) in try scanner.nextName() }) {
            try visit(&self, name)
        }
    }

    private mutating func optionalBool(_ field: Field) throws(Problem) -> Bool? {
        let value = try skip()
        if value.kind == .null { return nil }
        guard let bool = scanner.bool(value) else { throw wrongKind(field, "a boolean") }
        return bool
    }

    private mutating func optionalInteger(_ field: Field) throws(Problem) -> Int64? {
        let value = try skip()
        if value.kind == .null { return nil }
        guard value.kind == .number, let integer = JSONString.integer(scanner.bytes, value.range) else {
            throw wrongKind(field, "a whole number")
        }
        return integer
    }

    private mutating func label(_ field: Field) throws(Problem) -> String? {
        let value = try skip()
        if value.kind == .null { return nil }
        guard let text = scanner.string(value), text.utf8.count <= OpenAIRequestReader.maximumLabelBytes else {
            throw wrongKind(field, "a string of at most \(OpenAIRequestReader.maximumLabelBytes) bytes")
        }
        return text
    }

    private func shortened(_ text: String) -> String {
        guard text.utf8.count > OpenAIRequestReader.maximumLabelBytes else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: OpenAIRequestReader.maximumLabelBytes)
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
            end = text.utf8.index(before: end)
        }
        return String(text[..<end])
    }

    private func wrongKind(
        _ field: Field, _ expected: String, kind: Failure.Kind = .unsupportedParameter
    ) -> Problem {
        wrongKind(field.name.description, expected, kind: kind)
    }

    private func wrongKind(
        _ parameter: String, _ expected: String, kind: Failure.Kind = .unsupportedParameter
    ) -> Problem {
        .field(Failure(kind, "\"\(parameter)\" must be \(expected)", parameter: parameter))
    }
}
