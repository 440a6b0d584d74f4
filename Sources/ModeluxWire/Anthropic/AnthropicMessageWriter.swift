import ModeluxCore

/// Writes the conversation of a hub's request as Anthropic's turns: neighbours of one role are one message, results of
/// tools stand first in it, and nothing is empty.
struct AnthropicMessageWriter {
    /// What was written so far, without the turn under way.
    private(set) var messages: [JSONValue] = []
    private(set) var dropped: [ChatFeature] = []
    /// Whether a file of Anthropic's is named.
    private(set) var namesFiles = false
    /// The marks that are left.
    private(set) var marks: AnthropicCacheMarks

    private var role = ChatMessage.Role.user
    private var results: [JSONValue] = []
    private var blocks: [JSONValue] = []

    init(_ marks: AnthropicCacheMarks) {
        self.marks = marks
    }

    /// Writes the messages; those of the system have been taken out.
    mutating func write(_ conversation: [ChatMessage]) throws(Failure) {
        messages.reserveCapacity(conversation.count)
        for message in conversation where message.role != .system {
            if message.role != role { finishTurn() }
            role = message.role
            if message.name != nil { drop(.speakerName) }
            if message.role == .user { try writeUser(message) } else { writeAssistant(message) }
        }
        finishTurn()
    }

    private mutating func drop(_ feature: ChatFeature) {
        if !dropped.contains(feature) { dropped.append(feature) }
    }

    private mutating func finishTurn() {
        let content = results + blocks
        results = []
        blocks = []
        guard !content.isEmpty else { return }
        messages.append(["role": .string(role.rawValue), "content": AnthropicMessageWriter.shortened(content)])
    }

    /// One plain text is written as a string.
    private static func shortened(_ content: [JSONValue]) -> JSONValue {
        guard content.count == 1, case .object(let members) = content[0], members.count == 2,
            content[0]["type"] == "text", let text = content[0]["text"]
        else { return .array(content) }
        return text
    }

    // MARK: The user's side

    private mutating func writeUser(_ message: ChatMessage) throws(Failure) {
        for part in message.parts {
            if case .toolResult(let result) = part.kind {
                results.append(try written(result, part.cacheMark))
            } else if let block = try block(of: part) {
                blocks.append(block)
            }
        }
    }

    private mutating func block(of part: ContentPart) throws(Failure) -> JSONValue? {
        switch part.kind {
        case .text(let text), .refusal(let text): if !text.isEmpty { return textBlock(text, part.cacheMark) }
        case .image(let media):
            if let detail = media.detail, detail != "auto" { drop(.imageDetail) }
            noteFile(media)
            return marks.marked(try AnthropicPartWriter.image(media), part.cacheMark)
        case .document(let media):
            noteFile(media)
            return marks.marked(try AnthropicPartWriter.document(media), part.cacheMark)
        case .audio: throw AnthropicPartWriter.refused("this provider takes no sound", .audio)
        case .video: throw AnthropicPartWriter.refused("this provider takes no films", .video)
        case .foreign(.anthropic, let value): return marks.marked(value.members ?? [], part.cacheMark)
        case .foreign: drop(.hostedTools)
        case .toolCall, .toolResult, .thinking: break
        }
        return nil
    }

    private mutating func textBlock(_ text: String, _ mark: ContentPart.CacheMark?) -> JSONValue {
        marks.marked([JSONValue.Member("type", "text"), JSONValue.Member("text", .string(text))], mark)
    }

    private mutating func noteFile(_ media: Media) {
        if case .file = media.source { namesFiles = true }
    }

    private mutating func written(_ result: ToolResult, _ mark: ContentPart.CacheMark?) throws(Failure) -> JSONValue {
        var content: [JSONValue] = []
        for part in result.parts {
            if let block = try block(of: part) { content.append(block) }
        }
        var members: [JSONValue.Member] = [
            JSONValue.Member("type", "tool_result"),
            JSONValue.Member("tool_use_id", .string(AnthropicToolInput.id(result.callID))),
        ]
        if !content.isEmpty {
            members.append(JSONValue.Member("content", AnthropicMessageWriter.shortened(content)))
        }
        if result.isError { members.append(JSONValue.Member("is_error", true)) }
        return marks.marked(members, mark)
    }

    // MARK: The model's side

    private mutating func writeAssistant(_ message: ChatMessage) {
        for part in message.parts {
            switch part.kind {
            case .text(let text), .refusal(let text):
                if !text.isEmpty { blocks.append(textBlock(text, part.cacheMark)) }
            case .toolCall(let call):
                blocks.append(
                    marks.marked(
                        [
                            JSONValue.Member("type", "tool_use"),
                            JSONValue.Member("id", .string(AnthropicToolInput.id(call.id))),
                            JSONValue.Member("name", .string(call.name)),
                            JSONValue.Member("input", AnthropicToolInput.object(call.arguments)),
                        ], part.cacheMark))
            case .thinking(let thinking): if let block = thinking.anthropicBlock { blocks.append(block) }
            case .foreign(.anthropic, let value):
                blocks.append(marks.marked(value.members ?? [], part.cacheMark))
            case .foreign: drop(.hostedTools)
            case .image, .document, .audio, .video, .toolResult: drop(.files)
            }
        }
    }
}

extension Thinking {
    /// The thought as Anthropic takes it back: with its own proof or sealed by it; nil for those of others.
    var anthropicBlock: JSONValue? {
        if let sealed, signature == nil || signature?.origin == .anthropic {
            return ["type": "redacted_thinking", "data": .string(sealed)]
        }
        guard let signature, signature.origin == .anthropic, !signature.value.isEmpty else { return nil }
        return ["type": "thinking", "thinking": .string(text), "signature": .string(signature.value)]
    }
}
