import ModeluxCore

extension ChatMessage {
    var hasCalls: Bool {
        parts.contains { if case .toolCall = $0.kind { true } else { false } }
    }

    /// The message without white space at its end, which is refused where the model is to go on with it.
    var withoutTrailingSpace: ChatMessage {
        guard let last = parts.indices.last, case .text(let text) = parts[last].kind, text.last?.isWhitespace == true
        else { return self }
        var copy = self
        var kept = Substring(text)
        while kept.last?.isWhitespace == true { kept.removeLast() }
        copy.parts[last].kind = .text(String(kept))
        return copy
    }
}

extension ChatRequest {
    /// The tools that were called, each once.
    var calledTools: [String] {
        var names: [String] = []
        for message in messages {
            for case .toolCall(let call) in message.parts.lazy.map(\.kind) where !names.contains(call.name) {
                names.append(call.name)
            }
        }
        return names
    }

    /// Whether the turn under way has calls before which the model's own thought is missing: a caller of another
    /// dialect could not keep it.
    var lacksThoughtForCalls: Bool {
        guard messages.last?.role == .user, let end = messages.lastIndex(where: { $0.role == .assistant }),
            messages[end...].contains(where: {
                $0.parts.contains { if case .toolResult = $0.kind { true } else { false } }
            })
        else { return false }
        var start = end
        while start > 0, messages[start - 1].role == .assistant { start -= 1 }
        guard messages[start...end].contains(where: { $0.hasCalls }) else { return false }
        let first = messages[start...end].lazy.flatMap(\.parts).first { part in
            switch part.kind {
            case .text(let text): !text.isEmpty
            case .thinking(let thinking): thinking.anthropicBlock != nil
            default: true
            }
        }
        if case .thinking? = first?.kind { return false }
        return true
    }
}
