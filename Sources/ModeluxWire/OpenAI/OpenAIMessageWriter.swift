import ModeluxCore

/// Writes the conversation of a hub's request as OpenAI's messages.
struct OpenAIMessageWriter {
    private let traits: OpenAIModelTraits
    private(set) var messages: [JSONValue] = []
    private(set) var dropped: [String] = []
    /// Images of tool results, which go into the next message of the user: all results come first.
    private var heldParts: [ContentPart] = []

    init(_ traits: OpenAIModelTraits) {
        self.traits = traits
    }

    mutating func write(_ request: ChatRequest) throws(Failure) {
        messages.reserveCapacity(request.messages.count + 1)
        if !request.system.isEmpty { writeSystem(request.system, name: nil) }
        for message in request.messages {
            switch message.role {
            case .system:
                try flush()
                writeSystem(message.parts, name: message.name)
            case .user: try writeUser(message)
            case .assistant:
                try flush()
                try writeAssistant(message)
            }
        }
        try flush()
        if let last = request.messages.last, last.role == .assistant, !last.isToolCall {
            // The model begins a new answer instead of going on with this one.
            drop(.prefill)
        }
    }

    private mutating func drop(_ feature: ChatFeature) {
        if !dropped.contains(feature.rawValue) { dropped.append(feature.rawValue) }
    }

    private mutating func append(_ role: String, _ content: JSONValue, name: String? = nil) {
        var members: [JSONValue.Member] = [
            JSONValue.Member("role", .string(role)), JSONValue.Member("content", content),
        ]
        if let name {
            if traits.vendor == .groq {
                drop(.speakerName)
            } else {
                members.append(JSONValue.Member("name", .string(name)))
            }
        }
        messages.append(.object(members))
    }

    private mutating func writeSystem(_ parts: [ContentPart], name: String?) {
        append(traits.rejectsSystem ? "user" : "system", texts(parts), name: name)
    }

    private mutating func writeUser(_ message: ChatMessage) throws(Failure) {
        var rest: [ContentPart] = []
        for part in message.parts {
            guard case .toolResult(let result) = part.kind else {
                rest.append(part)
                continue
            }
            writeResult(result)
        }
        guard !rest.isEmpty else { return }
        let parts = heldParts + rest
        heldParts = []
        append("user", try content(parts), name: message.name)
    }

    /// Images of results, when no message of the user follows.
    private mutating func flush() throws(Failure) {
        guard !heldParts.isEmpty else { return }
        let parts = heldParts
        heldParts = []
        append("user", try content(parts))
    }

    private mutating func writeResult(_ result: ToolResult) {
        var text = ""
        var hasText = false
        var media: [ContentPart] = []
        for part in result.parts {
            switch part.kind {
            case .text(let more), .refusal(let more):
                text += (hasText && !text.isEmpty ? "\n" : "") + more
                hasText = true
            case .document(let document):
                if case .text(let more) = document.source {
                    text += (hasText && !text.isEmpty ? "\n" : "") + more
                    hasText = true
                } else {
                    media.append(part)
                }
            case .image, .audio, .video: media.append(part)
            case .foreign: drop(.hostedTools)
            case .toolCall, .toolResult, .thinking: break
            }
        }
        if !media.isEmpty {
            if !hasText { text = "The result follows in the next message." }
            heldParts.append(.text("Result of the tool call \(result.callID):"))
            heldParts += media
        }
        // The shape has no word for it.
        if result.isError, !text.prefix(256).lowercased().contains("error") { text = "Error: " + text }
        messages.append(["role": "tool", "tool_call_id": .string(identifier(result.callID)), "content": .string(text)])
    }

    private mutating func writeAssistant(_ message: ChatMessage) throws(Failure) {
        var calls: [JSONValue] = []
        var said: [ContentPart] = []
        var refusal: String?
        var thought = ""
        for part in message.parts {
            switch part.kind {
            case .text(let text): if !text.isEmpty { said.append(part) }
            case .refusal(let text):
                if traits.isOpenAI { refusal = (refusal ?? "") + text } else { said.append(.text(text)) }
            case .toolCall(let call): calls.append(written(call))
            case .thinking(let thinking): if thinking.isWithoutProof { thought += thinking.text }
            case .foreign: drop(.hostedTools)
            case .image, .document, .audio, .video, .toolResult: drop(.files)
            }
        }
        if said.isEmpty, calls.isEmpty, refusal == nil { said = [.text("")] }
        var members: [JSONValue.Member] = [
            JSONValue.Member("role", "assistant"), JSONValue.Member("content", said.isEmpty ? .null : texts(said)),
        ]
        if let refusal { members.append(JSONValue.Member("refusal", .string(refusal))) }
        // Engines that think want their thoughts back while tools are called; OpenAI's own models never show them.
        if !thought.isEmpty, !calls.isEmpty, !traits.isOpenAI, traits.vendor != .groq {
            members.append(JSONValue.Member("reasoning_content", .string(thought)))
        }
        if !calls.isEmpty { members.append(JSONValue.Member("tool_calls", .array(calls))) }
        if let name = message.name {
            if traits.vendor == .groq {
                drop(.speakerName)
            } else {
                members.append(JSONValue.Member("name", .string(name)))
            }
        }
        messages.append(.object(members))
    }

    /// The id of a call. OpenAI takes 40 bytes of it; a longer one gets a stable other one.
    private func identifier(_ id: String) -> String {
        guard traits.isOpenAI, id.utf8.count > 40 else { return id }
        return "call_" + OpenAIChatRequestWriter.digest(id).prefix(32)
    }

    /// A call, with its proof where it may be one of Gemini's own endpoint.
    private func written(_ call: ToolCall) -> JSONValue {
        var call = call
        call.id = identifier(call.id)
        if traits.vendor != .openaiCompatible { call.signature = nil }
        return OpenAIReasoning.value(of: call)
    }

    /// Texts: one as it is; several as parts at OpenAI, joined elsewhere, where templates often take a string only.
    private func texts(_ parts: [ContentPart]) -> JSONValue {
        let needsParts = traits.takesCacheMarks && parts.contains { $0.cacheMark != nil }
        if parts.count == 1, !needsParts { return .string(parts[0].plainText ?? "") }
        guard traits.isOpenAI else { return .string(parts.compactMap(\.plainText).joined(separator: "\n\n")) }
        return .array(
            parts.compactMap { part in part.plainText.map { marked(["type": "text", "text": .string($0)], part) } })
    }

    private func marked(_ value: JSONValue, _ part: ContentPart) -> JSONValue {
        guard part.cacheMark != nil, traits.takesCacheMarks, case .object(let members) = value else { return value }
        return .object(members + [JSONValue.Member("prompt_cache_breakpoint", ["mode": "explicit"])])
    }

    private mutating func content(_ parts: [ContentPart]) throws(Failure) -> JSONValue {
        if parts.count == 1, case .text(let text) = parts[0].kind,
            parts[0].cacheMark == nil || !traits.takesCacheMarks
        {
            return .string(text)
        }
        var written: [JSONValue] = []
        written.reserveCapacity(parts.count)
        for part in parts {
            guard let value = try OpenAIPartWriter.value(of: part, traits) else {
                drop(.hostedTools)
                continue
            }
            written.append(marked(value, part))
        }
        return .array(written)
    }
}

extension ContentPart {
    /// The text of a part that is one.
    fileprivate var plainText: String? {
        switch kind {
        case .text(let text), .refusal(let text): text
        default: nil
        }
    }
}

extension ChatMessage {
    fileprivate var isToolCall: Bool {
        parts.contains { if case .toolCall = $0.kind { true } else { false } }
    }
}

extension Thinking {
    /// Whether no provider has signed it: what engines without signatures think.
    fileprivate var isWithoutProof: Bool { sealed == nil && (signature?.value ?? "").isEmpty }
}
