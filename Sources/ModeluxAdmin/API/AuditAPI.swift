import ModeluxCore
import ModeluxStore

/// `audit`: who did what, and whether the chain holds.
struct AuditAPI: Sendable {
    let store: ControlStore

    func list(_ exchange: Exchange) async throws -> Reply {
        let limit = try ListRequest(limit: exchange.query["limit"], cursor: nil).limit
        let cursor = try exchange.query["cursor"].map { text in
            guard let cursor = Int64(text) else { throw Refusal.invalid("cursor", "is not a cursor that a list gave") }
            return cursor
        }
        let found = try await store.read { try $0.audit.list(limit: limit, before: cursor) }
        return .list(found.entries, nextCursor: found.nextCursor.map(String.init), Self.write)
    }

    func verify(_ exchange: Exchange) async throws -> Reply {
        let (count, firstBroken) = try await store.read { try $0.audit.verify() }
        return .data { json in
            json.object { json in
                json.member("entries", count)
                json.member("intact", firstBroken == nil)
                json.member("first_broken", firstBroken)
            }
        }
    }

    private static func write(_ entry: AuditEntry, to json: inout JSONText) {
        json.object { json in
            json.member("id", entry.id.text)
            json.member("sequence", entry.sequence)
            json.member("created_at", entry.createdAt.iso8601)
            json.key("author")
            json.object { json in
                json.member("kind", entry.author.kind.rawValue)
                json.member("id", entry.author.id)
                json.member("name", entry.author.name)
                json.member("role", entry.author.role.rawValue)
                json.member("address", entry.author.address)
            }
            json.member("action", entry.action)
            json.member("resource", entry.objectKind)
            json.member("resource_id", entry.objectID)
            json.key("before")
            json.raw(entry.before ?? "null")
            json.key("after")
            json.raw(entry.after ?? "null")
            json.member(
                "hash", entry.hash.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined())
        }
    }
}
