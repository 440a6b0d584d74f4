import ModeluxCore

/// Reads the members of a caller's messages request, one after another.
struct AnthropicChatRequestReader {
    private var request = ChatRequest()
    private var hasMessages = false
    private var parts = AnthropicPartReader()
    private var wish = ReasoningWish()
    private var hasWish = false
    /// The mark of the request as a whole: one on its last part.
    private var wholeMark: ContentPart.CacheMark?

    mutating func read(_ name: String, _ value: JSONValue) throws(Failure) {
        switch name {
        // Hosts of Claude want this one in the body.
        case "model", "anthropic_version": break
        case "messages": try readMessages(value)
        case "system": request.system = try systemParts(value) + request.system
        case "max_tokens": request.maximumOutputTokens = try value.wholeNumber(at: name)
        case "stream": request.isStream = try value.flag(at: name)
        case "temperature": request.sampling.temperature = try value.realNumber(at: name)
        case "top_p": request.sampling.topP = try value.realNumber(at: name)
        case "top_k": request.sampling.topK = try value.wholeNumber(at: name)
        case "stop_sequences": try readStopSequences(value)
        case "tools": try readTools(value)
        case "tool_choice": try readToolChoice(value)
        case "metadata": try readMetadata(value)
        case "thinking": try readThinking(value)
        case "output_config": try readOutputConfig(value)
        case "output_format": request.outputFormat = try outputFormat(value, at: name)
        case "service_tier": request.serviceTier = try value.text(at: name)
        case "cache_control": wholeMark = AnthropicPartReader.cacheMark(value)
        default: if !name.hasPrefix("mlx:") { request.unmapped.append(name) }
        }
    }

    /// The request, when all members have been read.
    consuming func finished() throws(Failure) -> ChatRequest {
        guard hasMessages else { throw Failure.missing("messages") }
        if let wholeMark, let last = request.messages.indices.last,
            let part = request.messages[last].parts.indices.last
        {
            request.messages[last].parts[part].cacheMark = wholeMark
        }
        if hasWish { request.reasoning = wish }
        for name in parts.unmapped { note(name) }
        return request
    }

    private mutating func note(_ name: String) {
        if !request.unmapped.contains(name) { request.unmapped.append(name) }
    }

    // MARK: Conversation

    private mutating func readMessages(_ value: JSONValue) throws(Failure) {
        hasMessages = true
        let list = try value.list(at: "messages")
        guard !list.isEmpty else {
            throw Failure(.missingField, "\"messages\" must not be empty", parameter: "messages")
        }
        request.messages.reserveCapacity(list.count)
        for (index, message) in list.enumerated() {
            _ = try message.object(at: "messages[\(index)]")
            guard let role = message.member("role") else { throw Failure.missing("messages[\(index)].role") }
            guard let content = message.member("content") else { throw Failure.missing("messages[\(index)].content") }
            let found = try parts.parts(of: content) { "messages[\(index)].content" }
            switch try role.text(at: "messages[\(index)].role") {
            case "user": request.messages.append(ChatMessage(.user, resultsFirst(found)))
            case "assistant": request.messages.append(ChatMessage(.assistant, found))
            case "system":
                for part in found {
                    guard case .text = part.kind else {
                        throw Failure.wrongKind("messages[\(index)].content", "text in a message of the system")
                    }
                }
                if request.messages.isEmpty {
                    request.system += found
                } else {
                    request.messages.append(ChatMessage(.system, found))
                }
            default: throw Failure.wrongKind("messages[\(index)].role", "\"user\", \"assistant\" or \"system\"")
            }
        }
    }

    private func resultsFirst(_ parts: [ContentPart]) -> [ContentPart] {
        func isResult(_ part: ContentPart) -> Bool { if case .toolResult = part.kind { true } else { false } }
        guard let other = parts.firstIndex(where: { !isResult($0) }), parts[other...].contains(where: isResult) else {
            return parts
        }
        return parts.filter(isResult) + parts.filter { !isResult($0) }
    }

    private mutating func systemParts(_ value: JSONValue) throws(Failure) -> [ContentPart] {
        let found = try parts.parts(of: value) { "system" }
        for part in found {
            guard case .text = part.kind else { throw Failure.wrongKind("system", "a string or an array of texts") }
        }
        return found.filter { $0.kind != .text("") }
    }

    private mutating func readStopSequences(_ value: JSONValue) throws(Failure) {
        for (index, element) in try value.list(at: "stop_sequences").enumerated() {
            request.stopSequences.append(try element.text(at: "stop_sequences[\(index)]"))
        }
    }

    private mutating func readMetadata(_ value: JSONValue) throws(Failure) {
        for member in try value.object(at: "metadata") where member.value != .null {
            switch member.name {
            case "user_id": request.endUser = try member.value.text(at: "metadata.user_id")
            case "trace_id", "conversation_id": break
            default: note("metadata." + member.name)
            }
        }
    }

    // MARK: Tools

    private mutating func readTools(_ value: JSONValue) throws(Failure) {
        let list = try value.list(at: "tools")
        request.tools.reserveCapacity(list.count)
        for (index, tool) in list.enumerated() {
            let members = try tool.object(at: "tools[\(index)]")
            let type = try tool.member("type")?.text(at: "tools[\(index)].type") ?? "custom"
            let mark = tool.member("cache_control").map(AnthropicPartReader.cacheMark)
            guard type == "custom" else {
                let name = tool.member("name")?.string ?? type
                request.tools.append(ChatTool(.hosted(.anthropic, name: name, tool), cacheMark: mark))
                continue
            }
            guard let name = tool.member("name") else { throw Failure.missing("tools[\(index)].name") }
            let function = ChatTool.Function(
                name: try name.text(at: "tools[\(index)].name"),
                description: try tool.member("description")?.text(at: "tools[\(index)].description"),
                parameters: tool.member("input_schema"),
                isStrict: try tool.member("strict")?.flag(at: "tools[\(index)].strict"))
            request.tools.append(ChatTool(.function(function), cacheMark: mark))
            for member in members where !AnthropicChatRequestReader.toolMembers.contains(member.name) {
                if member.value != .null, member.value != false { note("tools." + member.name) }
            }
        }
    }

    private static let toolMembers: Set<String> = [
        "type", "name", "description", "input_schema", "strict", "cache_control",
    ]

    private mutating func readToolChoice(_ value: JSONValue) throws(Failure) {
        _ = try value.object(at: "tool_choice")
        guard let type = value.member("type") else { throw Failure.missing("tool_choice.type") }
        switch try type.text(at: "tool_choice.type") {
        case "auto": request.toolChoice = .auto
        case "any": request.toolChoice = .required
        case "none": request.toolChoice = ToolChoice.none
        case "tool":
            guard let name = value.member("name") else { throw Failure.missing("tool_choice.name") }
            request.toolChoice = .named(try name.text(at: "tool_choice.name"))
        default: throw Failure.wrongKind("tool_choice.type", "\"auto\", \"any\", \"none\" or \"tool\"")
        }
        if let isDisabled = value.member("disable_parallel_tool_use") {
            request.allowsParallelCalls = try !isDisabled.flag(at: "tool_choice.disable_parallel_tool_use")
        }
    }

    // MARK: Thinking and form

    private mutating func readThinking(_ value: JSONValue) throws(Failure) {
        _ = try value.object(at: "thinking")
        hasWish = true
        guard let type = value.member("type") else { throw Failure.missing("thinking.type") }
        switch try type.text(at: "thinking.type") {
        case "enabled":
            guard let budget = value.member("budget_tokens") else { throw Failure.missing("thinking.budget_tokens") }
            wish.budgetTokens = try budget.wholeNumber(at: "thinking.budget_tokens")
            wish.includesThoughts = true
        case "adaptive":
            wish.isAdaptive = true
            wish.includesThoughts = true
        case "disabled": wish.isDisabled = true
        default: throw Failure.wrongKind("thinking.type", "\"enabled\", \"adaptive\" or \"disabled\"")
        }
        if let display = value.member("display") {
            wish.includesThoughts = try display.text(at: "thinking.display") != "omitted"
        }
    }

    private mutating func readOutputConfig(_ value: JSONValue) throws(Failure) {
        for member in try value.object(at: "output_config") where member.value != .null {
            switch member.name {
            case "effort":
                hasWish = true
                wish.effort = try member.value.text(at: "output_config.effort")
            case "format": request.outputFormat = try outputFormat(member.value, at: "output_config.format")
            default: note("output_config." + member.name)
            }
        }
    }

    private func outputFormat(_ value: JSONValue, at path: String) throws(Failure) -> OutputFormat {
        _ = try value.object(at: path)
        guard try value.member("type")?.text(at: path + ".type") == "json_schema" else {
            throw Failure.wrongKind(path + ".type", "\"json_schema\"")
        }
        guard let schema = value.member("schema") else { throw Failure.missing(path + ".schema") }
        return .jsonSchema(
            name: try value.member("name")?.text(at: path + ".name") ?? "response", description: nil, schema: schema,
            isStrict: nil)
    }
}
