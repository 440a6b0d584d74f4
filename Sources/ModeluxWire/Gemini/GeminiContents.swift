import ModeluxCore

/// `contents`: the conversation in turns of `user` and `model`.
struct GeminiContents {
    /// The turns.
    private(set) var contents: [JSONValue] = []
    /// Instructions from the middle of the conversation, which only `systemInstruction` can hold.
    private(set) var laterInstructions: [ContentPart] = []
    /// What was left out.
    private(set) var dropped: [ChatFeature] = []

    private let model: GeminiModel
    /// The calls so far, by id: the tool's name and the place of the call in the conversation.
    private var calls: [String: (name: String, place: Int)] = [:]
    /// The turn that is being written.
    private var role = ""
    private var parts: [JSONValue] = []
    /// Where the model's current turn begins: behind it calls must carry their proof.
    private let currentTurn: Int

    /// What the third generation takes in place of a proof for calls that another model made (its documentation of
    /// thought signatures names it for that).
    private static let foreignProof: JSONValue = "skip_thought_signature_validator"

    /// Writes the messages.
    /// - Throws: `Failure` of kind `unsupportedParameter` for what changes the meaning when it is left out.
    init(_ messages: [ChatMessage], model: GeminiModel) throws(Failure) {
        self.model = model
        currentTurn =
            messages.lastIndex { message in
                message.role == .user
                    && message.parts.contains { if case .toolResult = $0.kind { false } else { true } }
            } ?? 0
        for (index, message) in messages.enumerated() {
            if message.name != nil { drop(.speakerName) }
            switch message.role {
            case .system:
                drop(.systemInConversation)
                laterInstructions += message.parts
            case .user: try write(user: message)
            case .assistant: try write(model: message, isCurrent: index >= currentTurn)
            }
        }
        endTurn()
    }

    private mutating func noteMark(_ mark: ContentPart.CacheMark?) {
        if mark != nil, !model.cachesByItself { drop(.cacheMarks) }
    }

    // MARK: The user's side

    private mutating func write(user message: ChatMessage) throws(Failure) {
        var results: [(place: Int, part: JSONValue)] = []
        var attachments: [JSONValue] = []
        var others: [JSONValue] = []
        for part in message.parts {
            noteMark(part.cacheMark)
            if case .toolResult(let result) = part.kind {
                let call = calls[result.callID]
                results.append((call?.place ?? Int.max, try response(result, call?.name, &attachments)))
            } else if let part = try self.part(part.kind) {
                others.append(part)
            }
        }
        // Answers must stand in a turn of their own, as many as the calls and, where they have no ids, in their order.
        let sorted = results.enumerated().sorted { left, right in
            left.element.place == right.element.place
                ? left.offset < right.offset : left.element.place < right.element.place
        }
        for result in sorted { append(result.element.part, role: "user", kind: "functions") }
        for part in attachments + others { append(part, role: "user", kind: "user") }
    }

    private mutating func response(
        _ result: ToolResult, _ name: String?, _ attachments: inout [JSONValue]
    ) throws(Failure) -> JSONValue {
        var text = ""
        for part in result.parts {
            switch part.kind {
            case .text(let more), .refusal(let more): text += text.isEmpty ? more : "\n" + more
            default: if let attachment = try self.part(part.kind) { attachments.append(attachment) }
            }
        }
        var members: [JSONValue.Member] = []
        if GeminiContents.isNative(id: result.callID) { members.append(JSONValue.Member("id", .string(result.callID))) }
        members.append(JSONValue.Member("name", .string(name ?? result.name ?? result.callID)))
        let response: JSONValue
        if result.isError {
            response = .object([JSONValue.Member("error", .string(text))])
        } else if text.hasPrefix("{"), let object = try? JSONValue(parsing: text), object.members != nil {
            response = object
        } else {
            response = .object([JSONValue.Member("result", .string(text))])
        }
        members.append(JSONValue.Member("response", response))
        return .object([JSONValue.Member("functionResponse", .object(members))])
    }

    // MARK: The model's side

    private mutating func write(model message: ChatMessage, isCurrent: Bool) throws(Failure) {
        var needsProof = isCurrent && model.thinksByLevel
        for part in message.parts {
            noteMark(part.cacheMark)
            switch part.kind {
            case .toolCall(let call):
                calls[call.id] = (call.name, calls.count)
                append(functionCall(call, needsProof: &needsProof), role: "model", kind: "model")
            case .thinking(let thinking):
                if let part = GeminiContents.thought(thinking) { append(part, role: "model", kind: "model") }
            default: if let part = try self.part(part.kind) { append(part, role: "model", kind: "model") }
            }
        }
    }

    private func functionCall(_ call: ToolCall, needsProof: inout Bool) -> JSONValue {
        var members: [JSONValue.Member] = []
        if GeminiContents.isNative(id: call.id) { members.append(JSONValue.Member("id", .string(call.id))) }
        members.append(JSONValue.Member("name", .string(call.name)))
        members.append(JSONValue.Member("args", call.argumentsObject))
        var part = [JSONValue.Member("functionCall", .object(members))]
        if let signature = call.signature, signature.origin == .gemini {
            part.append(JSONValue.Member("thoughtSignature", .string(signature.value)))
        } else if needsProof {
            part.append(JSONValue.Member("thoughtSignature", GeminiContents.foreignProof))
        }
        // Of calls in parallel only the first has a proof.
        needsProof = false
        return .object(part)
    }

    /// A thought of Gemini's own with its proof; one without a proof need not come back, others' must not.
    private static func thought(_ thinking: Thinking) -> JSONValue? {
        guard let signature = thinking.signature, signature.origin == .gemini else { return nil }
        var members = [JSONValue.Member("text", .string(thinking.text))]
        // A proof without a thought is that of the text before it.
        if !thinking.text.isEmpty { members.append(JSONValue.Member("thought", true)) }
        members.append(JSONValue.Member("thoughtSignature", .string(signature.value)))
        return .object(members)
    }

    /// Whether Gemini made an id: eight or so small letters and digits. Those of others, and those that we made for
    /// calls without one, mean nothing to it, and Vertex refuses ids.
    static func isNative(id: String) -> Bool {
        (1...16).contains(id.utf8.count)
            && id.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
    }

    // MARK: Parts

    private mutating func part(_ kind: ContentPart.Kind) throws(Failure) -> JSONValue? {
        switch kind {
        case .text(let text), .refusal(let text):
            // An empty text is an error.
            return text.isEmpty ? nil : .object([JSONValue.Member("text", .string(text))])
        case .image(let media):
            if media.detail != nil, media.detail != "auto" { drop(.imageDetail) }
            return try self.media(media, kind: "image", fallback: "image/jpeg")
        case .document(let media): return try document(media)
        case .audio(let media): return try self.media(media, kind: "audio", fallback: "audio/wav")
        case .video(let media): return try self.media(media, kind: "video", fallback: "video/mp4")
        case .foreign(.gemini, let value): return value
        case .foreign:
            drop(.hostedTools)
            return nil
        case .thinking, .toolCall, .toolResult: return nil
        }
    }

    private mutating func document(_ media: Media) throws(Failure) -> JSONValue? {
        guard case .text(let text) = media.source else {
            return try self.media(media, kind: "document", fallback: "application/pdf")
        }
        return GeminiContents.inline(Base64.encoded(text), media.mediaType ?? "text/plain")
    }

    private func media(_ media: Media, kind: String, fallback: String) throws(Failure) -> JSONValue {
        let byName = media.name.flatMap { MediaType.named($0) }
        switch media.source {
        case .base64(let data):
            let type = media.mediaType ?? MediaType.sniffed(base64: data) ?? byName ?? fallback
            return GeminiContents.inline(data, type)
        case .text(let text): return GeminiContents.inline(Base64.encoded(text), media.mediaType ?? "text/plain")
        case .url(let address):
            let isGoogles =
                address.hasPrefix("gs://") || address.hasPrefix("https://generativelanguage.googleapis.com/")
                || address.hasPrefix("https://www.youtube.com/") || address.hasPrefix("https://youtu.be/")
            guard isGoogles || model.fetchesAddresses, !address.hasPrefix("data:") else {
                throw Failure(
                    .unsupportedParameter,
                    "this model does not fetch \(kind) addresses: send the bytes as base64", parameter: "messages")
            }
            return GeminiContents.file(address, media.mediaType ?? MediaType.named(address) ?? byName ?? fallback)
        case .file(let id):
            guard id.hasPrefix("files/") || id.hasPrefix("gs://") || id.hasPrefix("https://") else {
                throw Failure(
                    .unsupportedParameter,
                    "file \"\(id.prefix(100))\" lies at another provider: send its bytes as base64",
                    parameter: "messages")
            }
            let address =
                id.hasPrefix("files/") ? "https://generativelanguage.googleapis.com/v1beta/" + id : id
            return GeminiContents.file(address, media.mediaType ?? byName ?? MediaType.named(id) ?? fallback)
        }
    }

    private static func inline(_ data: String, _ type: String) -> JSONValue {
        .object([
            JSONValue.Member(
                "inlineData",
                .object([JSONValue.Member("mimeType", .string(type)), JSONValue.Member("data", .string(data))]))
        ])
    }

    private static func file(_ address: String, _ type: String) -> JSONValue {
        .object([
            JSONValue.Member(
                "fileData",
                .object([JSONValue.Member("fileUri", .string(address)), JSONValue.Member("mimeType", .string(type))]))
        ])
    }

    // MARK: Turns

    /// The kind of the turn that is being written: answers of functions do not mix with anything else.
    private var kind = ""

    private mutating func append(_ part: JSONValue, role: String, kind: String) {
        if kind != self.kind { endTurn() }
        self.role = role
        self.kind = kind
        parts.append(part)
    }

    private mutating func endTurn() {
        guard !parts.isEmpty else { return }
        contents.append(
            .object([JSONValue.Member("role", .string(role)), JSONValue.Member("parts", .array(parts))]))
        parts = []
    }

    private mutating func drop(_ feature: ChatFeature) {
        if !dropped.contains(feature) { dropped.append(feature) }
    }
}

extension ToolCall {
    /// The arguments as the object that providers other than OpenAI take; text that is no object goes under `input`.
    var argumentsObject: JSONValue {
        let isBlank = arguments.utf8.allSatisfy { $0 <= 0x20 }
        if isBlank { return .object([]) }
        if let value = try? JSONValue(parsing: arguments), value.members != nil { return value }
        return .object([JSONValue.Member("input", .string(arguments))])
    }
}
