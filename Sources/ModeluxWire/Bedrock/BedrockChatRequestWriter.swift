import ModeluxCore
import NIOCore

/// Writes a request of the hub in Converse's shape, as a model takes it.
struct BedrockChatRequestWriter {
    private let target: ChatTarget
    private let traits: BedrockModelTraits
    private var dropped: [ChatFeature] = []
    private var outputTool: ChatTool.Function?
    /// Fields of the model's own.
    private var additional: [JSONValue.Member] = []
    private var inference: [JSONValue.Member] = []
    private var isThinking = false

    init(_ target: ChatTarget) {
        self.target = target
        traits = BedrockModelTraits(target)
    }

    mutating func write(_ request: ChatRequest) throws(Failure) -> EncodedRequest {
        var marks = AnthropicCacheMarks(request)
        chooseOutputTool(request)
        let choice = toolChoice(request)
        writeInference(request, forcesCall: choice.isForced)
        // The order of the marks: tools, system, messages.
        let tools = tools(request, &marks)
        var writer = BedrockMessageWriter(traits, marks)
        let conversation = conversation(of: request)
        let system = system(conversation.system, &writer)
        try writer.write(conversation.messages)
        dropped += writer.dropped
        if writer.marks.isDropped { dropped.append(.cacheMarks) }

        var members = [JSONValue.Member("messages", .array(writer.messages))]
        if !system.isEmpty { members.append(JSONValue.Member("system", .array(system))) }
        if !inference.isEmpty { members.append(JSONValue.Member("inferenceConfig", .object(inference))) }
        if !tools.isEmpty {
            var config = [JSONValue.Member("tools", .array(tools))]
            if let value = choice.value { config.append(JSONValue.Member("toolChoice", value)) }
            members.append(JSONValue.Member("toolConfig", .object(config)))
        }
        if outputTool == nil, let format = textFormat(request) {
            members.append(JSONValue.Member("outputConfig", .object([JSONValue.Member("textFormat", format)])))
        }
        if !additional.isEmpty {
            members.append(JSONValue.Member("additionalModelRequestFields", .object(additional)))
        }
        if traits.claude != nil, !request.stopSequences.isEmpty {
            // Converse itself does not tell which of them it was.
            members.append(JSONValue.Member("additionalModelResponseFieldPaths", ["/stop_sequence"]))
        }
        writeAccount(request, &members)
        return EncodedRequest(
            body: JSONValue.object(members).buffer, dropped: ChatFeature.names(dropped) + request.unmapped,
            outputTool: outputTool?.name)
    }

    private mutating func drop(_ feature: ChatFeature) { dropped.append(feature) }

    // MARK: Conversation

    private mutating func system(_ parts: [ContentPart], _ writer: inout BedrockMessageWriter) -> [JSONValue] {
        var blocks: [JSONValue] = []
        for part in parts {
            guard case .text(let text) = part.kind, text.contains(where: { !$0.isWhitespace }) else { continue }
            blocks.append(.object([JSONValue.Member("text", .string(text))]))
            if let point = writer.cachePoint(part.cacheMark) { blocks.append(point) }
        }
        return blocks
    }

    /// The instructions and the messages: those in the middle go to the top; where the model has no place for
    /// instructions, and where they are all there is, the user says them.
    private mutating func conversation(of request: ChatRequest) -> (system: [ContentPart], messages: [ChatMessage]) {
        var system = request.system
        var messages = request.messages
        if messages.contains(where: { $0.role == .system }) {
            for message in messages where message.role == .system { system += message.parts }
            if messages.drop(while: { $0.role == .system }).contains(where: { $0.role == .system }) {
                drop(.systemInConversation)
            }
            messages.removeAll { $0.role == .system }
        }
        if !system.isEmpty, messages.isEmpty || !traits.takesSystem {
            messages.insert(ChatMessage(.user, system), at: 0)
            system = []
        }
        guard let claude = traits.claude else { return (system, messages) }
        while let last = messages.last, last.role == .assistant, !last.hasCalls {
            guard claude.rejectsPrefill || isThinking else {
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
        guard let format = request.outputFormat else { return }
        var feature = ChatFeature.jsonObject
        var isObject = true
        if case .jsonSchema(_, _, let schema, _) = format {
            if traits.takesSchemas { return }
            feature = .jsonSchema
            isObject = schema["type"] == "object" || schema["properties"] != nil
        }
        guard traits.takesTools, traits.takesForcedChoice, isObject else {
            drop(feature)
            return
        }
        outputTool = ChatTool.outputFunction(for: format, besides: request.tools)
    }

    private mutating func toolChoice(_ request: ChatRequest) -> (value: JSONValue?, isForced: Bool) {
        guard outputTool != nil || !request.tools.isEmpty else { return (nil, false) }
        if request.allowsParallelCalls == false { drop(.parallelCalls) }
        var choice = request.toolChoice
        if let outputTool {
            // With tools of the caller's own, the answer's is one of those that must be called.
            switch choice {
            case .named?: break
            case ToolChoice.none?: choice = .named(outputTool.name)
            default: choice = request.tools.isEmpty ? .named(outputTool.name) : .required
            }
        }
        switch choice {
        case .required? where traits.takesForcedChoice: return (["any": .object([])], true)
        case .named(let name)? where traits.takesForcedChoice:
            return (["tool": .object([JSONValue.Member("name", .string(name))])], true)
        case .required?, .named?:
            drop(.toolChoice)
            return (nil, false)
        case .auto?: return (["auto": .object([])], false)
        case ToolChoice.none?, nil: return (nil, false)
        }
    }

    private mutating func tools(_ request: ChatRequest, _ marks: inout AnthropicCacheMarks) -> [JSONValue] {
        let called = request.calledTools
        var tools: [JSONValue] = []
        // There is no choice of none: the tools stay away, unless the conversation's calls need them.
        let isLeftOut = request.toolChoice == ToolChoice.none && outputTool == nil
        if !isLeftOut || !called.isEmpty {
            for tool in request.tools {
                switch tool.kind {
                case .function(let function): tools.append(specification(function))
                case .hosted(.bedrock, _, let value): tools.append(value)
                case .hosted: drop(.hostedTools)
                }
                guard tool.cacheMark != nil else { continue }
                if !traits.takesCachePointsInTools {
                    drop(.cacheMarks)
                } else if let mark = marks.kept(tool.cacheMark) {
                    tools.append(BedrockMessageWriter.cachePoint(mark))
                }
            }
            if isLeftOut, !request.tools.isEmpty { drop(.toolChoice) }
        }
        if let outputTool { tools.append(specification(outputTool)) }
        if tools.isEmpty {
            for name in called { tools.append(specification(ChatTool.Function(name: name))) }
        }
        return tools
    }

    private mutating func specification(_ function: ChatTool.Function) -> JSONValue {
        var members = [JSONValue.Member("name", .string(function.name))]
        if let description = function.description, !description.isEmpty {
            members.append(JSONValue.Member("description", .string(description)))
        }
        var schema = AnthropicSchema.ofTool(function.parameters)
        let isStrict = function.isStrict == true && traits.takesSchemas
        if function.isStrict == true, !isStrict, function.name != outputTool?.name { drop(.strictTools) }
        if isStrict, traits.claude != nil { schema = AnthropicSchema.held(schema) }
        members.append(JSONValue.Member("inputSchema", .object([JSONValue.Member("json", schema)])))
        if isStrict { members.append(JSONValue.Member("strict", true)) }
        return .object([JSONValue.Member("toolSpec", .object(members))])
    }

    private func textFormat(_ request: ChatRequest) -> JSONValue? {
        guard case .jsonSchema(let name, let description, let schema, _)? = request.outputFormat, traits.takesSchemas
        else { return nil }
        let held = traits.claude == nil ? schema : AnthropicSchema.held(schema)
        // The schema is a text here.
        var members = [
            JSONValue.Member("schema", .string(String(buffer: held.buffer))), JSONValue.Member("name", .string(name)),
        ]
        if let description { members.append(JSONValue.Member("description", .string(description))) }
        return ["type": "json_schema", "structure": ["jsonSchema": .object(members)]]
    }

    // MARK: Inference

    private mutating func writeInference(_ request: ChatRequest, forcesCall: Bool) {
        let most = target.entry?.maximumOutputTokens ?? .max
        var limit = request.maximumOutputTokens.map { min($0, most) }
        writeThinking(request, limit: &limit, forcesCall: forcesCall)
        func add(_ name: String, _ value: JSONValue) { inference.append(JSONValue.Member(name, value)) }
        if let limit { add("maxTokens", .integer(limit)) }
        let sampling = request.sampling
        let isRefused = traits.claude.map { $0.rejectsSampling || isThinking } ?? target.rejects("sampling_params")
        // 1 is what the model does anyway.
        let temperature = sampling.temperature == 1 && sampling.topP != nil ? nil : sampling.temperature
        if let temperature {
            if isRefused ? temperature != 1 : !(0...1).contains(temperature) {
                drop(.temperature)
            } else if !isRefused {
                add("temperature", .real(temperature))
            }
        }
        if let topP = sampling.topP, topP != 1 || traits.claude == nil {
            let hasTemperature = inference.contains { $0.name == "temperature" }
            let clashes = hasTemperature && traits.claude?.rejectsTemperatureWithTopP == true
            if isRefused || clashes || !(0...1).contains(topP) { drop(.topP) } else { add("topP", .real(topP)) }
        }
        let stops = request.stopSequences.filter { $0.contains { !$0.isWhitespace } }
        if stops.count < request.stopSequences.count { drop(.stop) }
        if !stops.isEmpty { add("stopSequences", .array(stops.map { .string($0) })) }
        if let topK = sampling.topK {
            if let field = traits.topKField, !isRefused, topK >= 0 {
                let member = JSONValue.Member(field.name, .integer(topK))
                additional.append(field.parent.map { JSONValue.Member($0, .object([member])) } ?? member)
            } else {
                drop(.topK)
            }
        }
        if let penalty = sampling.frequencyPenalty, penalty != 0 { drop(.frequencyPenalty) }
        if let penalty = sampling.presencePenalty, penalty != 0 { drop(.presencePenalty) }
        if sampling.seed != nil { drop(.seed) }
        if sampling.logitBias != nil { drop(.logitBias) }
        if request.logProbabilities != nil { drop(.logProbabilities) }
        if request.choices > 1 { drop(.choices) }
    }

    private mutating func writeThinking(_ request: ChatRequest, limit: inout Int64?, forcesCall: Bool) {
        switch traits.thinking {
        case .claude:
            guard let claude = traits.claude else { return }
            let outputLimit = claude.outputLimit(request.maximumOutputTokens)
            let thinking = AnthropicThinking(
                request.reasoning, claude, outputLimit: outputLimit,
                AnthropicThinking.Obstacles(forcesCall: forcesCall, lacksThought: request.lacksThoughtForCalls))
            isThinking = thinking.isOn
            if thinking.isDropped { drop(.reasoning) }
            if let member = thinking.member {
                additional.append(JSONValue.Member("thinking", member))
                // A budget must stay below the limit, so there must be one.
                if member["budget_tokens"] != nil { limit = outputLimit }
            }
            if let effort = thinking.effort {
                additional.append(JSONValue.Member("output_config", ["effort": .string(effort)]))
            }
        case .nova, .effort:
            guard let wish = request.reasoning, !wish.isDisabled, wish.effort != "none" else {
                if traits.thinking == .effort, request.reasoning != nil { drop(.reasoning) }
                return
            }
            let effort = BedrockChatRequestWriter.effort(of: wish)
            let member: JSONValue.Member =
                traits.thinking == .effort
                ? JSONValue.Member("reasoning_effort", .string(effort))
                : JSONValue.Member(
                    "reasoningConfig", ["type": "enabled", "maxReasoningEffort": .string(effort)])
            additional.append(member)
        case .none:
            guard let wish = request.reasoning, !wish.isDisabled, wish.effort != "none" else { return }
            drop(.reasoning)
        }
    }

    /// One of three efforts.
    private static func effort(of wish: ReasoningWish) -> String {
        switch wish.effort {
        case "minimal", "low": return "low"
        case "medium": return "medium"
        case "high", "xhigh", "max": return "high"
        default: break
        }
        switch wish.budgetTokens {
        case nil: return "medium"
        case let budget? where budget <= 2048: return "low"
        case let budget?: return budget <= 12_288 ? "medium" : "high"
        }
    }

    // MARK: Account

    private static let tiers = [
        "default": "default", "standard": "default", "standard_only": "default", "flex": "flex",
        "priority": "priority", "reserved": "reserved",
    ]

    private mutating func writeAccount(_ request: ChatRequest, _ members: inout [JSONValue.Member]) {
        if let tier = request.serviceTier {
            if let known = BedrockChatRequestWriter.tiers[tier] {
                members.append(JSONValue.Member("serviceTier", ["type": .string(known)]))
            } else if tier != "auto" {
                drop(.serviceTier)
            }
        }
        if !request.metadata.isEmpty {
            if request.metadata.count <= 16, request.metadata.allSatisfy(BedrockChatRequestWriter.isLabel) {
                members.append(JSONValue.Member("requestMetadata", .object(request.metadata)))
            } else {
                drop(.metadata)
            }
        }
        if request.endUser != nil { drop(.endUser) }
        // Nothing is kept anyway.
        if request.store == true { drop(.store) }
    }

    /// Whether a label fits Bedrock's letters and lengths.
    private static func isLabel(_ member: JSONValue.Member) -> Bool {
        func fits(_ text: String) -> Bool {
            text.utf8.count <= 256
                && text.utf8.allSatisfy { byte in
                    (48...57).contains(byte) || (65...90).contains(byte & 0xDF) || " :_@$#=/+,-.".utf8.contains(byte)
                }
        }
        guard let value = member.value.string, !member.name.isEmpty else { return false }
        return fits(member.name) && fits(value)
    }
}
