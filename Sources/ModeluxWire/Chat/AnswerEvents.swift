extension ChatResponse {
    /// The answer as the events of a stream, for servers that answer whole where a stream was asked for.
    var events: [ChatEvent] {
        var events: [ChatEvent] = [.start(id: id, model: model)]
        for (index, choice) in choices.enumerated() {
            for part in choice.parts { events += ChatResponse.events(of: part, choice: index) }
            if let value = choice.logProbabilities { events.append(.logProbabilities(choice: index, value)) }
            events.append(.finish(choice: index, choice.finish, stopSequence: choice.stopSequence))
        }
        if choices.isEmpty { events.append(.finish(choice: 0, .contentFilter, stopSequence: nil)) }
        if let serviceTier { events.append(.serviceTier(serviceTier)) }
        if !sideUsage.isEmpty { events.append(.sideUsage(sideUsage)) }
        if let usage { events.append(.usage(usage)) }
        events.append(.end)
        return events
    }

    private static func events(of part: ContentPart, choice: Int) -> [ChatEvent] {
        switch part.kind {
        case .text(let text):
            [.partStart(choice: choice, .text("")), .text(choice: choice, text), .partStop(choice: choice)]
        case .refusal(let text):
            [.partStart(choice: choice, .refusal("")), .text(choice: choice, text), .partStop(choice: choice)]
        case .thinking(let thinking):
            [.partStart(choice: choice, .thinking(Thinking("", sealed: thinking.sealed)))]
                + (thinking.text.isEmpty ? [] : [.text(choice: choice, thinking.text)])
                + (thinking.signature.map { [.signature(choice: choice, $0)] } ?? []) + [.partStop(choice: choice)]
        case .toolCall(let call):
            [.partStart(choice: choice, .toolCall(ToolCall(id: call.id, name: call.name, arguments: "")))]
                + (call.signature.map { [.signature(choice: choice, $0)] } ?? [])
                + [.arguments(choice: choice, call.arguments), .partStop(choice: choice)]
        case .image, .document, .audio, .video, .toolResult, .foreign:
            [.partStart(choice: choice, part.kind), .partStop(choice: choice)]
        }
    }
}
