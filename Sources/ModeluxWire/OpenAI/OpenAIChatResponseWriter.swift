import ModeluxCore

extension OpenAIChatResponse {
    /// An answer as a caller of chat completions gets it. Thoughts stand in `reasoning_content`, with their proofs in
    /// `reasoning_details`; a sequence that stopped the answer in the choice's `stop_reason`, as vLLM has it.
    /// - Parameters:
    ///   - response: the provider's answer.
    ///   - id: the id that the caller sees.
    ///   - model: the model that the caller sees.
    ///   - created: seconds since 1970.
    /// - Returns: the body.
    public static func encode(_ response: ChatResponse, id: String, model: String, created: Int64) -> JSONValue {
        var members: [JSONValue.Member] = [
            JSONValue.Member("id", .string(id)), JSONValue.Member("object", "chat.completion"),
            JSONValue.Member("created", .integer(created)), JSONValue.Member("model", .string(model)),
        ]
        var choices = response.choices.enumerated().map { value(of: $1, index: $0) }
        if choices.isEmpty {
            // A prompt that was blocked has no answer elsewhere; here there is always one.
            choices = [value(of: ChatResponse.Choice(parts: [], finish: .contentFilter), index: 0)]
        }
        members.append(JSONValue.Member("choices", .array(choices)))
        if let usage = response.usage { members.append(JSONValue.Member("usage", OpenAIUsage.value(of: usage))) }
        if let tier = response.serviceTier { members.append(JSONValue.Member("service_tier", .string(tier))) }
        members.append(JSONValue.Member("system_fingerprint", .null))
        return .object(members)
    }

    private static func value(of choice: ChatResponse.Choice, index: Int) -> JSONValue {
        var message = OpenAIMessageParts()
        for part in choice.parts { message.add(part) }
        var members: [JSONValue.Member] = [
            JSONValue.Member("index", .integer(index)), JSONValue.Member("message", message.value),
            JSONValue.Member("logprobs", choice.logProbabilities ?? .null),
            JSONValue.Member(
                "finish_reason",
                .string(OpenAIFinish.word(for: choice.finish, hasRefusal: message.refusal != nil))),
        ]
        if let stop = choice.stopSequence { members.append(JSONValue.Member("stop_reason", .string(stop))) }
        return .object(members)
    }
}

/// The parts of an answer, sorted into the members of OpenAI's message.
private struct OpenAIMessageParts {
    private var text: String?
    private(set) var refusal: String?
    private var reasoning = ""
    private var details: [JSONValue] = []
    private var calls: [JSONValue] = []
    private var images: [JSONValue] = []
    private var thoughtCount = 0

    mutating func add(_ part: ContentPart) {
        switch part.kind {
        case .text(let more): text = (text ?? "") + more
        case .refusal(let more): refusal = (refusal ?? "") + more
        case .thinking(let thinking):
            reasoning += thinking.text
            details += OpenAIReasoning.details(of: thinking, index: thoughtCount)
            thoughtCount += 1
        case .toolCall(let call): calls.append(OpenAIReasoning.value(of: call))
        case .image(let media):
            if case .base64(let data) = media.source {
                images.append(OpenAIReasoning.image(data, mediaType: media.mediaType))
            }
        case .document, .audio, .video, .toolResult, .foreign: break
        }
    }

    var value: JSONValue {
        var members: [JSONValue.Member] = [
            JSONValue.Member("role", "assistant"),
            JSONValue.Member("content", text.map { .string($0) } ?? .null),
            JSONValue.Member("refusal", refusal.map { .string($0) } ?? .null),
        ]
        if !reasoning.isEmpty { members.append(JSONValue.Member("reasoning_content", .string(reasoning))) }
        if !details.isEmpty { members.append(JSONValue.Member("reasoning_details", .array(details))) }
        if !calls.isEmpty { members.append(JSONValue.Member("tool_calls", .array(calls))) }
        if !images.isEmpty { members.append(JSONValue.Member("images", .array(images))) }
        members.append(JSONValue.Member("annotations", []))
        return .object(members)
    }
}
