import ModeluxCore

/// Thoughts and their proofs in OpenAI's shape, which has no place of its own for them.
///
/// What we write: the text in `reasoning_content`, and text, proof and sealed form in `reasoning_details`, an array in
/// the form that OpenRouter made common: `{"type":"reasoning.text","text","signature","format","index"}` and
/// `{"type":"reasoning.encrypted","data","format","index"}`; a proof of Gemini's on a tool call in its
/// `extra_content.google.thought_signature`, as Google's own OpenAI-shaped endpoint has it. A caller that hands a
/// message back as it came hands the proofs back. What we read: these, and LiteLLM's `thinking_blocks`.
enum OpenAIReasoning {
    /// The thoughts of a message that a caller hands back, or of an answer.
    static func thoughts(of message: JSONValue) -> [ContentPart] {
        if let details = message.member("reasoning_details")?.elements, !details.isEmpty {
            return thoughts(ofDetails: details, message).map { ContentPart(.thinking($0)) }
        }
        if let blocks = message.member("thinking_blocks")?.elements, !blocks.isEmpty {
            return blocks.map { ContentPart(.thinking(thought(ofPart: $0))) }
        }
        let text = message.member("reasoning_content")?.string ?? message.member("reasoning")?.string
        guard let text, !text.isEmpty else { return [] }
        return [ContentPart(.thinking(Thinking(text)))]
    }

    /// A thinking part of a message's content: Anthropic's, or Mistral's with a list of texts.
    static func thought(ofPart part: JSONValue) -> Thinking {
        let text: String =
            switch part.member("thinking") ?? part.member("text") ?? part.member("reasoning") {
            case .string(let text): text
            case .array(let elements): elements.compactMap { $0["text"]?.string ?? $0.string }.joined()
            default: ""
            }
        return Thinking(
            text, signature: part.member("signature")?.string.map { Signature(carried: $0) },
            sealed: part.member("data")?.string)
    }

    /// The proof on a tool call.
    static func signature(of call: JSONValue) -> Signature? {
        let google = call.member("extra_content")?.member("google")?.member("thought_signature")?.string
        return google.map { Signature($0, origin: .gemini) }
    }

    /// The proof of a tool call that OpenRouter puts among the message's details, under the call's id.
    static func signature(ofCall id: String, in message: JSONValue) -> Signature? {
        for detail in message.member("reasoning_details")?.elements ?? []
        where detail["id"]?.string == id && origin(of: detail) == .gemini {
            if let data = detail["data"]?.string { return Signature(data, origin: .gemini) }
        }
        return nil
    }

    /// A tool call with its proof, if it has one.
    static func value(of call: ToolCall) -> JSONValue {
        var members: [JSONValue.Member] = [
            JSONValue.Member("id", .string(call.id)), JSONValue.Member("type", "function"),
            JSONValue.Member(
                "function",
                ["name": .string(call.name), "arguments": .string(call.arguments.isEmpty ? "{}" : call.arguments)]),
        ]
        if let signature = call.signature, signature.origin == .gemini {
            members.append(
                JSONValue.Member("extra_content", ["google": ["thought_signature": .string(signature.value)]]))
        }
        return .object(members)
    }

    /// An image of an answer, as OpenRouter gives it.
    static func image(_ base64: String, mediaType: String?) -> JSONValue {
        let type = mediaType ?? MediaType.sniffed(base64: base64) ?? "image/png"
        return [
            "type": "image_url", "image_url": ["url": .string(DataURL.text(mediaType: type, base64: base64))],
        ]
    }

    /// The elements of `reasoning_details` for a thought.
    static func details(of thinking: Thinking, index: Int) -> [JSONValue] {
        var result: [JSONValue] = []
        let format: JSONValue = .string(formatName(thinking.signature?.origin ?? .anthropic))
        if !thinking.text.isEmpty || (thinking.signature != nil && thinking.sealed == nil) {
            var members: [JSONValue.Member] = [
                JSONValue.Member("type", "reasoning.text"), JSONValue.Member("text", .string(thinking.text)),
            ]
            if let signature = thinking.signature {
                members.append(JSONValue.Member("signature", .string(signature.value)))
                members.append(JSONValue.Member("format", format))
            }
            members.append(JSONValue.Member("index", .integer(index)))
            result.append(.object(members))
        }
        if let sealed = thinking.sealed {
            result.append([
                "type": "reasoning.encrypted", "data": .string(sealed), "format": format, "index": .integer(index),
            ])
        }
        return result
    }

    /// The thoughts of details, which a client of a stream may hand back in the pieces in which they came.
    private static func thoughts(ofDetails details: [JSONValue], _ message: JSONValue) -> [Thinking] {
        var result: [Thinking] = []
        var lastIndex: Int64?
        for detail in details {
            guard let thought = thought(ofDetail: detail) else { continue }
            let index = detail["index"]?.exactInteger
            if let index, index == lastIndex, thought.sealed == nil, let last = result.indices.last,
                result[last].signature == nil, result[last].sealed == nil
            {
                result[last].text += thought.text
                result[last].signature = thought.signature
            } else {
                result.append(thought)
            }
            lastIndex = index
        }
        if result.count == 1, result[0].text.isEmpty, result[0].sealed == nil {
            result[0].text = message.member("reasoning_content")?.string ?? message.member("reasoning")?.string ?? ""
        }
        return result
    }

    static func thought(ofDetail detail: JSONValue) -> Thinking? {
        let origin = origin(of: detail)
        switch detail["type"]?.string {
        case "reasoning.text":
            let signature = detail.member("signature")?.string.map { Signature($0, origin: origin) }
            return Thinking(detail.member("text")?.string ?? "", signature: signature)
        case "reasoning.encrypted":
            // One that belongs to a tool call is that call's proof.
            guard origin != .gemini, let data = detail.member("data")?.string else { return nil }
            return Thinking("", signature: origin == .openai ? Signature(data, origin: .openai) : nil, sealed: data)
        case "reasoning.summary": return Thinking(detail.member("summary")?.string ?? "")
        default: return nil
        }
    }

    private static func origin(of detail: JSONValue) -> ChatDialect {
        guard let format = detail["format"]?.string else { return .anthropic }
        if format.hasPrefix("google") { return .gemini }
        return format.hasPrefix("openai") || format.hasPrefix("xai") ? .openai : .anthropic
    }

    static func formatName(_ origin: ChatDialect) -> String {
        switch origin {
        case .anthropic, .bedrock: "anthropic-claude-v1"
        case .gemini: "google-gemini-v1"
        case .openai: "openai-responses-v1"
        }
    }
}
