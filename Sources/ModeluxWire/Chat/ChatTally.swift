import ModeluxCore

/// Observes an answer by its events, whatever its dialect: what was used, how much text there was, how it ended.
///
/// Cost: a few nanoseconds an event, no allocation but for the first model and tier.
public struct ChatTally: Sendable, Hashable {
    /// What has been observed so far; right at any exit, also in the middle.
    public private(set) var answer = ObservedAnswer()

    /// Makes a tally of which nothing has been seen yet.
    public init() {}

    /// Takes the next event.
    public mutating func note(_ event: ChatEvent) {
        switch event {
        case .start(_, let model): if answer.model == nil, !model.isEmpty { answer.model = model }
        case .partStart(_, let kind): answer.outputTextBytes += kind.generatedTextBytes
        case .text(_, let text), .arguments(_, let text): answer.outputTextBytes += text.utf8.count
        case .finish: answer.hasFinishReason = true
        case .usage(let usage): answer.usage = usage
        case .sideUsage(let usage): answer.sideUsage = usage
        case .serviceTier(let tier): if !tier.isEmpty { answer.serviceTier = tier }
        case .failure: answer.hasError = true
        case .end: answer.isDone = true
        case .signature, .partStop, .logProbabilities, .ping: break
        }
    }

    /// Says that a stream was not in its dialect.
    mutating func noteMalformed() {
        answer.isMalformed = true
    }
}

extension ObservedAnswer {
    /// What is to be observed of a whole answer.
    public init(of response: ChatResponse) {
        self.init()
        usage = response.usage
        sideUsage = response.sideUsage
        serviceTier = response.serviceTier.flatMap { $0.isEmpty ? nil : $0 }
        model = response.model.isEmpty ? nil : response.model
        for choice in response.choices {
            for part in choice.parts { outputTextBytes += part.kind.generatedTextBytes }
        }
        hasFinishReason = !response.choices.isEmpty
        isDone = true
    }
}

extension ContentPart.Kind {
    /// Bytes of what a model wrote in a part: the basis of an estimate.
    fileprivate var generatedTextBytes: Int {
        switch self {
        case .text(let text), .refusal(let text): text.utf8.count
        case .thinking(let thinking): thinking.text.utf8.count
        case .toolCall(let call): call.name.utf8.count + call.arguments.utf8.count
        case .image, .document, .audio, .video, .toolResult, .foreign: 0
        }
    }
}
