import ModeluxCore

/// Reads the members of a caller's chat request, one after another.
struct OpenAIChatRequestReader {
    private var request = ChatRequest()
    private var messages: OpenAIMessageReader?
    private var tools = OpenAIToolReader()
    private var maximumTokens: Int64?
    private var maximumCompletionTokens: Int64?
    private var wantsLogProbabilities = false
    private var alternatives: Int64?
    private var user: String?
    private var safetyIdentifier: String?
    private var reasoning = OpenAIReasoningWish()

    mutating func read(_ name: String, _ value: JSONValue) throws(Failure) {
        switch name {
        case "model", "stream_options": break
        case "messages": try readMessages(value)
        case "stream": request.isStream = try value.flag(at: name)
        case "tools": try tools.readTools(value)
        case "functions": try tools.readFunctions(value)
        case "tool_choice": try tools.readChoice(value)
        case "function_call": try tools.readFunctionCall(value)
        case "parallel_tool_calls": request.allowsParallelCalls = try value.flag(at: name)
        case "response_format": request.outputFormat = try OpenAIChatRequestReader.outputFormat(value)
        case "max_tokens": maximumTokens = try limit(value, name)
        case "max_completion_tokens": maximumCompletionTokens = try limit(value, name)
        case "n": request.choices = try choices(value)
        case "stop": request.stopSequences = try stopSequences(value)
        case "logprobs": wantsLogProbabilities = try value.flag(at: name)
        case "top_logprobs": alternatives = try alternatives(value)
        case "service_tier": request.serviceTier = try value.text(at: name)
        case "user": user = try value.text(at: name)
        case "safety_identifier": safetyIdentifier = try value.text(at: name)
        case "metadata": request.metadata = try value.object(at: name)
        case "store": request.store = try value.flag(at: name)
        case "modalities": try readModalities(value)
        default:
            if try readSampling(name, value) { break }
            if try reasoning.read(name, value) { break }
            if !name.hasPrefix("mlx:") { request.unmapped.append(name) }
        }
    }

    /// The request, when all members have been read.
    consuming func finished() throws(Failure) -> ChatRequest {
        guard let messages else { throw Failure.missing("messages") }
        request.system = messages.system
        request.messages = messages.messages
        request.unmapped += messages.unmapped
        request.tools = try tools.offered()
        request.toolChoice = tools.choice
        request.unmapped += tools.unmapped
        request.maximumOutputTokens = maximumCompletionTokens ?? maximumTokens
        if wantsLogProbabilities {
            request.logProbabilities = ChatRequest.LogProbabilities(alternatives: alternatives ?? 0)
        }
        request.endUser = user ?? safetyIdentifier
        request.reasoning = reasoning.wish
        return request
    }

    private mutating func readMessages(_ value: JSONValue) throws(Failure) {
        let list = try value.list(at: "messages")
        guard !list.isEmpty else {
            throw Failure(.missingField, "\"messages\" must not be empty", parameter: "messages")
        }
        var reader = OpenAIMessageReader(capacity: list.count)
        for (index, message) in list.enumerated() { try reader.read(message, at: index) }
        messages = reader
    }

    private mutating func readSampling(_ name: String, _ value: JSONValue) throws(Failure) -> Bool {
        switch name {
        case "temperature": request.sampling.temperature = try value.realNumber(at: name)
        case "top_p": request.sampling.topP = try value.realNumber(at: name)
        case "top_k": request.sampling.topK = try value.wholeNumber(at: name)
        case "frequency_penalty": request.sampling.frequencyPenalty = try value.realNumber(at: name)
        case "presence_penalty": request.sampling.presencePenalty = try value.realNumber(at: name)
        case "seed": request.sampling.seed = try value.wholeNumber(at: name)
        case "logit_bias": if try !value.object(at: name).isEmpty { request.sampling.logitBias = value }
        default: return false
        }
        return true
    }

    private mutating func readModalities(_ value: JSONValue) throws(Failure) {
        for modality in try value.list(at: "modalities") where try modality.text(at: "modalities") != "text" {
            request.unmapped.append("modalities")
            return
        }
    }

    /// A limit; a negative one means "none" to some local engines.
    private func limit(_ value: JSONValue, _ name: String) throws(Failure) -> Int64? {
        let limit = try value.wholeNumber(at: name)
        return limit < 0 ? nil : limit
    }

    private func choices(_ value: JSONValue) throws(Failure) -> Int64 {
        let count = try value.wholeNumber(at: "n")
        guard (1...128).contains(count) else { throw Failure.wrongKind("n", "a whole number from 1 to 128") }
        return count
    }

    private func alternatives(_ value: JSONValue) throws(Failure) -> Int64 {
        let count = try value.wholeNumber(at: "top_logprobs")
        guard (0...20).contains(count) else { throw Failure.wrongKind("top_logprobs", "a whole number from 0 to 20") }
        return count
    }

    private func stopSequences(_ value: JSONValue) throws(Failure) -> [String] {
        if case .string(let text) = value { return text.isEmpty ? [] : [text] }
        guard case .array(let elements) = value else {
            throw Failure.wrongKind("stop", "a string or an array of strings")
        }
        var result: [String] = []
        for (index, element) in elements.enumerated() { result.append(try element.text(at: "stop[\(index)]")) }
        return result
    }

    static func outputFormat(_ value: JSONValue) throws(Failure) -> OutputFormat? {
        let path = "response_format"
        _ = try value.object(at: path)
        guard let type = value.member("type") else { throw Failure.missing(path + ".type") }
        switch try type.text(at: path + ".type") {
        case "text": return nil
        case "json_object":
            // Fireworks and Together take a schema here.
            guard let schema = value.member("schema") else { return .jsonObject }
            return .jsonSchema(name: "response", description: nil, schema: schema, isStrict: nil)
        case "json_schema":
            guard let format = value.member("json_schema") else { throw Failure.missing(path + ".json_schema") }
            _ = try format.object(at: path + ".json_schema")
            guard let schema = format.member("schema") else { throw Failure.missing(path + ".json_schema.schema") }
            return .jsonSchema(
                name: try format.member("name")?.text(at: path + ".json_schema.name") ?? "response",
                description: try format.member("description")?.text(at: path + ".json_schema.description"),
                schema: schema, isStrict: try format.member("strict")?.flag(at: path + ".json_schema.strict"))
        default:
            throw Failure.wrongKind(path + ".type", "\"text\", \"json_object\" or \"json_schema\"")
        }
    }
}
