/// Collects from a stream what must be remembered of a turn: thoughts and the tool calls that they led to, of the first
/// choice. Bounded: of a turn that thinks more than that, nothing is remembered.
struct ThoughtRecorder: Sendable {
    /// The thoughts and calls so far, complete ones only.
    private(set) var parts: [ContentPart] = []
    private var current: ContentPart.Kind?
    private var bytes = 0

    private static let maximumBytes = 1 << 20

    mutating func note(_ event: ChatEvent) {
        guard bytes <= ThoughtRecorder.maximumBytes else {
            parts = []
            current = nil
            return
        }
        switch event {
        case .partStart(choice: 0, let kind): current = kind
        case .text(choice: 0, let text):
            guard case .thinking(var thinking)? = current else { return }
            current = nil  // so that the text has one owner and grows in place
            thinking.text += text
            current = .thinking(thinking)
            bytes += text.utf8.count
        case .signature(choice: 0, let signature): add(signature)
        case .partStop(choice: 0):
            if let current, isRemembered(current) { parts.append(ContentPart(current)) }
            current = nil
        default: break
        }
    }

    private mutating func add(_ signature: Signature) {
        bytes += signature.value.utf8.count
        switch current {
        case .thinking(var thinking):
            thinking.signature = Signature(
                (thinking.signature?.value ?? "") + signature.value, origin: signature.origin)
            current = .thinking(thinking)
        case .toolCall(var call):
            call.signature = signature
            current = .toolCall(call)
        default: break
        }
    }

    private func isRemembered(_ kind: ContentPart.Kind) -> Bool {
        switch kind {
        case .thinking, .toolCall: true
        default: false
        }
    }
}
