public import ModeluxCore
public import NIOCore

/// Reads a stream of Anthropic's events into those of the hub.
///
/// Blocks come one after another, so their indexes are not looked at. What only Anthropic has (its own tools and their
/// results, compaction) is gathered and given whole when the block ends. Cost: two to three microseconds an event.
public struct AnthropicChatDecoder: ChatStreamDecoder {
    private let outputTool: String?
    private var source = SSEDecoder()
    private var usage = AnthropicUsage()
    private var lastUsage: Usage?
    private var tier: String?
    private var block: Block?
    private var hasStarted = false
    private var hasCalls = false
    private var hasFinished = false
    private var isOver = false
    /// Bytes gathered for blocks that are given whole.
    private var gatheredBytes = 0

    /// The most that is gathered.
    private static let maximumGatheredBytes = 16 << 20

    /// The block under way.
    private enum Block: Sendable {
        case text
        case thinking
        /// Whether arguments came.
        case toolCall(hasArguments: Bool)
        /// The call whose arguments are the answer's text.
        case outputTool
        /// A block that only Anthropic has, and what came for its input or content.
        case foreign(JSONValue, input: String, content: String)
        /// A block that cannot be read.
        case unknown
    }

    /// Makes a decoder. `outputTool` is the tool by which structured output was asked for (`EncodedRequest`).
    public init(outputTool: String? = nil) {
        self.outputTool = outputTool
    }

    /// Takes the next piece of the provider's bytes and gives what it says.
    /// - Throws: `Failure` of kind `providerError` when it is no JSON or exceeds a limit.
    public mutating func feed(_ bytes: ByteBuffer) throws(Failure) -> [ChatEvent] {
        guard !isOver else { return [] }
        source.feed(bytes)
        return try drain()
    }

    /// Says that the provider has ended the body.
    public mutating func finish() throws(Failure) -> [ChatEvent] {
        guard !isOver else { return [] }
        source.finish()
        return try drain()
    }

    private mutating func drain() throws(Failure) -> [ChatEvent] {
        var events: [ChatEvent] = []
        while !isOver, let event = try source.next() {
            guard let data = event.data, data.readableBytes > 0 else { continue }
            guard let value = try? JSONValue(parsing: data) else {
                if String(buffer: data) == "[DONE]" { continue }
                isOver = true
                throw Failure(.providerError, "the provider's stream has an event that is no JSON")
            }
            let type = value.member("type")?.string ?? event.name.map { String(buffer: $0) } ?? ""
            try read(value, type, data, into: &events)
        }
        return events
    }

    private mutating func read(
        _ value: JSONValue, _ type: String, _ data: ByteBuffer, into events: inout [ChatEvent]
    ) throws(Failure) {
        switch type {
        case "message_start": start(value.member("message") ?? .null, &events)
        case "content_block_start": startBlock(value.member("content_block") ?? .null, &events)
        case "content_block_delta": try readDelta(value.member("delta") ?? .null, &events)
        case "content_block_stop": stopBlock(&events)
        case "message_delta": readMessageDelta(value, &events)
        case "message_stop": end(&events)
        case "ping": events.append(.ping)
        case "error":
            isOver = true
            events.append(.failure(AnthropicChatDecoder.failure(value, data)))
        default: break
        }
    }

    // MARK: The message

    private mutating func start(_ message: JSONValue, _ events: inout [ChatEvent]) {
        guard !hasStarted else { return }
        hasStarted = true
        events.append(
            .start(id: message.member("id")?.string ?? "", model: message.member("model")?.string ?? ""))
        note(message.member("usage"), &events)
    }

    private mutating func startIfNeeded(_ events: inout [ChatEvent]) {
        if !hasStarted { start(.null, &events) }
    }

    private mutating func note(_ reported: JSONValue?, _ events: inout [ChatEvent]) {
        guard let reported else { return }
        usage.merge(reported)
        if let tier = usage.serviceTier, tier != self.tier {
            self.tier = tier
            events.append(.serviceTier(tier))
        }
        guard let current = usage.usage, current != lastUsage else { return }
        lastUsage = current
        events.append(.usage(current))
        let side = usage.sideUsage
        if !side.isEmpty { events.append(.sideUsage(side)) }
    }

    private mutating func readMessageDelta(_ value: JSONValue, _ events: inout [ChatEvent]) {
        startIfNeeded(&events)
        stopBlock(&events)
        let delta = value.member("delta")
        if let word = delta?.member("stop_reason")?.string {
            finish(AnthropicStopReason.read(word), stopSequence: delta?.member("stop_sequence")?.string, &events)
        }
        note(value.member("usage"), &events)
    }

    private mutating func finish(_ reason: FinishReason, stopSequence: String?, _ events: inout [ChatEvent]) {
        guard !hasFinished else { return }
        hasFinished = true
        let reason = reason == .toolCalls && !hasCalls ? .end : reason
        events.append(.finish(choice: 0, reason, stopSequence: stopSequence))
    }

    private mutating func end(_ events: inout [ChatEvent]) {
        startIfNeeded(&events)
        stopBlock(&events)
        finish(.end, stopSequence: nil, &events)
        events.append(.end)
        isOver = true
    }

    // MARK: Blocks

    private mutating func startBlock(_ value: JSONValue, _ events: inout [ChatEvent]) {
        startIfNeeded(&events)
        stopBlock(&events)
        guard !hasFinished else { return }
        switch value.member("type")?.string {
        case "text"?: open(.text, .text(""), &events, text: value.member("text")?.string)
        case "thinking"?:
            open(.thinking, .thinking(Thinking("")), &events, text: value.member("thinking")?.string)
            sign(value.member("signature")?.string, &events)
        case "redacted_thinking"?:
            open(.unknown, .thinking(Thinking("", sealed: value.member("data")?.string ?? "")), &events)
        case "tool_use"?: openCall(value, &events)
        case nil: block = nil
        default: block = .foreign(value, input: "", content: "")
        }
    }

    private mutating func open(
        _ kind: Block, _ part: ContentPart.Kind, _ events: inout [ChatEvent], text: String? = nil
    ) {
        block = kind
        events.append(.partStart(choice: 0, part))
        if let text, !text.isEmpty { events.append(.text(choice: 0, text)) }
    }

    private mutating func openCall(_ value: JSONValue, _ events: inout [ChatEvent]) {
        let name = value.member("name")?.string ?? ""
        // Some hosts give the whole input at once.
        let input = value.member("input").flatMap { $0.members?.isEmpty == false ? String(buffer: $0.buffer) : nil }
        if let outputTool, name == outputTool {
            open(.outputTool, .text(""), &events, text: input)
            return
        }
        hasCalls = true
        let call = ToolCall(id: value.member("id")?.string ?? "", name: name, arguments: "")
        open(.toolCall(hasArguments: input != nil), .toolCall(call), &events)
        if let input { events.append(.arguments(choice: 0, input)) }
    }

    private mutating func stopBlock(_ events: inout [ChatEvent]) {
        switch block {
        case nil: return
        case .toolCall(hasArguments: false): events.append(.arguments(choice: 0, "{}"))
        case .foreign(let value, let input, let content):
            events.append(
                .partStart(choice: 0, .foreign(.anthropic, AnthropicChatDecoder.whole(value, input, content))))
        default: break
        }
        block = nil
        events.append(.partStop(choice: 0))
    }

    /// A block that was gathered, with what came after its start.
    private static func whole(_ value: JSONValue, _ input: String, _ content: String) -> JSONValue {
        guard case .object(let members) = value, !input.isEmpty || !content.isEmpty else { return value }
        let name = input.isEmpty ? "content" : "input"
        let more = input.isEmpty ? .string(content) : AnthropicToolInput.object(input)
        return .object(members.filter { $0.name != name } + [JSONValue.Member(name, more)])
    }

    private mutating func readDelta(_ delta: JSONValue, _ events: inout [ChatEvent]) throws(Failure) {
        guard !hasFinished else { return }
        switch delta.member("type")?.string {
        case "text_delta"?: write(delta.member("text")?.string, as: .text, .text(""), &events)
        case "thinking_delta"?:
            write(delta.member("thinking")?.string, as: .thinking, .thinking(Thinking("")), &events)
        case "signature_delta"?: sign(delta.member("signature")?.string, &events)
        case "input_json_delta"?: try readInput(delta.member("partial_json")?.string ?? "", &events)
        case "compaction_delta"?: try gather(content: delta.member("content")?.string ?? "")
        default: break
        }
    }

    /// A text of the current block; begins one where a host forgot to.
    private mutating func write(
        _ text: String?, as kind: Block, _ part: ContentPart.Kind, _ events: inout [ChatEvent]
    ) {
        guard let text, !text.isEmpty else { return }
        if block == nil {
            startIfNeeded(&events)
            open(kind, part, &events)
        }
        switch (block, kind) {
        case (.text?, .text), (.thinking?, .thinking): events.append(.text(choice: 0, text))
        default: break
        }
    }

    private mutating func sign(_ signature: String?, _ events: inout [ChatEvent]) {
        guard let signature, !signature.isEmpty, case .thinking? = block else { return }
        events.append(.signature(choice: 0, Signature(signature, origin: .anthropic)))
    }

    private mutating func readInput(_ text: String, _ events: inout [ChatEvent]) throws(Failure) {
        guard !text.isEmpty else { return }
        switch block {
        case .toolCall?:
            block = .toolCall(hasArguments: true)
            events.append(.arguments(choice: 0, text))
        case .outputTool?: events.append(.text(choice: 0, text))
        case .foreign(let value, let input, let content)?:
            try count(text)
            block = .foreign(value, input: input + text, content: content)
        default: break
        }
    }

    private mutating func gather(content text: String) throws(Failure) {
        guard case .foreign(let value, let input, let content)? = block else { return }
        try count(text)
        block = .foreign(value, input: input, content: content + text)
    }

    private mutating func count(_ text: String) throws(Failure) {
        gatheredBytes += text.utf8.count
        guard gatheredBytes <= AnthropicChatDecoder.maximumGatheredBytes else {
            isOver = true
            throw Failure(
                .providerError,
                "the provider's stream has a block of more than \(AnthropicChatDecoder.maximumGatheredBytes) bytes")
        }
    }

    // MARK: Errors

    private static func failure(_ value: JSONValue, _ data: ByteBuffer) -> Failure {
        let type = value.member("error")?.member("type")?.string ?? ""
        let error = ProviderError(status: status(of: type), header: { _ in nil }, body: data)
        let failure = error.failure(provider: "anthropic")
        guard type == "overloaded_error" else { return failure }
        return Failure(.overloaded, failure.message, retryAfterSeconds: failure.retryAfterSeconds)
    }

    /// The status that an error of this type has outside of streams.
    private static func status(of type: String) -> Int {
        switch type {
        case "invalid_request_error": 400
        case "authentication_error": 401
        case "billing_error": 402
        case "permission_error": 403
        case "not_found_error": 404
        case "request_too_large": 413
        case "rate_limit_error": 429
        case "timeout_error": 504
        case "overloaded_error": 529
        default: 500
        }
    }
}
