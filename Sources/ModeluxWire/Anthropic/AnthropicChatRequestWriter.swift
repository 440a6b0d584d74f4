import ModeluxCore

/// Writes a request of the hub in Anthropic's shape, as a model takes it.
struct AnthropicChatRequestWriter {
    private let target: ChatTarget
    private let traits: AnthropicModelTraits
    private var members: [JSONValue.Member] = []
    private var dropped: [String] = []
    private var outputTool: String?

    init(_ target: ChatTarget) {
        self.target = target
        traits = AnthropicModelTraits(target)
        members.reserveCapacity(16)
    }

    mutating func write(_ request: ChatRequest) throws(Failure) -> EncodedRequest {
        var marks = AnthropicCacheMarks(request)
        let limit = traits.outputLimit(request.maximumOutputTokens)
        chooseOutputTool(request)
        let choice = toolChoice(request)
        let thinking = AnthropicThinking(
            request.reasoning, traits, outputLimit: limit,
            AnthropicThinking.Obstacles(
                forcesCall: choice?.isForced ?? false, lacksThought: request.lacksThoughtForCalls))
        if thinking.isDropped { drop(.reasoning) }

        add("model", .string(target.model))
        add("max_tokens", .integer(limit))
        // The order of the marks: tools, system, messages.
        let tools = written(request, &marks)
        let conversation = conversation(of: request, isThinking: thinking.isOn)
        if let system = system(conversation.system, &marks) { add("system", system) }
        var messages = AnthropicMessageWriter(marks)
        try messages.write(conversation.messages)
        for feature in messages.dropped { drop(feature) }
        if messages.marks.isDropped { drop(.cacheMarks) }
        add("messages", .array(messages.messages))
        if !tools.isEmpty {
            add("tools", .array(tools))
            if let choice = choice?.value { add("tool_choice", choice) }
        }
        if let member = thinking.member { add("thinking", member) }
        writeOutputConfig(request, effort: thinking.effort)
        writeSampling(request, isThinking: thinking.isOn)
        writeAccount(request)
        if request.isStream { add("stream", true) }
        var encoded = EncodedRequest(
            body: JSONValue.object(members).buffer, dropped: dropped, outputTool: outputTool)
        if messages.namesFiles {
            encoded.headers.append((name: "anthropic-beta", value: AnthropicPartWriter.filesBeta))
        }
        return encoded
    }

    private mutating func add(_ name: String, _ value: JSONValue) {
        members.append(JSONValue.Member(name, value))
    }

    private mutating func drop(_ feature: ChatFeature) {
        if !dropped.contains(feature.rawValue) { dropped.append(feature.rawValue) }
    }

    // MARK: Conversation

    private func system(_ parts: [ContentPart], _ marks: inout AnthropicCacheMarks) -> JSONValue? {
        let texts = parts.compactMap { part -> (text: String, mark: ContentPart.CacheMark?)? in
            guard case .text(let text) = part.kind, !text.isEmpty else { return nil }
            return (text, part.cacheMark)
        }
        guard let first = texts.first else { return nil }
        if texts.count == 1, first.mark == nil { return .string(first.text) }
        return .array(
            texts.map { text, mark in
                marks.marked([JSONValue.Member("type", "text"), JSONValue.Member("text", .string(text))], mark)
            })
    }

    /// The system's texts and the messages: those of the system in the middle go to the top, which is where most
    /// models want them; a beginning of an answer goes where the model does not take it.
    private mutating func conversation(
        of request: ChatRequest, isThinking: Bool
    ) -> (system: [ContentPart], messages: [ChatMessage]) {
        var system = request.system
        var messages = request.messages
        if messages.contains(where: { $0.role == .system }) {
            for message in messages where message.role == .system { system += message.parts }
            if messages.drop(while: { $0.role == .system }).contains(where: { $0.role == .system }) {
                drop(.systemInConversation)
            }
            messages.removeAll { $0.role == .system }
        }
        if messages.isEmpty, !system.isEmpty {
            // Instructions alone are what the user says.
            return ([], [ChatMessage(.user, system)])
        }
        while let last = messages.last, last.role == .assistant, !last.hasCalls {
            guard traits.rejectsPrefill || isThinking else {
                messages[messages.count - 1] = last.withoutTrailingSpace
                break
            }
            drop(.prefill)
            messages.removeLast()
        }
        return (system, messages)
    }

    // MARK: Tools

    /// Where the model cannot be held to a schema, the form is that of a tool's arguments.
    private mutating func chooseOutputTool(_ request: ChatRequest) {
        switch request.outputFormat {
        case nil: return
        case .jsonSchema(_, _, let schema, _):
            if isHeld(schema) { return }
            guard !traits.rejectsForcedChoice, schema["type"] == "object" || schema["properties"] != nil else {
                drop(.jsonSchema)
                return
            }
        case .jsonObject:
            guard !traits.rejectsForcedChoice else {
                drop(.jsonObject)
                return
            }
        }
        let names = request.tools.compactMap { tool in
            if case .function(let function) = tool.kind { function.name } else { nil }
        }
        outputTool = names.contains("json") ? "json_answer" : "json"
    }

    /// Whether the model is held to a schema.
    private func isHeld(_ schema: JSONValue) -> Bool { traits.takesSchemas && AnthropicSchema.canHold(schema) }

    private struct Choice {
        var value: JSONValue?
        var isForced: Bool
    }

    private mutating func toolChoice(_ request: ChatRequest) -> Choice? {
        guard outputTool != nil || !request.tools.isEmpty else {
            return request.calledTools.isEmpty ? nil : Choice(value: ["type": "none"], isForced: false)
        }
        var members: [JSONValue.Member] = []
        var isForced = false
        switch effectiveChoice(request) {
        case nil, .auto?:
            if request.toolChoice == nil, request.allowsParallelCalls != false { return nil }
            members = [JSONValue.Member("type", "auto")]
        case ToolChoice.none?: return Choice(value: ["type": "none"], isForced: false)
        case .required?:
            members = [JSONValue.Member("type", "any")]
            isForced = true
        case .named(let name)?:
            members = [JSONValue.Member("type", "tool"), JSONValue.Member("name", .string(name))]
            isForced = true
        }
        if request.allowsParallelCalls == false {
            members.append(JSONValue.Member("disable_parallel_tool_use", true))
        }
        return Choice(value: .object(members), isForced: isForced)
    }

    private mutating func effectiveChoice(_ request: ChatRequest) -> ToolChoice? {
        if let outputTool {
            // With tools of the caller's own, the answer's is one of those that must be called.
            switch request.toolChoice {
            case .named(let name)?: return .named(name)
            case ToolChoice.none?: return .named(outputTool)
            default: return request.tools.isEmpty ? .named(outputTool) : .required
            }
        }
        guard traits.rejectsForcedChoice else { return request.toolChoice }
        switch request.toolChoice {
        case .required?, .named?:
            drop(.toolChoice)
            return .auto
        default: return request.toolChoice
        }
    }

    private mutating func written(_ request: ChatRequest, _ marks: inout AnthropicCacheMarks) -> [JSONValue] {
        var tools: [JSONValue] = []
        tools.reserveCapacity(request.tools.count + 1)
        for tool in request.tools {
            switch tool.kind {
            case .function(let function): tools.append(marks.marked(members(of: function), tool.cacheMark))
            case .hosted(.anthropic, _, let value): tools.append(marks.marked(value.members ?? [], tool.cacheMark))
            case .hosted: drop(.hostedTools)
            }
        }
        if request.tools.isEmpty, outputTool == nil {
            // A conversation with calls is refused without the tools: those that were called, and none may be again.
            for name in request.calledTools {
                tools.append(["name": .string(name), "input_schema": AnthropicSchema.ofTool(nil)])
            }
        }
        if let outputTool, let format = request.outputFormat { tools.append(written(format, as: outputTool)) }
        return tools
    }

    private mutating func members(of function: ChatTool.Function) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = [JSONValue.Member("name", .string(function.name))]
        if let description = function.description, !description.isEmpty {
            members.append(JSONValue.Member("description", .string(description)))
        }
        var schema = AnthropicSchema.ofTool(function.parameters)
        var isStrict = function.isStrict == true
        if isStrict, !isHeld(schema) {
            drop(.strictTools)
            isStrict = false
        }
        if isStrict { schema = AnthropicSchema.held(schema) }
        members.append(JSONValue.Member("input_schema", schema))
        if isStrict { members.append(JSONValue.Member("strict", true)) }
        return members
    }

    private func written(_ format: OutputFormat, as name: String) -> JSONValue {
        let usual = "Gives the answer. Call it with the whole answer as its arguments."
        switch format {
        case .jsonObject:
            return [
                "name": .string(name), "description": .string(usual),
                "input_schema": ["type": "object", "properties": .object([]), "additionalProperties": true],
            ]
        case .jsonSchema(_, let description, let schema, _):
            return [
                "name": .string(name),
                "description": .string(description.map { usual + " " + $0 } ?? usual),
                "input_schema": AnthropicSchema.ofTool(schema),
            ]
        }
    }

    // MARK: Form, thinking, sampling

    private mutating func writeOutputConfig(_ request: ChatRequest, effort: String?) {
        var config: [JSONValue.Member] = []
        if let effort { config.append(JSONValue.Member("effort", .string(effort))) }
        if case .jsonSchema(_, _, let schema, _)? = request.outputFormat, isHeld(schema) {
            config.append(
                JSONValue.Member("format", ["type": "json_schema", "schema": AnthropicSchema.held(schema)]))
        }
        if !config.isEmpty { add("output_config", .object(config)) }
    }

    private mutating func writeSampling(_ request: ChatRequest, isThinking: Bool) {
        let sampling = request.sampling
        let isRefused = traits.rejectsSampling || isThinking
        // 1 is what the model does anyway.
        let temperature = sampling.temperature == 1 && sampling.topP != nil ? nil : sampling.temperature
        let topP = sampling.topP == 1 ? nil : sampling.topP
        var hasTemperature = false
        if let temperature {
            if isRefused ? temperature != 1 : !(0...1).contains(temperature) {
                drop(.temperature)
            } else if !isRefused {
                add("temperature", .real(temperature))
                hasTemperature = true
            }
        }
        if let topP {
            if isRefused || !(0...1).contains(topP) || (hasTemperature && traits.rejectsTemperatureWithTopP) {
                drop(.topP)
            } else {
                add("top_p", .real(topP))
            }
        }
        if let topK = sampling.topK {
            if isRefused || topK < 0 { drop(.topK) } else { add("top_k", .integer(topK)) }
        }
        if let penalty = sampling.frequencyPenalty, penalty != 0 { drop(.frequencyPenalty) }
        if let penalty = sampling.presencePenalty, penalty != 0 { drop(.presencePenalty) }
        if sampling.seed != nil { drop(.seed) }
        if sampling.logitBias != nil { drop(.logitBias) }
        if request.logProbabilities != nil { drop(.logProbabilities) }
        if request.choices > 1 { drop(.choices) }
        writeStop(request.stopSequences)
    }

    /// Sequences of white space alone are refused.
    private mutating func writeStop(_ sequences: [String]) {
        let kept = sequences.filter { $0.contains { !$0.isWhitespace } }
        if kept.count < sequences.count { drop(.stop) }
        if !kept.isEmpty { add("stop_sequences", .array(kept.map { .string($0) })) }
    }

    // MARK: Account

    private mutating func writeAccount(_ request: ChatRequest) {
        switch request.serviceTier {
        case nil: break
        case "auto"?, "standard_only"?: add("service_tier", request.serviceTier.map { .string($0) } ?? .null)
        case "default"?, "standard"?, "on_demand"?: add("service_tier", "standard_only")
        case "priority"?: add("service_tier", "auto")
        default: drop(.serviceTier)
        }
        if let user = request.endUser {
            if user.utf8.count <= 256 { add("metadata", ["user_id": .string(user)]) } else { drop(.endUser) }
        }
        let own: Set<String> = ["trace_id", "conversation_id"]
        if request.metadata.contains(where: { !own.contains($0.name) }) { drop(.metadata) }
        // Anthropic keeps no answers for later calls anyway.
        if request.store == true { drop(.store) }
    }
}
