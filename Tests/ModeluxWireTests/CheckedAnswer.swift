import ModeluxCore

@testable import ModeluxWire

/// Puts a streamed answer together, and says where its events break the order that `ChatEvent` promises.
struct CheckedAnswer {
    private(set) var response = ChatResponse(id: "", model: "", choices: [])
    private(set) var failure: Failure?
    private(set) var isComplete = false
    /// What was wrong with the order of the events.
    private(set) var faults: [String] = []
    private var hasStarted = false
    private var open: Set<Int> = []
    private var finished: Set<Int> = []

    init(_ events: [ChatEvent] = []) {
        for event in events { take(event) }
    }

    mutating func take(_ event: ChatEvent) {
        if isComplete || failure != nil { faults.append("something came after the end: \(event)") }
        switch event {
        case .start(let id, let model):
            if hasStarted { faults.append("it began twice") }
            hasStarted = true
            response.id = id
            response.model = model
        case .partStart(let choice, let kind):
            let index = begin(choice)
            if !open.insert(choice).inserted { faults.append("parts overlap") }
            response.choices[index].parts.append(ContentPart(kind))
        case .text(let choice, let text): change(choice) { $0.append(text) }
        case .arguments(let choice, let text):
            change(choice) { kind in
                guard case .toolCall(var call) = kind else { return false }
                call.arguments += text
                kind = .toolCall(call)
                return true
            }
        case .signature(let choice, let signature): change(choice) { $0.sign(signature) }
        case .partStop(let choice):
            if open.remove(choice) == nil { faults.append("a part ended that was not open") }
            change(choice, isOpen: false) { kind in
                if case .toolCall(var call) = kind, call.arguments.isEmpty {
                    call.arguments = "{}"
                    kind = .toolCall(call)
                }
                return true
            }
        case .logProbabilities(let choice, let value):
            let index = begin(choice)
            let content =
                (response.choices[index].logProbabilities?["content"]?.elements ?? [])
                + (value["content"]?.elements ?? [])
            response.choices[index].logProbabilities = ["content": .array(content)]
        case .finish(let choice, let reason, let stopSequence):
            let index = begin(choice)
            if !finished.insert(choice).inserted { faults.append("a choice ended twice") }
            if open.contains(choice) { faults.append("a choice ended within a part") }
            response.choices[index].finish = reason
            response.choices[index].stopSequence = stopSequence
        case .usage(let usage): response.usage = usage
        case .sideUsage(let usage): response.sideUsage = usage
        case .serviceTier(let tier): response.serviceTier = tier
        case .ping: break
        case .failure(let failure): self.failure = failure
        case .end:
            isComplete = true
            if !open.isEmpty { faults.append("it ended within a part") }
            if finished.count != response.choices.count { faults.append("it ended without a reason") }
        }
    }

    private mutating func begin(_ choice: Int) -> Int {
        if !hasStarted { faults.append("it did not begin") }
        if finished.contains(choice) { faults.append("a choice went on after its end") }
        while response.choices.count <= choice {
            response.choices.append(ChatResponse.Choice(parts: [], finish: .end))
        }
        return choice
    }

    private mutating func change(
        _ choice: Int, isOpen: Bool = true, _ change: (inout ContentPart.Kind) -> Bool
    ) {
        guard choice < response.choices.count, let last = response.choices[choice].parts.indices.last,
            !isOpen || open.contains(choice), change(&response.choices[choice].parts[last].kind)
        else {
            faults.append("a delta without its part")
            return
        }
    }
}

extension ContentPart.Kind {
    fileprivate mutating func append(_ text: String) -> Bool {
        switch self {
        case .text(let old): self = .text(old + text)
        case .refusal(let old): self = .refusal(old + text)
        case .thinking(var thinking):
            thinking.text += text
            self = .thinking(thinking)
        default: return false
        }
        return true
    }

    fileprivate mutating func sign(_ signature: Signature) -> Bool {
        switch self {
        case .thinking(var thinking):
            thinking.signature = signature
            self = .thinking(thinking)
        case .toolCall(var call):
            call.signature = signature
            self = .toolCall(call)
        default: return false
        }
        return true
    }
}
