import ModeluxCore

/// The state of one choice of a stream: which part is open, and which tool calls there are.
struct OpenAIChoiceDecoder {
    /// Whether the choice gave its reason to end.
    private(set) var isFinished = false
    /// The provider's own word that it gave up in the middle.
    private(set) var failure: Failure?

    private let choice: Int
    private var part = Part.none
    private var calls: [Call] = []
    private var hasRefusal = false
    private var identifiers: OpenAICallIdentifier

    /// More calls than any answer has.
    private static let mostCalls = 1024

    private enum Part: Hashable {
        case none, text, refusal, thinking
        /// The call at this place of `calls`.
        case call(Int)
    }

    /// A tool call. It begins when its name is known.
    private struct Call {
        var index: Int64?
        var id: String
        /// Whether the provider gave the id.
        var isNamedByProvider: Bool
        var name = ""
        /// Arguments that came before the name.
        var held = ""
        var hasBegun = false
        var hasArguments = false
    }

    init(_ choice: Int, answerID: String) {
        self.choice = choice
        identifiers = OpenAICallIdentifier(answer: answerID, choice: choice)
    }

    mutating func take(_ piece: OpenAIChunk.Choice, _ events: inout [ChatEvent]) throws(Failure) {
        // Some servers say twice that it ended.
        guard !isFinished else { return }
        let delta = piece.delta
        if !delta.details.isEmpty || !delta.reasoning.isEmpty { takeThoughts(delta, &events) }
        if !delta.text.isEmpty { text(delta.text, .text, &events) }
        for element in delta.contentList { takeElement(element, &events) }
        if !delta.refusal.isEmpty {
            hasRefusal = true
            text(delta.refusal, .refusal, &events)
        }
        for call in delta.toolCalls { try takeCall(call, function: call.member("function"), &events) }
        if let function = delta.functionCall { try takeCall(["index": -1], function: function, &events) }
        for detail in delta.details { takeProofOfCall(detail, &events) }
        if let logProbabilities = piece.logProbabilities {
            events.append(.logProbabilities(choice: choice, logProbabilities))
        }
        guard let word = piece.finish else { return }
        close(&events)
        isFinished = true
        guard !OpenAIFinish.isFailure(word) else {
            failure = Failure(.providerError, "the provider failed: it ended its answer with \"\(word)\"")
            return
        }
        let reason = OpenAIFinish.reason(
            word, stopSequence: piece.stopSequence, hasCalls: !calls.isEmpty, hasRefusal: hasRefusal)
        events.append(
            .finish(choice: choice, reason, stopSequence: reason == .stopSequence ? piece.stopSequence : nil))
    }

    /// Ends the choice at the end of the stream, if the provider gave no reason.
    mutating func finish(_ events: inout [ChatEvent]) {
        guard !isFinished else { return }
        close(&events)
        isFinished = true
        let reason = OpenAIFinish.reason("", stopSequence: nil, hasCalls: !calls.isEmpty, hasRefusal: hasRefusal)
        events.append(.finish(choice: choice, reason, stopSequence: nil))
    }

    /// Ends the part that is open.
    private mutating func close(_ events: inout [ChatEvent]) {
        defer { part = .none }
        switch part {
        case .none: return
        case .call(let place): if !calls[place].hasBegun { return }
        case .text, .refusal, .thinking: break
        }
        events.append(.partStop(choice: choice))
    }

    private mutating func open(_ new: Part, _ kind: ContentPart.Kind, _ events: inout [ChatEvent]) {
        guard part != new else { return }
        close(&events)
        part = new
        events.append(.partStart(choice: choice, kind))
    }

    private mutating func text(_ text: String, _ part: Part, _ events: inout [ChatEvent]) {
        let kind: ContentPart.Kind =
            switch part {
            case .refusal: .refusal("")
            case .thinking: .thinking(Thinking(""))
            default: .text("")
            }
        open(part, kind, &events)
        events.append(.text(choice: choice, text))
    }

    // MARK: Thoughts

    private mutating func takeThoughts(_ delta: OpenAIChunk.Delta, _ events: inout [ChatEvent]) {
        if !delta.reasoning.isEmpty { text(delta.reasoning, .thinking, &events) }
        for detail in delta.details {
            guard let thought = OpenAIReasoning.thought(ofDetail: detail) else { continue }
            if let sealed = thought.sealed {
                close(&events)
                open(.thinking, .thinking(Thinking("", signature: thought.signature, sealed: sealed)), &events)
                close(&events)
                continue
            }
            // The text is there twice: once in the details, once beside them.
            if delta.reasoning.isEmpty, !thought.text.isEmpty { text(thought.text, .thinking, &events) }
            if let signature = thought.signature {
                open(.thinking, .thinking(Thinking("")), &events)
                events.append(.signature(choice: choice, signature))
                close(&events)
            }
        }
    }

    /// An element of a content list: text, or a thought of Mistral's.
    private mutating func takeElement(_ element: JSONValue, _ events: inout [ChatEvent]) {
        switch element["type"]?.string {
        case "thinking", "reasoning":
            let thought = OpenAIReasoning.thought(ofPart: element)
            if !thought.text.isEmpty { text(thought.text, .thinking, &events) }
        default:
            let found = element["text"]?.string ?? element.string ?? ""
            if !found.isEmpty { text(found, .text, &events) }
        }
    }

    // MARK: Tool calls

    private mutating func takeCall(
        _ piece: JSONValue, function: JSONValue?, _ events: inout [ChatEvent]
    ) throws(Failure) {
        let id = piece.member("id")?.string ?? ""
        let name = function?.member("name")?.string ?? ""
        let index = piece.member("index")?.exactInteger
        let arguments: String =
            switch function?.member("arguments") {
            case .string(let text): text
            case .some(let value): value.serialized
            case nil: ""
            }
        let isWhole = id.isEmpty && !name.isEmpty && arguments.hasPrefix("{") && arguments.hasSuffix("}")
        let place = try place(index: index, id: id, name: name, isWhole: isWhole)
        if part != .call(place) {
            guard !calls[place].hasBegun else {
                throw Failure(.providerError, "the provider's stream goes back to a tool call that had ended")
            }
            close(&events)
            part = .call(place)
        }
        if !arguments.isEmpty { calls[place].hasArguments = true }
        let signature = OpenAIReasoning.signature(of: piece)
        if !calls[place].hasBegun {
            calls[place].name += name
            calls[place].held += arguments
            guard !calls[place].name.isEmpty else { return }
            calls[place].hasBegun = true
            let call = ToolCall(id: calls[place].id, name: calls[place].name, arguments: "")
            events.append(.partStart(choice: choice, .toolCall(call)))
            if let signature { events.append(.signature(choice: choice, signature)) }
            if !calls[place].held.isEmpty { events.append(.arguments(choice: choice, calls[place].held)) }
            calls[place].held = ""
            return
        }
        if let signature { events.append(.signature(choice: choice, signature)) }
        if !arguments.isEmpty { events.append(.arguments(choice: choice, arguments)) }
    }

    /// The call that a piece belongs to, a new one if need be. An index alone does not tell: Mistral leaves it out, and
    /// others give every call the same.
    private mutating func place(
        index: Int64?, id: String, name: String, isWhole: Bool
    ) throws(Failure) -> Int {
        var found: Int?
        if let index {
            found = calls.lastIndex { $0.index == index }
        } else if id.isEmpty, name.isEmpty {
            found = calls.indices.last
        } else if !id.isEmpty {
            found = calls.lastIndex { $0.isNamedByProvider && $0.id == id }
        }
        if let place = found {
            // A whole call after one that had arguments is another, though they share the index and have no ids.
            let isAnother = isWhole && calls[place].hasBegun && calls[place].hasArguments
            let isSame = !isAnother && (id.isEmpty || !calls[place].isNamedByProvider || calls[place].id == id)
            if isSame { return place }
        }
        guard calls.count < OpenAIChoiceDecoder.mostCalls else {
            throw Failure(.providerError, "the provider's stream has more than 1024 tool calls")
        }
        let made = identifiers.next()
        calls.append(Call(index: index, id: id.isEmpty ? made : id, isNamedByProvider: !id.isEmpty))
        return calls.count - 1
    }

    /// OpenRouter puts a call's proof among the details, under the call's id.
    private func takeProofOfCall(_ detail: JSONValue, _ events: inout [ChatEvent]) {
        guard case .call(let place) = part, calls[place].hasBegun, let id = detail["id"]?.string, id == calls[place].id,
            let signature = OpenAIReasoning.signature(ofCall: id, in: ["reasoning_details": [detail]])
        else { return }
        events.append(.signature(choice: choice, signature))
    }
}
