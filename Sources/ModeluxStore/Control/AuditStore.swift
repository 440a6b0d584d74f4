import Crypto
import FoundationEssentials
import GRDB
public import ModeluxCore

/// One line of the audit log.
public struct AuditEntry: Sendable {
    /// Counts up from 1 without gaps.
    public let sequence: Int64
    /// `aud_…`
    public let id: Identifier
    /// When it happened.
    public let createdAt: Timestamp
    /// Who did it.
    public let author: Author
    /// What was done: `key.revoked`.
    public let action: String
    /// To what kind of object.
    public let objectKind: String
    /// To which one.
    public let objectID: String
    /// The object before, secrets masked; JSON.
    public let before: String?
    /// The object after, secrets masked; JSON.
    public let after: String?
    /// The hash of the entry before; zeros for the first one.
    public let previousHash: [UInt8]
    /// SHA-256 of `previousHash` and everything above.
    public let hash: [UInt8]

    /// What the hash is taken over.
    static func chained(_ previous: [UInt8], _ fields: [String?]) -> [UInt8] {
        var hasher = SHA256()
        hasher.update(data: previous)
        hasher.update(data: Array(JSONTree.array(fields.map { JSONTree.text($0) }).text.utf8))
        return Array(hasher.finalize())
    }

    var fields: [String?] {
        [
            String(sequence), id.text, String(createdAt.microseconds), author.kind.rawValue, author.id, author.name,
            author.role.rawValue, author.address, action, objectKind, objectID, before, after,
        ]
    }
}

/// Writes and reads the audit log: append-only, each entry chained to the one before by its hash.
public struct AuditStore {
    let transaction: ControlTransaction

    /// A page of the log, newest first; the cursor is a sequence number.
    public func list(limit: Int, before cursor: Int64?) throws -> (entries: [AuditEntry], nextCursor: Int64?) {
        let rows = try transaction.rows(
            "SELECT * FROM audit WHERE sequence < ? ORDER BY sequence DESC LIMIT ?",
            [cursor ?? Int64.max, limit + 1])
        let entries = try rows.prefix(limit).map(Self.entry)
        return (entries, rows.count > limit ? entries.last?.sequence : nil)
    }

    /// Walks over the whole chain.
    /// - Returns: How many entries there are, and the sequence number of the first one that does not fit; nil when all
    ///   fit.
    public func verify() throws -> (count: Int64, firstBroken: Int64?) {
        var previous = [UInt8](repeating: 0, count: 32)
        var expected: Int64 = 1
        while true {
            let rows = try transaction.rows(
                "SELECT * FROM audit WHERE sequence >= ? ORDER BY sequence LIMIT 500", [expected])
            guard !rows.isEmpty else { return (expected - 1, nil) }
            for row in rows {
                let entry = try Self.entry(row)
                guard entry.sequence == expected, entry.previousHash == previous,
                    entry.hash == AuditEntry.chained(previous, entry.fields)
                else { return (expected - 1, expected) }
                previous = entry.hash
                expected += 1
            }
        }
    }

    /// Notes that someone tried to sign in with a link that does not work.
    public func appendRefusedSignIn() throws { try append("session.refused", "user", "unknown") }

    /// Notes that someone had a test mail sent.
    public func appendTestMail(to address: String) throws {
        try append("mail.tested", "mail_address", String(address.prefix(254)))
    }

    func append(
        _ action: String, _ objectKind: String, _ objectID: String, before: JSONTree? = nil, after: JSONTree? = nil,
        author: Author? = nil
    ) throws {
        let last = try transaction.row("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1", [])
        let previous = try last?.bytes("hash") ?? [UInt8](repeating: 0, count: 32)
        let draft = AuditEntry(
            sequence: (try last?.integer("sequence") ?? 0) + 1, id: transaction.newIdentifier(.audit),
            createdAt: transaction.now, author: author ?? transaction.author, action: action, objectKind: objectKind,
            objectID: objectID, before: before?.text, after: after?.text, previousHash: previous, hash: [])
        try transaction.execute(
            """
            INSERT INTO audit (sequence, id, created_at, author_kind, author_id, author_name, role, address, action,
            object_kind, object_id, before, after, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                draft.sequence, draft.id.text, draft.createdAt.microseconds, draft.author.kind.rawValue,
                draft.author.id, draft.author.name, draft.author.role.rawValue, draft.author.address, action,
                objectKind, objectID, draft.before, draft.after, Data(previous),
                Data(AuditEntry.chained(previous, draft.fields)),
            ])
        try transaction.outbox.append(
            change: action, objectKind, objectID, before: before, after: after, author: draft.author)
    }

    private static func entry(_ row: ControlRow) throws -> AuditEntry {
        AuditEntry(
            sequence: try row.integer("sequence"), id: try row.identifier("id"), createdAt: try row.time("created_at"),
            author: Author(
                kind: try row.raw("author_kind", as: Author.Kind.self), id: try row.text("author_id"),
                name: try row.text("author_name"), role: try row.raw("role", as: Role.self),
                address: try row.optionalText("address")),
            action: try row.text("action"), objectKind: try row.text("object_kind"),
            objectID: try row.text("object_id"),
            before: try row.optionalText("before"), after: try row.optionalText("after"),
            previousHash: try row.bytes("prev_hash"), hash: try row.bytes("hash"))
    }
}
