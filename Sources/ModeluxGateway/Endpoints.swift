import ModeluxCore
import ModeluxWire

/// The wire shape that a caller speaks.
typealias Surface = RequestRecord.Surface

/// What the inference listener serves.
enum Endpoint: Sendable, Hashable {
    case chatCompletions
    case messages
    case countTokens
    case embeddings
    case models(Surface)
    case model(String, Surface)
    case dryRun(Surface)
    case health
    case readiness

    /// The path tail, as records and metrics name it.
    var name: String {
        switch self {
        case .chatCompletions: "chat/completions"
        case .messages: "messages"
        case .countTokens: "messages/count_tokens"
        case .embeddings: "embeddings"
        case .models, .model: "models"
        case .dryRun: "dry-run"
        case .health: "healthz"
        case .readiness: "readyz"
        }
    }

    /// The one method that it answers.
    var method: String {
        switch self {
        case .chatCompletions, .messages, .countTokens, .embeddings, .dryRun: "POST"
        case .models, .model, .health, .readiness: "GET"
        }
    }

    /// The wire shape of its requests, answers and errors.
    var surface: Surface {
        switch self {
        case .messages, .countTokens: .anthropic
        case .models(let surface), .model(_, let surface), .dryRun(let surface): surface
        case .chatCompletions, .embeddings, .health, .readiness: .openai
        }
    }

    /// What its body is; nil where it has none.
    var request: InquiryHead.Endpoint? {
        switch self {
        case .chatCompletions, .dryRun(.openai): .chat
        case .messages, .dryRun(.anthropic): .messages
        case .countTokens: .countTokens
        case .embeddings: .embeddings
        case .models, .model, .health, .readiness: nil
        }
    }

    /// Whether it may call a provider for money: then it passes admission and the ledger. A test walks over all of them.
    var spends: Bool {
        switch self {
        case .chatCompletions, .messages, .embeddings: true
        case .countTokens, .models, .model, .dryRun, .health, .readiness: false
        }
    }

    /// Whether it reads a request, plans it and is booked; the others only tell what there is.
    var isOperation: Bool { request != nil }

    /// Whether it wants a key.
    var needsCaller: Bool { self != .health && self != .readiness }

    /// Every endpoint that takes a request, by its path below the version, on one surface.
    static func byTail(_ surface: Surface) -> [String: Endpoint] {
        switch surface {
        case .openai: openAITails
        case .anthropic: anthropicTails
        }
    }

    private static let openAITails: [String: Endpoint] = [
        "chat/completions": .chatCompletions, "embeddings": .embeddings, "models": .models(.openai),
        "dry-run": .dryRun(.openai),
    ]

    private static let anthropicTails: [String: Endpoint] = [
        "messages": .messages, "messages/count_tokens": .countTokens, "models": .models(.anthropic),
        "dry-run": .dryRun(.anthropic),
    ]

    /// Finds the endpoint of a path: `/openai/v1/…`, `/anthropic/v1/…`, or an alias below `/v1/…`; nil when there is
    /// none. A doubled `/v1/v1/…` is what clients make of a base address that ends in `/v1`.
    init?(path: String) {
        switch path {
        case "/v1/chat/completions", "/openai/v1/chat/completions":
            self = .chatCompletions
            return
        case "/v1/messages", "/anthropic/v1/messages":
            self = .messages
            return
        case "/healthz":
            self = .health
            return
        case "/readyz":
            self = .readiness
            return
        default: break
        }
        guard let (surface, tail) = Endpoint.tail(of: path) else { return nil }
        if let endpoint = Endpoint.byTail(surface)[tail] {
            self = endpoint
        } else if tail.hasPrefix("models/"), tail.utf8.count > 7 {
            self = .model(percentDecoded(tail.dropFirst(7)), surface)
        } else {
            return nil
        }
    }

    private static let prefixes: [(text: String, surface: Surface)] = [
        ("/openai/v1/", .openai), ("/anthropic/v1/v1/", .anthropic), ("/anthropic/v1/", .anthropic),
        ("/v1/v1/", .openai), ("/v1/", .openai),
    ]

    private static func tail(of path: String) -> (surface: Surface, tail: String)? {
        for prefix in prefixes where path.hasPrefix(prefix.text) {
            var tail = path.dropFirst(prefix.text.utf8.count)
            if tail.hasSuffix("/") { tail = tail.dropLast() }
            // Without a surface in its path, the endpoint itself tells.
            let isAnthropic = prefix.surface == .anthropic || tail == "messages" || tail.hasPrefix("messages/")
            return (isAnthropic ? .anthropic : .openai, String(tail))
        }
        return nil
    }
}

extension RequestRecord.Surface {
    /// The surface in whose shape a request at a path is refused, whether or not anything is served there.
    init(path: String) {
        let isAnthropic =
            path.hasPrefix("/anthropic/") || path.hasPrefix("/v1/messages") || path.hasPrefix("/v1/v1/messages")
        self = isAnthropic ? .anthropic : .openai
    }
}

/// Replaces `%2F` and the like; what is no valid escape stays as it is.
func percentDecoded(_ text: some StringProtocol) -> String {
    var bytes: [UInt8] = []
    var source = Array(text.utf8)[...]
    while let byte = source.popFirst() {
        if byte == UInt8(ascii: "%"), source.count >= 2,
            let value = UInt8(String(decoding: source.prefix(2), as: UTF8.self), radix: 16)
        {
            bytes.append(value)
            source.removeFirst(2)
        } else {
            bytes.append(byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
