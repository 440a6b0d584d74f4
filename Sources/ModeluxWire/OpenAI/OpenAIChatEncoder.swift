import ModeluxCore
public import NIOCore

/// Writes a streamed answer as chat completion chunks, event by event, straight into the bytes.
///
/// What is written is what OpenAI's own SDKs accumulate: the role with a choice's first delta, one reason to end, a last
/// chunk with the usage for those who asked for it, `[DONE]`. Thoughts go out as in `OpenAIChatResponse.encode`.
public struct OpenAIChatEncoder: ChatStreamEncoder {
    private let created: Int64
    private let includesUsage: Bool
    private var id: String
    private var model: String
    private var serviceTier: String?
    private var usage: Usage?
    private var choices: [Choice] = []
    /// What each chunk begins and ends with; made anew when id, model or tier change.
    private var head = ByteBuffer()
    private var tail = ByteBuffer()
    private var hasWritten = false

    private static let mostChoices = 128

    private struct Choice {
        var part = Part.none
        /// How many tool calls have begun.
        var callCount = 0
        /// How many thoughts have begun.
        var thoughtCount = 0
        var hasArguments = false
        var hasRole = false
        var hasRefusal = false
    }

    private enum Part {
        case none, text, refusal, thinking, call
    }

    /// Makes an encoder.
    /// - Parameters:
    ///   - id: the id that the caller sees where the provider gives none.
    ///   - model: the model that the caller sees where the provider names none.
    ///   - created: seconds since 1970.
    ///   - includesUsage: whether the caller asked for the usage (`stream_options.include_usage`).
    public init(id: String, model: String, created: Int64, includesUsage: Bool) {
        self.id = id
        self.model = model
        self.created = created
        self.includesUsage = includesUsage
        makeFrame()
    }

    /// Appends the bytes of an event; many have none.
    public mutating func write(_ event: ChatEvent, to buffer: inout ByteBuffer) {
        switch event {
        case .start(let id, let model):
            if !id.isEmpty { self.id = id }
            if !model.isEmpty { self.model = model }
            makeFrame()
        case .partStart(let index, let kind): partStart(index, kind, &buffer)
        case .text(let index, let text): self.text(index, text, &buffer)
        case .arguments(let index, let text): arguments(index, text, &buffer)
        case .signature(let index, let signature): self.signature(index, signature, &buffer)
        case .partStop(let index): partStop(index, &buffer)
        case .logProbabilities(let index, let value): logProbabilities(index, value, &buffer)
        case .finish(let index, let reason, let stopSequence): finish(index, reason, stopSequence, &buffer)
        case .usage(let usage): self.usage = usage
        case .serviceTier(let tier):
            serviceTier = tier
            makeFrame()
        case .ping: if hasWritten { buffer.writeStaticString(": ping\n\n") }
        case .failure(let failure): buffer.writeImmutableBuffer(OpenAIError.event(for: failure))
        case .sideUsage, .end: break
        }
    }

    /// Appends what ends the stream: the usage, if the caller asked for it, and `[DONE]`.
    public mutating func close(to buffer: inout ByteBuffer) {
        if includesUsage, let usage {
            var members: [JSONValue.Member] = [
                JSONValue.Member("id", .string(id)), JSONValue.Member("object", "chat.completion.chunk"),
                JSONValue.Member("created", .integer(created)), JSONValue.Member("model", .string(model)),
                JSONValue.Member("system_fingerprint", .null), JSONValue.Member("choices", []),
                JSONValue.Member("usage", OpenAIUsage.value(of: usage)),
            ]
            if let serviceTier { members.append(JSONValue.Member("service_tier", .string(serviceTier))) }
            buffer.writeStaticString("data: ")
            JSONValue.object(members).write(to: &buffer)
            buffer.writeStaticString("\n\n")
        }
        buffer.writeStaticString("data: [DONE]\n\n")
    }

    // MARK: Parts

    private mutating func partStart(_ index: Int, _ kind: ContentPart.Kind, _ buffer: inout ByteBuffer) {
        guard let place = place(index) else { return }
        switch kind {
        case .text(let text):
            choices[place].part = .text
            if !text.isEmpty { self.text(index, text, &buffer) }
        case .refusal(let text):
            choices[place].part = .refusal
            choices[place].hasRefusal = true
            if !text.isEmpty { self.text(index, text, &buffer) }
        case .thinking(let thinking):
            choices[place].part = .thinking
            choices[place].thoughtCount += 1
            if !thinking.text.isEmpty { self.text(index, thinking.text, &buffer) }
            if thinking.sealed != nil {
                details(place, Thinking("", signature: thinking.signature, sealed: thinking.sealed), &buffer)
            }
        case .toolCall(let call):
            choices[place].part = .call
            choices[place].callCount += 1
            choices[place].hasArguments = !call.arguments.isEmpty
            let isFirst = !choices[place].hasRole
            begin(place, &buffer)
            if isFirst { buffer.writeStaticString(#""content":null,"#) }
            buffer.writeStaticString(#""tool_calls":[{"index":"#)
            buffer.writeString(String(choices[place].callCount - 1))
            buffer.writeStaticString(#","id":"#)
            JSONString.append(escaped: call.id, to: &buffer)
            buffer.writeStaticString(#","type":"function","function":{"name":"#)
            JSONString.append(escaped: call.name, to: &buffer)
            buffer.writeStaticString(#","arguments":"#)
            JSONString.append(escaped: call.arguments, to: &buffer)
            buffer.writeStaticString("}")
            if let signature = call.signature { extraContent(signature, &buffer) }
            buffer.writeStaticString("}]")
            end(&buffer)
        case .image(let media):
            choices[place].part = .none
            guard case .base64(let data) = media.source else { return }
            begin(place, &buffer)
            buffer.writeStaticString(#""images":["#)
            OpenAIReasoning.image(data, mediaType: media.mediaType).write(to: &buffer)
            buffer.writeStaticString("]")
            end(&buffer)
        case .document, .audio, .video, .toolResult, .foreign: choices[place].part = .none
        }
    }

    private mutating func text(_ index: Int, _ text: String, _ buffer: inout ByteBuffer) {
        guard let place = place(index), !text.isEmpty else { return }
        switch choices[place].part {
        case .text:
            begin(place, &buffer)
            buffer.writeStaticString(#""content":"#)
            JSONString.append(escaped: text, to: &buffer)
        case .refusal:
            begin(place, &buffer)
            buffer.writeStaticString(#""refusal":"#)
            JSONString.append(escaped: text, to: &buffer)
        case .thinking:
            begin(place, &buffer)
            buffer.writeStaticString(#""reasoning_content":"#)
            JSONString.append(escaped: text, to: &buffer)
            buffer.writeStaticString(#","reasoning_details":[{"type":"reasoning.text","text":"#)
            JSONString.append(escaped: text, to: &buffer)
            buffer.writeStaticString(#","index":"#)
            buffer.writeString(String(choices[place].thoughtCount - 1))
            buffer.writeStaticString("}]")
        case .none, .call: return
        }
        end(&buffer)
    }

    private mutating func arguments(_ index: Int, _ text: String, _ buffer: inout ByteBuffer) {
        guard let place = place(index), choices[place].callCount > 0, !text.isEmpty else { return }
        choices[place].hasArguments = true
        begin(place, &buffer)
        buffer.writeStaticString(#""tool_calls":[{"index":"#)
        buffer.writeString(String(choices[place].callCount - 1))
        buffer.writeStaticString(#","function":{"arguments":"#)
        JSONString.append(escaped: text, to: &buffer)
        buffer.writeStaticString("}}]")
        end(&buffer)
    }

    private mutating func signature(_ index: Int, _ signature: Signature, _ buffer: inout ByteBuffer) {
        guard let place = place(index) else { return }
        switch choices[place].part {
        case .thinking: details(place, Thinking("", signature: signature), &buffer)
        case .call where signature.origin == .gemini:
            begin(place, &buffer)
            buffer.writeStaticString(#""tool_calls":[{"index":"#)
            buffer.writeString(String(choices[place].callCount - 1))
            extraContent(signature, &buffer)
            buffer.writeStaticString("}]")
            end(&buffer)
        case .none, .text, .refusal, .call: return
        }
    }

    private mutating func partStop(_ index: Int, _ buffer: inout ByteBuffer) {
        guard let place = place(index) else { return }
        // A call without arguments has an empty object of them.
        if choices[place].part == .call, !choices[place].hasArguments { arguments(index, "{}", &buffer) }
        choices[place].part = .none
    }

    private mutating func details(_ place: Int, _ thinking: Thinking, _ buffer: inout ByteBuffer) {
        let details = OpenAIReasoning.details(of: thinking, index: choices[place].thoughtCount - 1)
        begin(place, &buffer)
        buffer.writeStaticString(#""reasoning_details":"#)
        JSONValue.array(details).write(to: &buffer)
        end(&buffer)
    }

    private func extraContent(_ signature: Signature, _ buffer: inout ByteBuffer) {
        guard signature.origin == .gemini else { return }
        buffer.writeStaticString(#","extra_content":{"google":{"thought_signature":"#)
        JSONString.append(escaped: signature.value, to: &buffer)
        buffer.writeStaticString("}}")
    }

    private mutating func logProbabilities(_ index: Int, _ value: JSONValue, _ buffer: inout ByteBuffer) {
        guard let place = place(index) else { return }
        beginEmpty(place, &buffer)
        buffer.writeStaticString(#"},"logprobs":"#)
        value.write(to: &buffer)
        buffer.writeStaticString(#","finish_reason":null"#)
        buffer.writeImmutableBuffer(tail)
    }

    private mutating func finish(
        _ index: Int, _ reason: FinishReason, _ stopSequence: String?, _ buffer: inout ByteBuffer
    ) {
        guard let place = place(index) else { return }
        beginEmpty(place, &buffer)
        buffer.writeStaticString(#"},"logprobs":null,"finish_reason":"#)
        JSONString.append(
            escaped: OpenAIFinish.word(for: reason, hasRefusal: choices[place].hasRefusal), to: &buffer)
        if let stopSequence {
            buffer.writeStaticString(#","stop_reason":"#)
            JSONString.append(escaped: stopSequence, to: &buffer)
        }
        buffer.writeImmutableBuffer(tail)
    }

    // MARK: Frame

    /// Where a choice's state is; nil for a choice that no request can have asked for.
    private mutating func place(_ index: Int) -> Int? {
        guard (0..<OpenAIChatEncoder.mostChoices).contains(index) else { return nil }
        while choices.count <= index { choices.append(Choice()) }
        return index
    }

    /// Begins a chunk up to and with the role, when it is the choice's first; a member follows.
    private mutating func begin(_ place: Int, _ buffer: inout ByteBuffer) {
        hasWritten = true
        buffer.writeImmutableBuffer(head)
        buffer.writeString(String(place))
        buffer.writeStaticString(#","delta":{"#)
        guard !choices[place].hasRole else { return }
        choices[place].hasRole = true
        buffer.writeStaticString(#""role":"assistant","#)
    }

    /// Begins a chunk whose delta says nothing.
    private mutating func beginEmpty(_ place: Int, _ buffer: inout ByteBuffer) {
        let isFirst = !choices[place].hasRole
        begin(place, &buffer)
        if isFirst { buffer.writeStaticString(#""content":"""#) }
    }

    private func end(_ buffer: inout ByteBuffer) {
        buffer.writeStaticString(#"},"logprobs":null,"finish_reason":null"#)
        buffer.writeImmutableBuffer(tail)
    }

    private mutating func makeFrame() {
        head.clear()
        head.writeStaticString(#"data: {"id":"#)
        JSONString.append(escaped: id, to: &head)
        head.writeStaticString(#","object":"chat.completion.chunk","created":"#)
        head.writeString(String(created))
        head.writeStaticString(#","model":"#)
        JSONString.append(escaped: model, to: &head)
        head.writeStaticString(#","system_fingerprint":null,"choices":[{"index":"#)
        tail.clear()
        tail.writeStaticString("}]")
        if let serviceTier {
            tail.writeStaticString(#","service_tier":"#)
            JSONString.append(escaped: serviceTier, to: &tail)
        }
        if includesUsage { tail.writeStaticString(#","usage":null"#) }
        tail.writeStaticString("}\n\n")
    }
}
