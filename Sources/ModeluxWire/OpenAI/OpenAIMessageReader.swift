import ModeluxCore

/// Reads the messages of a caller's chat request into turns of the hub.
struct OpenAIMessageReader {
    /// Instructions that stand before the conversation.
    private(set) var system: [ContentPart] = []
    private(set) var messages: [ChatMessage] = []
    /// Members of messages that have no place in the hub.
    private(set) var unmapped: [String] = []

    /// The tools that calls have named, by the calls' ids.
    private var toolNames: [String: String] = [:]
    /// Calls of the legacy form, which have no ids, that are not answered yet.
    private var openLegacyCalls: [(id: String, name: String)] = []
    private var legacyCallCount = 0
    /// Whether the last message is a run of tool results that a further one joins.
    private var isInToolResults = false

    /// Members of messages that are read, or that say nothing a provider could use: answers handed back as they came.
    private static let known: Set<String> = [
        "role", "content", "name", "cache_control", "tool_calls", "tool_call_id", "function_call", "refusal",
        "reasoning_content", "reasoning", "reasoning_details", "thinking_blocks", "annotations", "executed_tools",
        "provider_specific_fields", "extra_content", "channel", "id", "index",
    ]

    init(capacity: Int) {
        messages.reserveCapacity(capacity)
    }

    mutating func read(_ message: JSONValue, at index: Int) throws(Failure) {
        let members = try message.object(at: "messages[\(index)]")
        for member in members where !OpenAIMessageReader.known.contains(member.name) && member.value != .null {
            unmapped.append("messages." + member.name)
        }
        guard let role = message.member("role") else { throw Failure.missing("messages[\(index)].role") }
        switch try role.text(at: "messages[\(index)].role") {
        case "system", "developer": try readSystem(message, index)
        case "user": try readUser(message, index)
        case "assistant": try readAssistant(message, index)
        case "tool": try readTool(message, index)
        case "function": try readFunction(message, index)
        default:
            throw Failure.wrongKind(
                "messages[\(index)].role", "\"system\", \"developer\", \"user\", \"assistant\" or \"tool\"")
        }
    }

    private mutating func readSystem(_ message: JSONValue, _ index: Int) throws(Failure) {
        let parts = try content(message, index)
        for part in parts {
            guard case .text = part.kind else {
                throw Failure.wrongKind("messages[\(index)].content", "text in a message of the system")
            }
        }
        if messages.isEmpty {
            system += parts
        } else {
            append(ChatMessage(.system, parts, name: try name(message, index)))
        }
    }

    private mutating func readUser(_ message: JSONValue, _ index: Int) throws(Failure) {
        append(ChatMessage(.user, try content(message, index), name: try name(message, index)))
    }

    private mutating func readAssistant(_ message: JSONValue, _ index: Int) throws(Failure) {
        var parts = OpenAIReasoning.thoughts(of: message)
        if let content = message.member("content") {
            // An empty text beside a call says nothing, and some providers refuse it.
            if content != .string("") {
                parts += try OpenAIPartReader.parts(of: content, at: "messages[\(index)].content")
            }
        }
        if let refusal = message.member("refusal") {
            let text = try refusal.text(at: "messages[\(index)].refusal")
            if !text.isEmpty { parts.append(ContentPart(.refusal(text))) }
        }
        if let calls = message.member("tool_calls") {
            let path = "messages[\(index)].tool_calls"
            for (position, call) in try calls.list(at: path).enumerated() {
                var read = try toolCall(call, at: "\(path)[\(position)]")
                if read.signature == nil { read.signature = OpenAIReasoning.signature(ofCall: read.id, in: message) }
                toolNames[read.id] = read.name
                parts.append(ContentPart(.toolCall(read)))
            }
        }
        if let call = message.member("function_call") {
            legacyCallCount += 1
            let id = "call_legacy_\(legacyCallCount)"
            let read = try function(call, id: id, at: "messages[\(index)].function_call")
            openLegacyCalls.append((id, read.name))
            parts.append(ContentPart(.toolCall(read)))
        }
        mark(&parts, message)
        if parts.isEmpty { parts.append(.text("")) }
        append(ChatMessage(.assistant, parts, name: try name(message, index)))
    }

    private mutating func readTool(_ message: JSONValue, _ index: Int) throws(Failure) {
        guard let id = message.member("tool_call_id") else {
            throw Failure.missing("messages[\(index)].tool_call_id")
        }
        try append(resultOf: try id.text(at: "messages[\(index)].tool_call_id"), message, index)
    }

    private mutating func readFunction(_ message: JSONValue, _ index: Int) throws(Failure) {
        guard let name = try name(message, index) else { throw Failure.missing("messages[\(index)].name") }
        guard let position = openLegacyCalls.firstIndex(where: { $0.name == name }) else {
            throw Failure(
                .unsupportedParameter, "\"messages[\(index)]\" answers a function that was not called",
                parameter: "messages[\(index)].name")
        }
        let call = openLegacyCalls.remove(at: position)
        toolNames[call.id] = name
        try append(resultOf: call.id, message, index)
    }

    private mutating func append(resultOf id: String, _ message: JSONValue, _ index: Int) throws(Failure) {
        var parts: [ContentPart] = []
        if let content = message.member("content") {
            parts = try OpenAIPartReader.parts(of: content, at: "messages[\(index)].content")
        }
        let result = ToolResult(callID: id, name: toolNames[id], parts: parts)
        let part = ContentPart(.toolResult(result), cacheMark: OpenAIPartReader.cacheMark(of: message))
        if isInToolResults, let last = messages.indices.last {
            messages[last].parts.append(part)
        } else {
            messages.append(ChatMessage(.user, [part]))
            isInToolResults = true
        }
    }

    private mutating func append(_ message: ChatMessage) {
        isInToolResults = false
        messages.append(message)
    }

    private func content(_ message: JSONValue, _ index: Int) throws(Failure) -> [ContentPart] {
        guard let content = message.member("content") else { throw Failure.missing("messages[\(index)].content") }
        var parts = try OpenAIPartReader.parts(of: content, at: "messages[\(index)].content")
        mark(&parts, message)
        return parts
    }

    /// A mark on a message is one on its last part.
    private func mark(_ parts: inout [ContentPart], _ message: JSONValue) {
        guard let mark = OpenAIPartReader.cacheMark(of: message), let last = parts.indices.last else { return }
        parts[last].cacheMark = mark
    }

    private func name(_ message: JSONValue, _ index: Int) throws(Failure) -> String? {
        try message.member("name")?.text(at: "messages[\(index)].name")
    }

    private func toolCall(_ call: JSONValue, at path: String) throws(Failure) -> ToolCall {
        guard let id = call.member("id") else { throw Failure.missing(path + ".id") }
        let type = try call.member("type")?.text(at: path + ".type") ?? "function"
        guard type == "function", let function = call.member("function") else {
            throw Failure.wrongKind(path + ".type", "\"function\" with a \"function\" member")
        }
        var read = try self.function(function, id: try id.text(at: path + ".id"), at: path + ".function")
        read.signature = OpenAIReasoning.signature(of: call)
        return read
    }

    private func function(_ call: JSONValue, id: String, at path: String) throws(Failure) -> ToolCall {
        guard let name = call.member("name") else { throw Failure.missing(path + ".name") }
        let arguments = try call.member("arguments")?.text(at: path + ".arguments") ?? ""
        return ToolCall(
            id: id, name: try name.text(at: path + ".name"), arguments: arguments.isEmpty ? "{}" : arguments)
    }
}
