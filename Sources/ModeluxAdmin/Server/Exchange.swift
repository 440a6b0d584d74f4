import ModeluxCore
import ModeluxStore

/// One authenticated management request, as a handler sees it.
struct Exchange: Sendable {
    /// `GET`, `POST`, …
    let method: String
    /// The path behind `/manage/v1`, as it was matched.
    let path: String
    /// What stands in the path for `{name}`.
    let parameters: [String: String]
    /// The query by name; a name given twice is refused before a handler runs.
    let query: [String: String]
    /// The body; empty without one.
    let body: [UInt8]
    /// The `Idempotency-Key`, if one was sent.
    let idempotencyKey: String?
    /// The session that the request belongs to, if it came by cookie.
    let session: Session?
    /// What writes of that session must repeat.
    let csrfToken: String?
    /// Who asks.
    let author: Author
    /// When it arrived.
    let now: Timestamp

    /// The path's value for a name that the route has.
    func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// The page that the query asks for.
    func page() throws -> ListRequest { try ListRequest(limit: query["limit"], cursor: query["cursor"]) }

    /// The part of a short list that the query asks for; the cursor is a place in it.
    func page<Element>(of all: [Element]) throws -> (elements: [Element], nextCursor: String?) {
        let limit = try ListRequest(limit: query["limit"], cursor: nil).limit
        guard let start = Int(query["cursor"] ?? "0"), (0...1_000_000).contains(start) else {
            throw Refusal.invalid("cursor", "is not a cursor that a list gave; leave it out to begin at the start")
        }
        let rest = all.dropFirst(start)
        return (Array(rest.prefix(limit)), rest.count > limit ? String(start + limit) : nil)
    }

    /// The body's members.
    /// - Throws: `Failure` when the body is no JSON, `Refusal` when it is no object.
    func fields() throws -> BodyFields { try BodyFields(JSONTree(parsing: body.isEmpty ? Array("{}".utf8) : body)) }

    /// The write's name for repeating it; nil when the caller did not give one.
    func once() throws -> IdempotentRequest? {
        try idempotencyKey.map { try IdempotentRequest(key: $0, method: method, path: path, body: body) }
    }

    /// A moment in the query.
    func time(_ name: String) throws -> Timestamp? {
        guard let text = query[name], !text.isEmpty else { return nil }
        guard let time = Timestamp(iso8601: text) else {
            throw Refusal.invalid(name, "must be a time such as 2026-05-01T00:00:00Z")
        }
        return time
    }

    /// A flag in the query: `true` or `false`.
    func flag(_ name: String) throws -> Bool {
        switch query[name] {
        case nil, "", "false": return false
        case "true": return true
        default: throw Refusal.invalid(name, "must be true or false")
        }
    }
}
