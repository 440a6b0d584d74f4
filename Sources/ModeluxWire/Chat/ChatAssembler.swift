public import ModeluxCore

/// Puts a whole answer together from the events of a stream: two ways to read an answer need not be two readers.
public struct ChatAssembler: Sendable {
    private var id = ""
    private var model = ""
    private var usage: Usage?
    private var sideUsage: [SideUsage] = []
    private var serviceTier: String?
    private var choices: [Choice] = []

    /// The most choices that are kept apart; no provider gives as many.
    private static let maximumChoices = 128

    /// What is known of a choice so far. Texts are appended where they stand, so that a long one is not copied.
    private struct Choice: Sendable {
        var parts: [ContentPart] = []
        /// The part that is open; its text or arguments are in `text`.
        var open: ContentPart.Kind?
        var text = ""
        var signature: Signature?
        var finish: FinishReason?
        var stopSequence: String?
        var logProbabilities: [JSONValue] = []

        mutating func begin(_ kind: ContentPart.Kind) {
            end()
            open = kind
        }

        /// A proof may come in pieces.
        mutating func add(_ more: Signature) {
            signature = Signature((signature?.value ?? "") + more.value, origin: more.origin)
        }

        mutating func end() {
            guard let kind = open else { return }
            open = nil
            switch kind {
            case .text(let start): parts.append(.text(start + text))
            case .refusal(let start): parts.append(ContentPart(.refusal(start + text)))
            case .thinking(var thinking):
                thinking.text += text
                thinking.signature = signature ?? thinking.signature
                parts.append(ContentPart(.thinking(thinking)))
            case .toolCall(var call):
                call.arguments += text
                if call.arguments.isEmpty { call.arguments = "{}" }
                call.signature = signature ?? call.signature
                parts.append(ContentPart(.toolCall(call)))
            default: parts.append(ContentPart(kind))
            }
            text = ""
            signature = nil
        }
    }

    /// The provider's own failure, when it said one.
    public private(set) var failure: Failure?
    /// Whether the stream said that the answer is complete.
    public private(set) var isComplete = false

    /// Makes an assembler that has seen nothing.
    public init() {}

    /// Takes the next event.
    public mutating func add(_ event: ChatEvent) {
        switch event {
        case .start(let id, let model): (self.id, self.model) = (id, model)
        case .partStart(let choice, let kind): change(choice) { $0.begin(kind) }
        case .text(let choice, let text), .arguments(let choice, let text): change(choice) { $0.text += text }
        case .signature(let choice, let signature): change(choice) { $0.add(signature) }
        case .partStop(let choice): change(choice) { $0.end() }
        case .logProbabilities(let choice, let value):
            change(choice) { $0.logProbabilities += value["content"]?.elements ?? [] }
        case .finish(let choice, let reason, let stopSequence):
            change(choice) { choice in
                choice.end()
                (choice.finish, choice.stopSequence) = (reason, stopSequence)
            }
        case .usage(let usage): self.usage = usage
        case .sideUsage(let usage): sideUsage = usage
        case .serviceTier(let tier): serviceTier = tier
        case .failure(let failure): self.failure = failure
        case .end: isComplete = true
        case .ping: break
        }
    }

    /// The answer so far; a choice that named no reason to end counts as complete.
    public var response: ChatResponse {
        let choices = choices.map { choice in
            var choice = choice
            choice.end()
            return ChatResponse.Choice(
                parts: choice.parts, finish: choice.finish ?? .end, stopSequence: choice.stopSequence,
                logProbabilities: choice.logProbabilities.isEmpty
                    ? nil : .object([JSONValue.Member("content", .array(choice.logProbabilities))]))
        }
        return ChatResponse(
            id: id, model: model, choices: choices, usage: usage, sideUsage: sideUsage, serviceTier: serviceTier)
    }

    private mutating func change(_ index: Int, _ body: (inout Choice) -> Void) {
        guard index >= 0, index < ChatAssembler.maximumChoices else { return }
        while choices.count <= index { choices.append(Choice()) }
        body(&choices[index])
    }
}
