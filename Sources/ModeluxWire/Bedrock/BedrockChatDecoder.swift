public import ModeluxCore
public import NIOCore

/// Reads a stream of Bedrock's `converse-stream`. Only calls have a block start; texts and thoughts begin with their
/// first piece. What was used comes after the message's end.
public struct BedrockChatDecoder: ChatStreamDecoder {
    /// The tool whose arguments are the answer's text.
    private let outputTool: String?
    private var stream = AWSEventStream()
    private var block: (index: Int64, kind: Block)?
    /// What is collected of a block that is told whole: bytes of a sealed thought, JSON of a tool's input.
    private var collected: [UInt8] = []
    private var hasStarted = false
    private var hasCalls = false
    private var hasStopped = false
    private var isOver = false

    /// What is open.
    private enum Block: Sendable {
        case text
        case thinking
        case call
        /// The call that stands for the answer's text.
        case output
        /// A sealed thought, collected.
        case sealed
        /// A tool of the provider's own, of which this is the start; its input or result is collected.
        case foreign(JSONValue)
        /// Something that nobody has a form for.
        case unknown
    }

    /// The most that is collected of a block.
    private static let maximumCollectedBytes = 16 << 20

    /// Makes a decoder. The call of `outputTool`, by which the answer's form was asked for, is turned back into text.
    public init(outputTool: String? = nil) {
        self.outputTool = outputTool
    }

    /// Takes the next piece of the provider's bytes and gives what it says.
    /// - Throws: `Failure` of kind `providerError` when it is not in the dialect or exceeds a limit.
    public mutating func feed(_ bytes: ByteBuffer) throws(Failure) -> [ChatEvent] {
        guard !isOver else { return [] }
        var events: [ChatEvent] = []
        do throws(Failure) {
            stream.feed(bytes)
            while !isOver, let frame = try stream.next() { try read(frame, &events) }
            return events
        } catch {
            isOver = true
            throw error
        }
    }

    /// Says that the provider has ended the body. Gives what was left; no `end` when the answer is not complete.
    /// - Throws: nothing here.
    public mutating func finish() throws(Failure) -> [ChatEvent] {
        guard !isOver else { return [] }
        isOver = true
        // A stream that breaks off inside a frame breaks off inside its last one.
        return hasStopped && !stream.hasRest ? [.end] : []
    }

    // MARK: Frames

    private mutating func read(_ frame: AWSEventStream.Frame, _ events: inout [ChatEvent]) throws(Failure) {
        guard frame.messageType == "event" else {
            isOver = true
            events.append(.failure(BedrockChatDecoder.failure(frame)))
            return
        }
        let value: JSONValue
        do throws(JSONFault) {
            value = frame.payload.readableBytes == 0 ? .object([]) : try JSONValue(parsing: frame.payload)
        } catch {
            throw Failure(.providerError, "the provider's stream has an event that is no JSON")
        }
        switch frame.type {
        case "messageStart": start(&events)
        case "contentBlockStart": readStart(value, &events)
        case "contentBlockDelta": try readDelta(value, &events)
        case "contentBlockStop": close(&events)
        case "messageStop":
            guard !hasStopped else { return }
            start(&events)
            close(&events)
            hasStopped = true
            let reason = BedrockStopReason.reason(value["stopReason"]?.string)
            // The output tool's call is the answer, not a call.
            let finish = reason == .toolCalls && !hasCalls && outputTool != nil ? .end : reason
            events.append(.finish(choice: 0, finish, stopSequence: BedrockStopReason.sequence(value)))
        case "metadata":
            start(&events)
            if let tier = value["serviceTier"]?["type"]?.string, !tier.isEmpty { events.append(.serviceTier(tier)) }
            if let usage = value["usage"].flatMap(BedrockUsage.read) { events.append(.usage(usage)) }
            guard hasStopped else { return }
            isOver = true
            events.append(.end)
        default: break
        }
    }

    private mutating func start(_ events: inout [ChatEvent]) {
        guard !hasStarted else { return }
        hasStarted = true
        events.append(.start(id: "", model: ""))
    }

    // MARK: Blocks

    private mutating func readStart(_ value: JSONValue, _ events: inout [ChatEvent]) {
        guard !hasStopped else { return }
        start(&events)
        close(&events)
        let index = value["contentBlockIndex"]?.integer ?? 0
        guard let start = value["start"], start.members?.isEmpty == false else { return }
        guard let tool = start["toolUse"], tool["type"]?.string != "server_tool_use" else {
            block = (index, start["toolUse"] != nil || start["toolResult"] != nil ? .foreign(start) : .unknown)
            return
        }
        let name = tool["name"]?.string ?? ""
        if let outputTool, name == outputTool {
            block = (index, .output)
            events.append(.partStart(choice: 0, .text("")))
        } else {
            hasCalls = true
            block = (index, .call)
            let id = tool["toolUseId"]?.string ?? ""
            events.append(.partStart(choice: 0, .toolCall(ToolCall(id: id, name: name, arguments: ""))))
        }
    }

    private mutating func readDelta(_ value: JSONValue, _ events: inout [ChatEvent]) throws(Failure) {
        guard !hasStopped, let delta = value["delta"] else { return }
        start(&events)
        let index = value["contentBlockIndex"]?.integer ?? 0
        if let block, block.index != index { close(&events) }
        if let text = delta["text"]?.string {
            write(text, in: .text, .text(""), index, &events)
        } else if let reasoning = delta["reasoningContent"] {
            try readReasoning(reasoning, index, &events)
        } else if let input = delta["toolUse"]?["input"]?.string {
            try readInput(input, &events)
        } else if case .foreign? = block?.kind, let results = delta["toolResult"] {
            try collect(Array(results.buffer.readableBytesView))
        }
    }

    private mutating func write(
        _ text: String, in kind: Block, _ part: ContentPart.Kind, _ index: Int64, _ events: inout [ChatEvent]
    ) {
        guard !text.isEmpty else { return }
        switch (block?.kind, kind) {
        case (.text?, .text), (.thinking?, .thinking): break
        default:
            close(&events)
            block = (index, kind)
            events.append(.partStart(choice: 0, part))
        }
        events.append(.text(choice: 0, text))
    }

    private mutating func readReasoning(
        _ value: JSONValue, _ index: Int64, _ events: inout [ChatEvent]
    ) throws(Failure) {
        if let text = value["text"]?.string {
            write(text, in: .thinking, .thinking(Thinking("")), index, &events)
        } else if let signature = value["signature"]?.string, !signature.isEmpty {
            if case .thinking? = block?.kind {
            } else {
                // A thought whose text is withheld has a proof alone.
                close(&events)
                block = (index, .thinking)
                events.append(.partStart(choice: 0, .thinking(Thinking(""))))
            }
            events.append(.signature(choice: 0, Signature(signature, origin: .anthropic)))
        } else if let content = value["redactedContent"]?.string, let bytes = Base64.decoded(content) {
            if case .sealed? = block?.kind {
            } else {
                close(&events)
                block = (index, .sealed)
            }
            try collect(bytes)
        }
    }

    private mutating func readInput(_ input: String, _ events: inout [ChatEvent]) throws(Failure) {
        switch block?.kind {
        case .call?: if !input.isEmpty { events.append(.arguments(choice: 0, input)) }
        case .output?: if !input.isEmpty { events.append(.text(choice: 0, input)) }
        case .foreign?: try collect(Array(input.utf8))
        default: break
        }
    }

    private mutating func collect(_ bytes: [UInt8]) throws(Failure) {
        guard collected.count + bytes.count <= BedrockChatDecoder.maximumCollectedBytes else {
            throw Failure(.providerError, "the provider's stream has a block that is too long")
        }
        collected += bytes
    }

    private mutating func close(_ events: inout [ChatEvent]) {
        guard let open = block else { return }
        block = nil
        defer { collected = [] }
        switch open.kind {
        case .text, .thinking, .call, .output: events.append(.partStop(choice: 0))
        case .sealed:
            let thinking = Thinking("", sealed: BedrockSealedThought.text(of: collected))
            events.append(.partStart(choice: 0, .thinking(thinking)))
            events.append(.partStop(choice: 0))
        case .foreign(let start):
            let json = try? JSONValue(parsing: ByteBuffer(bytes: collected))
            events.append(.partStart(choice: 0, .foreign(.bedrock, BedrockChatDecoder.whole(start, json))))
            events.append(.partStop(choice: 0))
        case .unknown: break
        }
    }

    /// A tool of the provider's own as a whole answer would have it.
    private static func whole(_ start: JSONValue, _ json: JSONValue?) -> JSONValue {
        .object(
            (start.members ?? []).map { member in
                let name = member.name == "toolUse" ? "input" : "content"
                let value = json ?? (name == "input" ? .object([]) : .array([]))
                return JSONValue.Member(
                    member.name, .object((member.value.members ?? []) + [JSONValue.Member(name, value)]))
            })
    }

    /// An error in the stream, classified as an answer of its status would be.
    private static func failure(_ frame: AWSEventStream.Frame) -> Failure {
        let status: Int
        switch frame.type {
        case "throttlingException": status = 429
        case "validationException": status = 400
        case "modelTimeoutException": status = 408
        case "modelStreamErrorException": status = 424
        case "serviceUnavailableException": status = 503
        default: status = 500
        }
        let body =
            frame.payload.readableBytes > 0
            ? frame.payload : JSONValue.object([JSONValue.Member("message", .string(frame.errorMessage))]).buffer
        return ProviderError(status: status, header: { _ in nil }, body: body).failure(provider: "bedrock")
    }
}
