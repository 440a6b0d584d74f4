import GRDB
import ModeluxCore

/// Events of changes to the configuration, committed in the transaction of the change. They lie here only until the
/// alerts have taken them over.
public struct EventOutbox {
    /// The largest object that an event repeats, in bytes of JSON; of a larger one it names only the id.
    static let objectLimit = 16 << 10
    let transaction: ControlTransaction

    /// The oldest events, and the place up to which `remove` forgets them. Types that only another version knows are
    /// delivered too: one of them must not hold up the others.
    public func first(_ limit: Int) throws -> (events: [AlertEvent], last: Int64) {
        let rows = try transaction.rows("SELECT * FROM event_outbox ORDER BY sequence LIMIT ?", [limit])
        let events = try rows.map { row in
            AlertEvent(
                id: try row.identifier("id"), type: try row.text("type"), createdAt: try row.time("created_at"),
                data: try row.text("data"))
        }
        return (events, try rows.last?.integer("sequence") ?? 0)
    }

    /// Forgets the events up to a place, once they are kept elsewhere.
    public func remove(through last: Int64) throws {
        try transaction.execute("DELETE FROM event_outbox WHERE sequence <= ?", [last])
    }

    func append(_ event: Event) throws {
        try transaction.execute(
            "INSERT INTO event_outbox (id, type, created_at, data) VALUES (?, ?, ?, ?)",
            [event.id.text, event.type.rawValue, event.createdAt.microseconds, event.data])
        transaction.publish(.events)
    }

    /// Tells of a change that the audit log notes, if it is one that operators subscribe to. Every change goes through
    /// the audit log, so none can be forgotten, and what it writes has its secrets masked already.
    func append(change: String, _ kind: String, _ id: String, before: JSONTree?, after: JSONTree?, author: Author)
        throws
    {
        guard let type = Self.types[change] else { return }
        let object = after ?? before
        let text = object?.text ?? "null"
        var json = JSONText()
        json.object { json in
            json.member("id", id)
            json.member("resource", kind)
            json.key("object")
            json.raw(text.utf8.count <= Self.objectLimit ? text : "null")
            json.key("changed_by")
            json.object { json in
                json.member("kind", author.kind.rawValue)
                json.member("id", author.id)
                json.member("name", author.name)
            }
        }
        try append(
            Event(
                id: transaction.newIdentifier(.event), type: type, createdAt: transaction.now, data: json.text))
    }

    /// What the audit log calls a change, and the event that tells of it.
    private static let types: [String: EventType] = [
        "routing_config.created": .routingConfigCreated, "routing_config.updated": .routingConfigUpdated,
        "routing_config.deleted": .routingConfigDeleted, "key.revoked": .apiKeyRevoked,
    ]
}
