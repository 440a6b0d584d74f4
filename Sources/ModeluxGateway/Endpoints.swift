import ModeluxCore

/// What the inference listener serves.
enum Endpoint: Sendable, Hashable {
    case chatCompletions
    case embeddings
    case models
    case model(String)
    case dryRun
    case health
    case readiness

    /// The path tail, as records and metrics name it.
    var name: String {
        switch self {
        case .chatCompletions: "chat/completions"
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
        case .chatCompletions, .embeddings, .dryRun: "POST"
        case .models, .model, .health, .readiness: "GET"
        }
    }

    /// Whether it may call a provider: then it passes admission and the ledger. A test walks over all of them.
    var spends: Bool {
        switch self {
        case .chatCompletions, .embeddings: true
        case .models, .model, .dryRun, .health, .readiness: false
        }
    }

    /// Whether it reads a request, plans it and is booked; the others only tell what there is.
    var isOperation: Bool { spends || self == .dryRun }

    /// Whether it wants a key.
    var needsCaller: Bool { self != .health && self != .readiness }

    /// The endpoints by their path below the version.
    static let byTail: [String: Endpoint] = [
        "chat/completions": .chatCompletions, "embeddings": .embeddings, "models": .models, "dry-run": .dryRun,
    ]

    /// Finds the endpoint of a path: `/openai/v1/…` or its alias `/v1/…`; nil when there is none.
    init?(path: String) {
        switch path {
        case "/v1/chat/completions", "/openai/v1/chat/completions":
            self = .chatCompletions
            return
        case "/healthz":
            self = .health
            return
        case "/readyz":
            self = .readiness
            return
        default: break
        }
        guard let tail = Endpoint.tail(of: path) else { return nil }
        if let endpoint = Endpoint.byTail[String(tail)] {
            self = endpoint
        } else if tail.hasPrefix("models/"), tail.utf8.count > 7 {
            self = .model(percentDecoded(tail.dropFirst(7)))
        } else {
            return nil
        }
    }

    private static func tail(of path: String) -> Substring? {
        for prefix in ["/openai/v1/", "/v1/v1/", "/v1/"] where path.hasPrefix(prefix) {
            let tail = path.dropFirst(prefix.count)
            return tail.hasSuffix("/") ? tail.dropLast() : tail
        }
        return nil
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
