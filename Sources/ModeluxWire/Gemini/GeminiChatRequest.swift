public import ModeluxCore

/// Chat requests of Google's `generateContent`. The model and whether to stream are in the address, not in the body.
public enum GeminiChatRequest {
    /// Writes a request for a model.
    /// - Throws: `Failure` of kind `unsupportedParameter` for what would change the meaning when it is left out, such
    ///   as the address of an image that the model does not fetch.
    public static func encode(_ request: ChatRequest, for target: ChatTarget) throws(Failure) -> EncodedRequest {
        let model = GeminiModel(target.model)
        var dropped: [ChatFeature] = []
        let turns = try GeminiContents(request.messages, model: model)
        dropped += turns.dropped
        var contents = turns.contents
        let system = request.system + turns.laterInstructions
        if !model.cachesByItself, system.contains(where: { $0.cacheMark != nil }) { dropped.append(.cacheMarks) }
        let instructions = texts(system)
        var members: [JSONValue.Member] = []
        var systemParts = instructions
        if contents.isEmpty, !instructions.isEmpty {
            // A conversation of instructions alone is none: they are what the model is asked.
            contents = [.object([JSONValue.Member("role", "user"), JSONValue.Member("parts", .array(instructions))])]
            systemParts = []
        }
        members.append(JSONValue.Member("contents", .array(contents)))
        if !systemParts.isEmpty {
            let parts = JSONValue.Member("parts", .array(systemParts))
            members.append(JSONValue.Member("systemInstruction", .object([parts])))
        }
        let form = GeminiOutputForm(request, model: model)
        let tools = GeminiTools(request, model: model, outputTool: form.tool)
        dropped += tools.dropped + form.dropped
        members += tools.members
        let config = try configuration(request, target, model, form, &dropped)
        if !config.isEmpty { members.append(JSONValue.Member("generationConfig", .object(config))) }
        if let tier = request.serviceTier {
            if let known = tiers[tier] {
                members.append(JSONValue.Member("serviceTier", .string(known)))
            } else if !usualTiers.contains(tier) {
                dropped.append(.serviceTier)
            }
        }
        if request.endUser != nil { dropped.append(.endUser) }
        if !request.metadata.isEmpty { dropped.append(.metadata) }
        // Nothing is kept anyway.
        if request.store == true { dropped.append(.store) }
        return EncodedRequest(
            body: JSONValue.object(members).buffer,
            dropped: ChatFeature.names(dropped) + request.unmapped, outputTool: form.tool?.name)
    }

    /// The tiers as Google calls them, by OpenAI's and Anthropic's words.
    private static let tiers = [
        "standard": "standard", "standard_only": "standard", "flex": "flex", "priority": "priority",
    ]
    /// What is not said, since it asks for nothing: Vertex, which has no such member, would refuse the request for it.
    private static let usualTiers: Set<String> = ["auto", "default"]

    private static func texts(_ parts: [ContentPart]) -> [JSONValue] {
        parts.compactMap { part in
            guard case .text(let text) = part.kind, !text.isEmpty else { return nil }
            return .object([JSONValue.Member("text", .string(text))])
        }
    }

    private static func configuration(
        _ request: ChatRequest, _ target: ChatTarget, _ model: GeminiModel, _ form: GeminiOutputForm,
        _ dropped: inout [ChatFeature]
    ) throws(Failure) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        func add(_ name: String, _ value: JSONValue?) {
            if let value { members.append(JSONValue.Member(name, value)) }
        }
        let sampling = request.sampling
        if target.rejects("sampling_params") {
            if sampling.temperature != nil { dropped.append(.temperature) }
            if sampling.topP != nil { dropped.append(.topP) }
            if sampling.topK != nil { dropped.append(.topK) }
        } else {
            add("temperature", sampling.temperature.map(JSONValue.real))
            add("topP", sampling.topP.map(JSONValue.real))
            add("topK", sampling.topK.map { .integer($0) })
        }
        // More than the model can write is an error, and means as much as it can.
        let most = target.entry?.maximumOutputTokens ?? .max
        add("maxOutputTokens", request.maximumOutputTokens.map { .integer(min($0, most)) })
        if !request.stopSequences.isEmpty {
            if request.stopSequences.count > 5 { dropped.append(.stop) }
            add("stopSequences", .array(request.stopSequences.prefix(5).map { .string($0) }))
        }
        if request.choices > 1 { add("candidateCount", .integer(request.choices)) }
        if let seed = sampling.seed {
            if Int32(exactly: seed) != nil { add("seed", .integer(seed)) } else { dropped.append(.seed) }
        }
        add("presencePenalty", sampling.presencePenalty.map(JSONValue.real))
        add("frequencyPenalty", sampling.frequencyPenalty.map(JSONValue.real))
        if sampling.logitBias != nil { dropped.append(.logitBias) }
        if let logProbabilities = request.logProbabilities {
            add("responseLogprobs", true)
            if logProbabilities.alternatives > 0 { add("logprobs", .integer(logProbabilities.alternatives)) }
        }
        members += form.members
        if let wish = request.reasoning {
            let (config, isMet) = GeminiThinking.config(for: wish, model: model)
            if !isMet { dropped.append(.reasoning) }
            add("thinkingConfig", config)
        }
        return members
    }
}

/// What form the answer must have: by `responseMimeType`, or by a function where the model takes no form together with
/// functions.
struct GeminiOutputForm {
    /// Members of `generationConfig`.
    private(set) var members: [JSONValue.Member] = []
    /// The function whose arguments are the answer.
    private(set) var tool: ChatTool.Function?
    /// What could not be had.
    private(set) var dropped: [ChatFeature] = []

    init(_ request: ChatRequest, model: GeminiModel) {
        guard let format = request.outputFormat else { return }
        let hasFunctions = request.tools.contains { if case .function = $0.kind { true } else { false } }
        if hasFunctions, request.toolChoice != ToolChoice.none, !model.takesFormWithTools {
            if case .jsonObject = format {
                // A function with no schema would be called with nothing.
                dropped.append(.jsonObject)
            } else {
                tool = ChatTool.outputFunction(for: format, besides: request.tools)
            }
            return
        }
        members.append(JSONValue.Member("responseMimeType", "application/json"))
        guard case .jsonSchema(_, _, let schema, _) = format else { return }
        if model.generation >= 2 {
            members.append(JSONValue.Member("responseJsonSchema", schema))
        } else if let subset = GeminiSchema.openAPI(schema) {
            members.append(JSONValue.Member("responseSchema", subset))
        } else {
            dropped.append(.jsonSchema)
        }
    }
}
