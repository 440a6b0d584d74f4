import ModeluxCore

/// Writes the conversation of a hub's request as Converse's turns: they alternate and begin with the user's, results of
/// tools stand first, and nothing is empty.
struct BedrockMessageWriter {
    /// What was written so far, without the turn under way.
    private(set) var messages: [JSONValue] = []
    private(set) var dropped: [ChatFeature] = []
    /// The marks that are left.
    private(set) var marks: AnthropicCacheMarks

    private let traits: BedrockModelTraits
    private var media = BedrockMediaWriter()
    private var role = ChatMessage.Role.user
    private var results: [JSONValue] = []
    private var blocks: [JSONValue] = []
    private var hasDocument = false
    private var hasText = false

    /// What stands where Bedrock wants a text and there is none.
    private static let filler: JSONValue = ["text": "."]

    init(_ traits: BedrockModelTraits, _ marks: AnthropicCacheMarks) {
        self.traits = traits
        self.marks = marks
    }

    /// Writes the messages; those of the system have been taken out.
    mutating func write(_ conversation: [ChatMessage]) throws(Failure) {
        messages.reserveCapacity(conversation.count)
        if conversation.first?.role == .assistant { blocks.append(BedrockMessageWriter.filler) }
        for message in conversation where message.role != .system {
            if message.role != role { finishTurn() }
            role = message.role
            if message.name != nil { drop(.speakerName) }
            for part in message.parts { try write(part) }
        }
        finishTurn()
    }

    private mutating func finishTurn() {
        // A document is nothing without a question.
        if hasDocument, !hasText { blocks.append(BedrockMessageWriter.filler) }
        let content = results + blocks
        (results, blocks, hasDocument, hasText) = ([], [], false, false)
        guard !content.isEmpty else { return }
        messages.append(
            .object([
                JSONValue.Member("role", .string(role.rawValue)), JSONValue.Member("content", .array(content)),
            ]))
    }

    private mutating func drop(_ feature: ChatFeature) {
        if !dropped.contains(feature) { dropped.append(feature) }
    }

    private mutating func write(_ part: ContentPart) throws(Failure) {
        switch part.kind {
        case .toolResult(let result) where role == .user:
            results.append(try written(result))
            var mark = part.cacheMark
            for inner in result.parts where inner.cacheMark != nil { mark = inner.cacheMark }
            if let point = cachePoint(mark) { results.append(point) }
            return
        case .toolCall(let call) where role == .assistant: blocks.append(BedrockMessageWriter.written(call))
        case .thinking(let thinking) where role == .assistant:
            if let block = reasoning(thinking) { blocks.append(block) }
            return
        default:
            guard let block = try block(of: part) else { return }
            if block["text"] != nil { hasText = true }
            if block["document"] != nil { hasDocument = true }
            blocks.append(block)
        }
        if let point = cachePoint(part.cacheMark) { blocks.append(point) }
    }

    /// The block that tells a prompt cache to reach so far; nil where there is no mark, or it cannot be told.
    mutating func cachePoint(_ mark: ContentPart.CacheMark?) -> JSONValue? {
        guard mark != nil else { return nil }
        guard traits.takesCachePoints else {
            drop(.cacheMarks)
            return nil
        }
        return marks.kept(mark).map(BedrockMessageWriter.cachePoint)
    }

    /// The block for a mark.
    static func cachePoint(_ mark: ContentPart.CacheMark) -> JSONValue {
        switch mark {
        case .fiveMinutes: ["cachePoint": ["type": "default"]]
        case .oneHour: ["cachePoint": ["type": "default", "ttl": "1h"]]
        }
    }

    private mutating func block(of part: ContentPart) throws(Failure) -> JSONValue? {
        switch part.kind {
        case .text(let text), .refusal(let text):
            // Texts of blanks alone are refused.
            guard text.contains(where: { !$0.isWhitespace }) else { return nil }
            return .object([JSONValue.Member("text", .string(text))])
        case .image(let media):
            if let detail = media.detail, detail != "auto" { drop(.imageDetail) }
            return try self.media.image(media)
        case .document(let media): return try self.media.document(media)
        case .video(let media):
            guard traits.takesVideo else {
                throw Failure(.unsupportedParameter, "this model takes no films", parameter: "messages")
            }
            return try self.media.video(media)
        case .audio(let media):
            guard traits.takesAudio else {
                throw Failure(.unsupportedParameter, "this model takes no sound", parameter: "messages")
            }
            return try self.media.audio(media)
        case .foreign(.bedrock, let value): return value
        case .foreign: drop(.hostedTools)
        case .toolCall, .toolResult, .thinking: break
        }
        return nil
    }

    private mutating func written(_ result: ToolResult) throws(Failure) -> JSONValue {
        var content: [JSONValue] = []
        for part in result.parts {
            if let block = try block(of: part) { content.append(block) }
        }
        if content.isEmpty { content = [["text": ""]] }
        var members = [
            JSONValue.Member("toolUseId", .string(BedrockMessageWriter.id(result.callID))),
            JSONValue.Member("content", .array(content)),
        ]
        if result.isError, traits.takesResultStatus { members.append(JSONValue.Member("status", "error")) }
        return .object([JSONValue.Member("toolResult", .object(members))])
    }

    private static func written(_ call: ToolCall) -> JSONValue {
        .object([
            JSONValue.Member(
                "toolUse",
                .object([
                    JSONValue.Member("toolUseId", .string(id(call.id))), JSONValue.Member("name", .string(call.name)),
                    JSONValue.Member("input", AnthropicToolInput.object(call.arguments)),
                ]))
        ])
    }

    /// A thought of Claude's own with its proof, or sealed; others' do not come back.
    private func reasoning(_ thinking: Thinking) -> JSONValue? {
        guard traits.claude != nil, thinking.anthropicBlock != nil else { return nil }
        if let sealed = thinking.sealed {
            let content = JSONValue.string(BedrockSealedThought.content(of: sealed))
            return ["reasoningContent": ["redactedContent": content]]
        }
        return [
            "reasoningContent": [
                "reasoningText": [
                    "text": .string(thinking.text), "signature": .string(thinking.signature?.value ?? ""),
                ]
            ]
        ]
    }

    /// An id of at most 64 letters, digits, `_` and `-`: a longer one keeps its beginning and gets a sum of all of it.
    static func id(_ id: String) -> String {
        let clean = AnthropicToolInput.id(id)
        guard clean.utf8.count > 64 else { return clean }
        let sum = clean.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return clean.prefix(47) + "_" + String(sum, radix: 16)
    }
}
