import ModeluxCore
import ModeluxWire
import Synchronization

/// What models thought before they called tools, for callers whose dialect or SDK does not hand it back.
///
/// Providers that think want their proofs back with the result of a tool: Anthropic refuses a turn without its thinking
/// blocks, Gemini a call without its signature. An OpenAI-shaped caller rarely returns either, but it must return the
/// id of the call: project and id are the key. Bounded; what falls out only costs the model its train of thought, or
/// the caller an error that a fresh turn heals.
final class ThoughtStore: Sendable {
    private struct Shelf {
        var thoughts: [String: [ContentPart]] = [:]
        /// The ids by age, oldest first.
        var order: [String] = []
        var oldest = 0
        var bytes = 0
    }

    private let shelf = Mutex(Shelf())
    private let limitBytes: Int

    /// A store of at most `limitBytes` of texts and proofs.
    init(limitBytes: Int = 16 << 20) {
        self.limitBytes = limitBytes
    }

    /// Keeps what an answer thought, under the tool calls that it led to.
    func keep(_ parts: [ContentPart], for project: Identifier) {
        var thoughts: [ContentPart] = []
        for part in parts {
            switch part.kind {
            case .thinking: thoughts.append(part)
            case .toolCall(let call):
                guard !thoughts.isEmpty || call.signature != nil else { continue }
                put(thoughts + [part], under: key(call, project))
                // A second call of the same turn belongs to the same thought, which stands before the first one.
                thoughts = []
            default: break
            }
        }
    }

    /// Puts back what assistant messages of a request have lost.
    func restore(_ request: inout ChatRequest, for project: Identifier) {
        for index in request.messages.indices where request.messages[index].role == .assistant {
            let message = request.messages[index]
            guard message.parts.contains(where: ThoughtStore.isCall) else { continue }
            let hasThoughts = message.parts.contains {
                if case .thinking(let thinking) = $0.kind {
                    thinking.signature != nil || thinking.sealed != nil
                } else {
                    false
                }
            }
            var parts: [ContentPart] = []
            for var part in message.parts {
                if case .toolCall(var call) = part.kind, let kept = kept(under: key(call, project)) {
                    if !hasThoughts { parts += kept.filter { !ThoughtStore.isCall($0) } }
                    if call.signature == nil, case .toolCall(let original)? = kept.last?.kind {
                        call.signature = original.signature
                        part.kind = .toolCall(call)
                    }
                }
                parts.append(part)
            }
            request.messages[index].parts = hasThoughts ? parts : ThoughtStore.thoughtsFirst(parts)
        }
    }

    /// Restored thoughts stand before everything else that was said in the turn, as the provider sent them.
    private static func thoughtsFirst(_ parts: [ContentPart]) -> [ContentPart] {
        let isThought: (ContentPart) -> Bool = { if case .thinking = $0.kind { true } else { false } }
        return parts.filter(isThought) + parts.filter { !isThought($0) }
    }

    private func key(_ call: ToolCall, _ project: Identifier) -> String { project.text + " " + call.id }

    private static func isCall(_ part: ContentPart) -> Bool { if case .toolCall = part.kind { true } else { false } }

    private func kept(under id: String) -> [ContentPart]? { shelf.withLock { $0.thoughts[id] } }

    private func put(_ parts: [ContentPart], under id: String) {
        let size = ThoughtStore.size(of: parts)
        guard size <= limitBytes / 4 else { return }
        shelf.withLock { shelf in
            guard shelf.thoughts.updateValue(parts, forKey: id) == nil else { return }
            shelf.order.append(id)
            shelf.bytes += size
            while shelf.bytes > limitBytes, shelf.oldest < shelf.order.count {
                if let gone = shelf.thoughts.removeValue(forKey: shelf.order[shelf.oldest]) {
                    shelf.bytes -= ThoughtStore.size(of: gone)
                }
                shelf.oldest += 1
            }
            guard shelf.oldest > 1024, shelf.oldest * 2 > shelf.order.count else { return }
            shelf.order.removeFirst(shelf.oldest)
            shelf.oldest = 0
        }
    }

    private static func size(of parts: [ContentPart]) -> Int {
        parts.reduce(256) { size, part in
            switch part.kind {
            case .thinking(let thinking):
                size + thinking.text.utf8.count + (thinking.signature?.value.utf8.count ?? 0)
                    + (thinking.sealed?.utf8.count ?? 0)
            case .toolCall(let call): size + call.arguments.utf8.count + (call.signature?.value.utf8.count ?? 0)
            default: size
            }
        }
    }
}
