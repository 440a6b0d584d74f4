import ModeluxCore
public import NIOCore

/// Writes the hub's events as a stream of Anthropic's: `message_start`, a `ping`, blocks one after another with their
/// indexes, `message_delta` with the reason and the usage, `message_stop`.
///
/// The first event waits for the second: where the usage comes at once, `message_start` tells it. Only the first
/// choice is written, since the shape has one.
public struct AnthropicChatEncoder: ChatStreamEncoder {
    private var id: String
    private var model: String
    private let inputTokens: Int64
    private var usage: Usage?
    private var serviceTier: String?
    private var state = State.waiting
    private var block = Block.none
    private var index = 0
    private var finish: FinishReason?
    private var stopSequence: String?

    private enum State: Sendable {
        /// Nothing has been written.
        case waiting
        case started
        /// An error was written, or the end.
        case closed
    }

    private enum Block: Sendable {
        case none
        case text
        case thinking
        case toolCall
        /// A block that was written whole, or has no place: nothing is added to it.
        case whole(isWritten: Bool)
    }

    /// Makes an encoder. Id and model are those that the caller sees where the provider gives none of its own;
    /// `inputTokens` is an estimate for `message_start`, corrected at the end.
    public init(id: String, model: String, inputTokens: Int64) {
        self.id = id
        self.model = model
        self.inputTokens = inputTokens
    }

    /// Appends the bytes of an event; many have none.
    public mutating func write(_ event: ChatEvent, to buffer: inout ByteBuffer) {
        if case .closed = state { return }
        switch event {
        case .start(let id, let model):
            // Ids of other shapes would show that the answer was translated.
            if id.hasPrefix("msg_") { self.id = id }
            if !model.isEmpty { self.model = model }
        case .usage(let usage): self.usage = usage
        case .serviceTier(let tier): serviceTier = tier
        case .sideUsage, .logProbabilities, .end: break
        case .ping:
            start(&buffer)
            buffer.writeStaticString("event: ping\ndata: {\"type\":\"ping\"}\n\n")
        case .failure(let failure):
            state = .closed
            buffer.writeImmutableBuffer(AnthropicError.event(for: failure, requestID: nil))
        case .partStart(0, let kind): open(kind, &buffer)
        case .text(0, let text): write(text: text, &buffer)
        case .arguments(0, let text): write(arguments: text, &buffer)
        case .signature(0, let signature): write(signature: signature, &buffer)
        case .partStop(0): stop(&buffer)
        case .finish(0, let reason, let sequence):
            finish = reason
            stopSequence = sequence
        case .partStart, .text, .arguments, .signature, .partStop, .finish: break
        }
    }

    /// Appends the rest: the end of a block, `message_delta` and `message_stop`. Nothing after an error.
    public mutating func close(to buffer: inout ByteBuffer) {
        if case .closed = state { return }
        start(&buffer)
        stop(&buffer)
        state = .closed
        buffer.writeStaticString("event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":")
        JSONString.append(escaped: AnthropicStopReason.word(for: finish ?? .end), to: &buffer)
        buffer.writeStaticString(",\"stop_sequence\":")
        if let stopSequence {
            JSONString.append(escaped: stopSequence, to: &buffer)
        } else {
            buffer.writeStaticString("null")
        }
        buffer.writeStaticString("},\"usage\":")
        AnthropicChatResponse.usage(usage ?? Usage(input: inputTokens), serviceTier: serviceTier).write(to: &buffer)
        buffer.writeStaticString("}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")
    }

    private mutating func start(_ buffer: inout ByteBuffer) {
        guard case .waiting = state else { return }
        state = .started
        buffer.writeStaticString(
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":")
        JSONString.append(escaped: id, to: &buffer)
        buffer.writeStaticString(",\"type\":\"message\",\"role\":\"assistant\",\"model\":")
        JSONString.append(escaped: model, to: &buffer)
        buffer.writeStaticString(",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":")
        var begin = usage ?? Usage(input: inputTokens)
        begin.output = min(begin.output, 1)
        begin.reasoning = 0
        AnthropicChatResponse.usage(begin, serviceTier: serviceTier).write(to: &buffer)
        buffer.writeStaticString("}}\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n")
    }

    // MARK: Blocks

    private mutating func open(_ kind: ContentPart.Kind, _ buffer: inout ByteBuffer) {
        start(&buffer)
        stop(&buffer)
        switch kind {
        case .text(let text), .refusal(let text):
            begin(.text, "{\"type\":\"text\",\"text\":\"\"}", &buffer)
            write(text: text, &buffer)
        case .thinking(let thinking):
            if let sealed = thinking.sealed, thinking.text.isEmpty {
                begin(["type": "redacted_thinking", "data": .string(sealed)], .whole(isWritten: true), &buffer)
                return
            }
            begin(.thinking, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}", &buffer)
            write(text: thinking.text, &buffer)
            if let signature = thinking.signature { write(signature: signature, &buffer) }
        case .toolCall(let call):
            let value: JSONValue = [
                "type": "tool_use", "id": .string(AnthropicToolInput.id(call.id)), "name": .string(call.name),
                "input": .object([]),
            ]
            begin(value, .toolCall, &buffer)
            delta("{\"type\":\"input_json_delta\",\"partial_json\":", "", &buffer)
            write(arguments: call.arguments, &buffer)
        case .foreign(.anthropic, let value): begin(value, .whole(isWritten: true), &buffer)
        case .foreign, .image, .document, .audio, .video, .toolResult: block = .whole(isWritten: false)
        }
    }

    private mutating func begin(_ kind: Block, _ block: StaticString, _ buffer: inout ByteBuffer) {
        self.block = kind
        buffer.writeStaticString(
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":")
        buffer.writeString(String(index))
        buffer.writeStaticString(",\"content_block\":")
        buffer.writeStaticString(block)
        buffer.writeStaticString("}\n\n")
    }

    private mutating func begin(_ value: JSONValue, _ kind: Block, _ buffer: inout ByteBuffer) {
        block = kind
        buffer.writeStaticString(
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":")
        buffer.writeString(String(index))
        buffer.writeStaticString(",\"content_block\":")
        value.write(to: &buffer)
        buffer.writeStaticString("}\n\n")
    }

    private mutating func write(text: String, _ buffer: inout ByteBuffer) {
        guard !text.isEmpty else { return }
        if case .none = block {
            start(&buffer)
            begin(.text, "{\"type\":\"text\",\"text\":\"\"}", &buffer)
        }
        switch block {
        case .text: delta("{\"type\":\"text_delta\",\"text\":", text, &buffer)
        case .thinking: delta("{\"type\":\"thinking_delta\",\"thinking\":", text, &buffer)
        case .none, .toolCall, .whole: break
        }
    }

    private func write(arguments text: String, _ buffer: inout ByteBuffer) {
        guard case .toolCall = block, !text.isEmpty else { return }
        delta("{\"type\":\"input_json_delta\",\"partial_json\":", text, &buffer)
    }

    private func write(signature: Signature, _ buffer: inout ByteBuffer) {
        // A call of another provider's has its proof on itself, where this shape has no place for it.
        guard case .thinking = block else { return }
        delta("{\"type\":\"signature_delta\",\"signature\":", signature.carried, &buffer)
    }

    private func delta(_ head: StaticString, _ text: String, _ buffer: inout ByteBuffer) {
        buffer.writeStaticString(
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":")
        buffer.writeString(String(index))
        buffer.writeStaticString(",\"delta\":")
        buffer.writeStaticString(head)
        JSONString.append(escaped: text, to: &buffer)
        buffer.writeStaticString("}}\n\n")
    }

    private mutating func stop(_ buffer: inout ByteBuffer) {
        switch block {
        case .none: return
        case .whole(isWritten: false): break
        case .text, .thinking, .toolCall, .whole:
            buffer.writeStaticString(
                "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":")
            buffer.writeString(String(index))
            buffer.writeStaticString("}\n\n")
            index += 1
        }
        block = .none
    }
}
