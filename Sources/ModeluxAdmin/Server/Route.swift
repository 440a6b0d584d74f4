import ModeluxCore

/// One endpoint of the management API.
struct Route: Sendable {
    /// `GET`, `POST`, `PATCH`, `PUT` or `DELETE`.
    let method: String
    /// The path behind `/manage/v1/`, with `{name}` for what varies: `keys/{id}/rotate`.
    let path: String
    /// Who may call it.
    let access: Access
    /// The names that its query may have.
    let query: [String]
    /// What it does.
    let handler: @Sendable (Exchange) async throws -> Reply

    /// Who may call a route.
    enum Access: Sendable, Hashable {
        /// Anyone: only for signing in, and for the description of the API.
        case open
        /// Whoever has this role, or one that may do more.
        case role(Role)
    }

    private let pattern: [Part]

    private enum Part: Sendable, Hashable {
        case literal(String)
        case parameter(String)
    }

    init(
        _ method: String, _ path: String, _ access: Access, query: [String] = [],
        _ handler: @escaping @Sendable (Exchange) async throws -> Reply
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.query = query
        self.handler = handler
        pattern = path.split(separator: "/").map { part in
            part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
        }
    }

    /// How many of its parts are fixed: of two routes that match, the one with more counts.
    var literalCount: Int { pattern.count { if case .literal = $0 { true } else { false } } }

    /// What the segments hold for the route's parameters; nil when they do not match.
    func match(_ segments: [String]) -> [String: String]? {
        guard segments.count == pattern.count else { return nil }
        var parameters: [String: String] = [:]
        for (part, segment) in zip(pattern, segments) {
            switch part {
            case .literal(let text):
                guard text == segment else { return nil }
            case .parameter(let name):
                guard !segment.isEmpty else { return nil }
                parameters[name] = segment
            }
        }
        return parameters
    }
}
