import GRDB
public import ModeluxCore

/// Reads and writes management keys.
public struct ManagementKeyStore {
    let transaction: ControlTransaction

    /// A page of the keys, newest first.
    public func list(_ request: ListRequest) throws -> ListPage<ManagementKey> {
        let rows = try transaction.rows(
            """
            SELECT * FROM management_keys WHERE created_at < ? OR (created_at = ? AND id < ?)
            ORDER BY created_at DESC, id DESC LIMIT ?
            """,
            [request.boundTime, request.boundTime, request.boundID, request.limit + 1])
        return ListPage(try rows.map(Self.key), request: request) { ($0.createdAt, $0.id) }
    }

    /// The key of that id.
    public func get(_ id: String) throws -> ManagementKey {
        guard let row = try transaction.row("SELECT * FROM management_keys WHERE id = ?", [id]) else {
            throw Refusal.missing("management_key", id)
        }
        return try Self.key(row)
    }

    /// Makes a key.
    /// - Returns: The key, and its secret, which is not stored anywhere.
    public func create(
        name: String, role: Role, expiresAt: Timestamp? = nil,
        requestsPerMinute: Int = ManagementKey.defaultRequestsPerMinute
    ) throws -> (key: ManagementKey, secret: Secret) {
        try Validation.check { check in
            check.name(name, at: "name")
            check.future(expiresAt, now: transaction.now, at: "expires_at")
            check.requestsPerMinute(requestsPerMinute, at: "rate_limit")
        }
        let id = transaction.newIdentifier(.managementKey)
        let secret = SecretMaker.make(prefix: ManagementKey.prefix)
        try transaction.execute(
            """
            INSERT INTO management_keys (id, name, role, digest, display, requests_per_minute, created_at, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id.text, name, role.rawValue, SecretMaker.digest(of: secret.reveal()).blob,
                SecretMaker.display(secret, prefix: ManagementKey.prefix), requestsPerMinute,
                transaction.now.microseconds, expiresAt?.microseconds,
            ])
        let made = try get(id.text)
        try transaction.audit.append("management_key.created", "management_key", id.text, after: Self.json(made))
        transaction.publish(.access)
        return (made, secret)
    }

    /// Revokes a key for good; revoking it again changes nothing.
    public func revoke(_ id: String) throws -> ManagementKey {
        let before = try get(id)
        guard before.revokedAt == nil else { return before }
        try transaction.execute(
            "UPDATE management_keys SET revoked_at = ? WHERE id = ?", [transaction.now.microseconds, id])
        try transaction.audit.append("management_key.revoked", "management_key", id, before: Self.json(before))
        transaction.publish(.access)
        return try get(id)
    }

    func all() throws -> [ManagementKey] { try transaction.rows("SELECT * FROM management_keys").map(Self.key) }

    private static func key(_ row: ControlRow) throws -> ManagementKey {
        ManagementKey(
            id: try row.identifier("id"), name: try row.text("name"), role: try row.raw("role", as: Role.self),
            digest: try row.digest("digest"), display: try row.text("display"), createdAt: try row.time("created_at"),
            expiresAt: try row.optionalTime("expires_at"), revokedAt: try row.optionalTime("revoked_at"),
            requestsPerMinute: try row.int("requests_per_minute"))
    }

    private static func json(_ key: ManagementKey) -> JSONTree {
        .members([
            "name": .string(key.name), "role": .string(key.role.rawValue), "prefix": .string(key.display),
            "rate_limit": .integer(key.requestsPerMinute), "expires_at": .text(key.expiresAt?.iso8601),
        ])
    }
}
