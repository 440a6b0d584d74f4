import Crypto
import ModeluxCore

/// Writes a request of the hub in OpenAI's shape, as a vendor and a model take it.
struct OpenAIChatRequestWriter {
    private let target: ChatTarget
    private let traits: OpenAIModelTraits
    private var members: [JSONValue.Member] = []
    private var dropped: [String] = []

    init(_ target: ChatTarget) {
        self.target = target
        traits = OpenAIModelTraits(target)
        members.reserveCapacity(16)
    }

    mutating func write(_ request: ChatRequest) throws(Failure) -> EncodedRequest {
        var messages = OpenAIMessageWriter(traits)
        try messages.write(request)
        for name in messages.dropped { drop(name) }
        add("model", .string(target.model))
        add("messages", .array(messages.messages))
        writeTools(request)
        writeFormat(request)
        // More than the model can write is an error, and means as much as it can.
        let most = target.entry?.maximumOutputTokens ?? .max
        if let limit = request.maximumOutputTokens { add(traits.outputLimitName, .integer(min(limit, most))) }
        let effort = writeReasoning(request)
        writeSampling(request, effort: effort)
        writeStop(request.stopSequences)
        writeAccount(request)
        if request.isStream {
            add("stream", true)
            add("stream_options", ["include_usage": true])
        }
        for name in request.unmapped { drop(name) }
        return EncodedRequest(body: JSONValue.object(members).buffer, dropped: dropped)
    }

    private mutating func add(_ name: String, _ value: JSONValue) {
        members.append(JSONValue.Member(name, value))
    }

    private mutating func drop(_ feature: ChatFeature) { drop(feature.rawValue) }

    private mutating func drop(_ name: String) {
        if !dropped.contains(name) { dropped.append(name) }
    }

    // MARK: Tools and form

    private mutating func writeTools(_ request: ChatRequest) {
        var tools: [JSONValue] = []
        tools.reserveCapacity(request.tools.count)
        for tool in request.tools {
            switch tool.kind {
            case .function(let function): tools.append(written(function))
            case .hosted(.openai, _, let value): tools.append(value)
            case .hosted: drop(.hostedTools)
            }
        }
        guard !tools.isEmpty else {
            // A choice among no tools would be refused, and means nothing.
            return
        }
        add("tools", .array(tools))
        if let choice = request.toolChoice { add("tool_choice", written(choice, ofOnlyOne: tools.count == 1)) }
        if let allowed = request.allowsParallelCalls {
            if !traits.rejectsParallelCalls {
                add("parallel_tool_calls", .bool(allowed))
            } else if !allowed {
                drop(.parallelCalls)
            }
        }
    }

    private mutating func written(_ function: ChatTool.Function) -> JSONValue {
        var result: [JSONValue.Member] = [JSONValue.Member("name", .string(function.name))]
        if let description = function.description {
            result.append(JSONValue.Member("description", .string(description)))
        }
        if let parameters = function.parameters { result.append(JSONValue.Member("parameters", parameters)) }
        if let isStrict = function.isStrict {
            if !isStrict || StrictSchema.allows(function.parameters) {
                result.append(JSONValue.Member("strict", .bool(isStrict)))
            } else {
                drop(.strictTools)
            }
        }
        return ["type": "function", "function": .object(result)]
    }

    private func written(_ choice: ToolChoice, ofOnlyOne isOnlyOne: Bool) -> JSONValue {
        switch choice {
        case .auto: "auto"
        case .none: "none"
        case .required: "required"
        case .named(let name):
            // Azure's open models take a word only; with one tool it means the same.
            traits.vendor == .azure && isOnlyOne && !traits.isOpenAIFamily
                ? "required" : ["type": "function", "function": ["name": .string(name)]]
        }
    }

    private mutating func writeFormat(_ request: ChatRequest) {
        switch request.outputFormat {
        case nil: break
        case .jsonObject: add("response_format", ["type": "json_object"])
        case .jsonSchema(let name, let description, let schema, let isStrict):
            var format: [JSONValue.Member] = [JSONValue.Member("name", .string(name))]
            if let description { format.append(JSONValue.Member("description", .string(description))) }
            format.append(JSONValue.Member("schema", schema))
            // A dialect whose schemas are always strict says nothing of it; so does one whose never are.
            let strict = isStrict ?? (StrictSchema.allows(schema) ? true : nil)
            if let strict { format.append(JSONValue.Member("strict", .bool(strict && StrictSchema.allows(schema)))) }
            add("response_format", ["type": "json_schema", "json_schema": .object(format)])
        }
    }

    // MARK: Thinking and sampling

    /// Writes the effort and says which one it is.
    private mutating func writeReasoning(_ request: ChatRequest) -> String? {
        guard let wish = request.reasoning, let wished = OpenAIChatRequestWriter.effort(of: wish) else { return nil }
        guard traits.takesEffort else {
            if wished != "none" { drop(.reasoning) }
            return nil
        }
        guard let effort = traits.effort(nearest: wished) else {
            // Not to think at all is more than such a model can do.
            let least = traits.effort(nearest: "minimal")
            if let least { add("reasoning_effort", .string(least)) }
            drop(.reasoning)
            return least
        }
        if traits.rejectsEffortWithTools, effort != "none", !request.tools.isEmpty {
            drop(.reasoning)
            return nil
        }
        add("reasoning_effort", .string(effort))
        return effort
    }

    /// The effort that a wish amounts to; nil when it leaves it to the model.
    static func effort(of wish: ReasoningWish) -> String? {
        if wish.isDisabled { return "none" }
        if let effort = wish.effort { return effort }
        guard let budget = wish.budgetTokens, !wish.isAdaptive else { return nil }
        switch budget {
        case ...0: return "none"
        case ...2048: return "low"
        case ...12_288: return "medium"
        default: return "high"
        }
    }

    private mutating func writeSampling(_ request: ChatRequest, effort: String?) {
        let sampling = request.sampling
        let isRefused = traits.rejectsSampling(effort: effort)
        let isGroq = traits.vendor == .groq
        // 1 is what refusing models do anyway.
        number("temperature", sampling.temperature, .temperature, isRefused: isRefused, default: 1)
        number("top_p", sampling.topP, .topP, isRefused: isRefused, default: 1)
        number("frequency_penalty", sampling.frequencyPenalty, .frequencyPenalty, isRefused: isRefused, default: 0)
        number("presence_penalty", sampling.presencePenalty, .presencePenalty, isRefused: isRefused, default: 0)
        if let topK = sampling.topK {
            if traits.isOpenAI || isGroq { drop(.topK) } else { add("top_k", .integer(topK)) }
        }
        if let seed = sampling.seed { add("seed", .integer(seed)) }
        if let bias = sampling.logitBias {
            if isRefused || isGroq { drop(.logitBias) } else { add("logit_bias", bias) }
        }
        if let wanted = request.logProbabilities {
            if isRefused || isGroq {
                drop(.logProbabilities)
            } else {
                add("logprobs", true)
                if wanted.alternatives > 0 { add("top_logprobs", .integer(wanted.alternatives)) }
            }
        }
        if request.choices > 1 {
            if isGroq { drop(.choices) } else { add("n", .integer(request.choices)) }
        }
    }

    private mutating func number(
        _ name: String, _ value: Double?, _ feature: ChatFeature, isRefused: Bool, default usual: Double
    ) {
        guard let value else { return }
        if !isRefused {
            add(name, .real(value))
        } else if value != usual {
            drop(feature)
        }
    }

    private mutating func writeStop(_ sequences: [String]) {
        guard !sequences.isEmpty else { return }
        guard !traits.rejectsStop else { return drop(.stop) }
        let most = traits.vendor == .openaiCompatible ? sequences.count : 4
        if sequences.count > most { drop(.stop) }
        add("stop", .array(sequences.prefix(most).map { .string($0) }))
    }

    // MARK: Account

    private mutating func writeAccount(_ request: ChatRequest) {
        if let tier = request.serviceTier {
            if let word = serviceTier(tier) { add("service_tier", .string(word)) } else { drop(.serviceTier) }
        }
        if let user = request.endUser {
            add(traits.vendor == .openai ? "safety_identifier" : "user", .string(endUser(user)))
        }
        if let store = request.store {
            if traits.isOpenAI { add("store", .bool(store)) } else if store { drop(.store) }
        }
        guard !request.metadata.isEmpty else { return }
        // OpenAI takes labels only for what it may keep.
        if traits.isOpenAI, request.store == true {
            add("metadata", .object(request.metadata))
        } else {
            drop(.metadata)
        }
    }

    /// The vendor's word for a tier; nil when it has none.
    private func serviceTier(_ tier: String) -> String? {
        switch (traits.vendor, tier) {
        case (.groq, "standard_only"), (.groq, "default"): "on_demand"
        case (.groq, _): ["auto", "on_demand", "flex", "performance"].contains(tier) ? tier : nil
        case (.openai, "standard_only"), (.azure, "standard_only"): "default"
        case (.openai, _), (.azure, _):
            ["auto", "default", "flex", "scale", "priority", "ultrafast"].contains(tier) ? tier : nil
        case (_, "auto"): "auto"
        default: nil
        }
    }

    /// The SHA-256 of a text in 64 hexadecimal digits.
    static func digest(_ text: String) -> String {
        var result = ""
        for byte in SHA256.hash(data: Array(text.utf8)) {
            let digits = String(byte, radix: 16)
            result += digits.utf8.count == 1 ? "0" + digits : digits
        }
        return result
    }

    /// The end user; a name longer than OpenAI takes is replaced by its hash, which is as good to tell users apart.
    private func endUser(_ user: String) -> String {
        user.utf8.count > 64 ? OpenAIChatRequestWriter.digest(user) : user
    }
}
