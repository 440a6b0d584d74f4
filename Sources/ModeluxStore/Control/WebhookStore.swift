import GRDB
public import ModeluxCore

/// A webhook endpoint as the management API shows it: everything but its secret.
public struct StoredWebhook: Sendable {
    /// `whk_…`
    public let id: Identifier
    /// What it is; the format is always said.
    public let draft: WebhookDraft
    /// The prefix and last four characters of its secret.
    public let secretDisplay: String
    /// Until when events are also signed with the secret before, after a rotation.
    public let previousSecretExpiresAt: Timestamp?
    /// When it was made.
    public let createdAt: Timestamp
    /// When it was changed last.
    public let updatedAt: Timestamp
    let secretVersion: Int64
}

/// Reads and writes webhook endpoints. Their secrets are sealed, and shown when they are made and never again.
public struct WebhookStore {
    /// What a secret begins with.
    public static let secretPrefix = "mlx_wh_"
    /// How long the old secret counts after a rotation.
    public static let overlapMicroseconds: Int64 = 24 * 3600 * 1_000_000
    /// Endpoints at most.
    static let limit = 100
    private static let table = "webhook_endpoints"
    /// Where the secret before lies: a row owns one sealed secret a table.
    private static let previousTable = "webhook_endpoints/previous"
    let transaction: ControlTransaction

    /// A page of the endpoints, newest first.
    public func list(_ request: ListRequest) throws -> ListPage<StoredWebhook> {
        let rows = try transaction.rows(
            """
            SELECT * FROM webhook_endpoints WHERE created_at < ? OR (created_at = ? AND id < ?)
            ORDER BY created_at DESC, id DESC LIMIT ?
            """,
            [request.boundTime, request.boundTime, request.boundID, request.limit + 1])
        return ListPage(try rows.map(webhook), request: request) { ($0.createdAt, $0.id) }
    }

    /// Every endpoint, disabled ones included.
    public func all() throws -> [StoredWebhook] {
        try transaction.rows("SELECT * FROM webhook_endpoints ORDER BY created_at, id").map(webhook)
    }

    /// The endpoint of that id.
    public func get(_ id: String) throws -> StoredWebhook {
        guard let found = try find(id) else { throw Refusal.missing("webhook_endpoint", id) }
        return found
    }

    /// The endpoint of that id; nil when there is none.
    public func find(_ id: String) throws -> StoredWebhook? {
        try transaction.row("SELECT * FROM webhook_endpoints WHERE id = ?", [id]).map(webhook)
    }

    /// The secrets that its events are signed with: the newest one first, then the one before while it counts.
    /// - Throws: `SealingFailure` when one does not open: nothing is ever sent unsigned.
    public func secrets(of webhook: StoredWebhook) throws -> [Secret] {
        let id = webhook.id.text
        let newest = try transaction.sealedSecrets.get(
            in: SealingContext(table: Self.table, row: id, version: webhook.secretVersion))
        guard webhook.previousSecretExpiresAt != nil else { return [newest] }
        let previous = try transaction.sealedSecrets.get(
            in: SealingContext(table: Self.previousTable, row: id, version: webhook.secretVersion - 1))
        return [newest, previous]
    }

    /// Makes an endpoint.
    /// - Returns: The endpoint, and its secret, which is never shown again.
    public func create(_ draft: WebhookDraft) throws -> (webhook: StoredWebhook, secret: Secret) {
        try draft.validate()
        guard try transaction.count("SELECT COUNT(*) FROM webhook_endpoints") < Self.limit else {
            throw Refusal.conflict(
                "webhook_endpoint", nil, "there are \(Self.limit) endpoints already: remove one first")
        }
        let id = transaction.newIdentifier(.webhook).text
        let secret = SecretMaker.make(prefix: Self.secretPrefix)
        let format = draft.format ?? WebhookFormat(url: draft.url)
        try transaction.execute(
            """
            INSERT INTO webhook_endpoints (id, name, url, format, event_types, is_enabled, secret_version,
            secret_display, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?)
            """,
            [
                id, draft.name, draft.url, format.rawValue, JSONTree.texts(draft.eventTypes.map(\.rawValue)).text,
                draft.isEnabled, SecretMaker.display(secret, prefix: Self.secretPrefix), transaction.now.microseconds,
                transaction.now.microseconds,
            ])
        try transaction.sealedSecrets.put(secret, in: SealingContext(table: Self.table, row: id, version: 1))
        let made = try get(id)
        try transaction.audit.append("webhook_endpoint.created", "webhook_endpoint", id, after: made.draft.json)
        return (made, secret)
    }

    /// Changes an endpoint; it takes effect with the next delivery. A new address decides the format anew, unless the
    /// change names one.
    public func update(_ id: String, _ change: (inout WebhookDraft) throws -> Void) throws -> StoredWebhook {
        let before = try get(id)
        var draft = before.draft
        draft.format = nil
        try change(&draft)
        try draft.validate()
        let format = draft.format ?? (draft.url == before.draft.url ? before.draft.format : nil)
        try transaction.execute(
            """
            UPDATE webhook_endpoints SET name = ?, url = ?, format = ?, event_types = ?, is_enabled = ?, updated_at = ?
            WHERE id = ?
            """,
            [
                draft.name, draft.url, (format ?? WebhookFormat(url: draft.url)).rawValue,
                JSONTree.texts(draft.eventTypes.map(\.rawValue)).text, draft.isEnabled, transaction.now.microseconds,
                id,
            ])
        let after = try get(id)
        try transaction.audit.append(
            "webhook_endpoint.updated", "webhook_endpoint", id, before: before.draft.json, after: after.draft.json)
        return after
    }

    /// Gives an endpoint a new secret. For 24 hours events are signed with both; a secret that was the old one already
    /// counts no more.
    public func rotateSecret(_ id: String) throws -> (webhook: StoredWebhook, secret: Secret) {
        let before = try get(id)
        let old = try transaction.sealedSecrets.get(
            in: SealingContext(table: Self.table, row: id, version: before.secretVersion))
        let secret = SecretMaker.make(prefix: Self.secretPrefix)
        try transaction.sealedSecrets.put(
            old, in: SealingContext(table: Self.previousTable, row: id, version: before.secretVersion))
        try transaction.sealedSecrets.put(
            secret, in: SealingContext(table: Self.table, row: id, version: before.secretVersion + 1))
        try transaction.execute(
            """
            UPDATE webhook_endpoints SET secret_version = secret_version + 1, secret_display = ?,
            previous_secret_expires_at = ?, updated_at = ? WHERE id = ?
            """,
            [
                SecretMaker.display(secret, prefix: Self.secretPrefix),
                transaction.now.advanced(byMicroseconds: Self.overlapMicroseconds).microseconds,
                transaction.now.microseconds, id,
            ])
        let after = try get(id)
        try transaction.audit.append(
            "webhook_endpoint.secret_rotated", "webhook_endpoint", id,
            before: .members(["secret": .string(before.secretDisplay)]),
            after: .members(["secret": .string(after.secretDisplay)]))
        return (after, secret)
    }

    /// Removes an endpoint with its secrets. What waits for it is not sent any more.
    public func delete(_ id: String) throws -> StoredWebhook {
        let before = try get(id)
        try transaction.sealedSecrets.remove(table: Self.table, row: id)
        try transaction.sealedSecrets.remove(table: Self.previousTable, row: id)
        try transaction.execute("DELETE FROM webhook_endpoints WHERE id = ?", [id])
        try transaction.audit.append("webhook_endpoint.deleted", "webhook_endpoint", id, before: before.draft.json)
        return before
    }

    /// Notes that someone had a test event sent to an endpoint.
    public func noteTest(of id: String) throws {
        try transaction.audit.append("webhook_endpoint.tested", "webhook_endpoint", id)
    }

    /// Notes that someone had a delivery repeated.
    public func noteReplay(of delivery: String) throws {
        try transaction.audit.append("delivery.replayed", "delivery", String(delivery.prefix(64)))
    }

    private func webhook(_ row: ControlRow) throws -> StoredWebhook {
        let previous = try row.optionalTime("previous_secret_expires_at")
        return StoredWebhook(
            id: try row.identifier("id"),
            draft: WebhookDraft(
                name: try row.text("name"), url: try row.text("url"),
                format: try row.raw("format", as: WebhookFormat.self),
                // A type that only another version knows is left out.
                eventTypes: try row.texts("event_types").compactMap(EventType.init(rawValue:)),
                isEnabled: try row.integer("is_enabled") != 0),
            secretDisplay: try row.text("secret_display"),
            previousSecretExpiresAt: previous.flatMap { $0 > transaction.now ? $0 : nil },
            createdAt: try row.time("created_at"), updatedAt: try row.time("updated_at"),
            secretVersion: try row.integer("secret_version"))
    }
}
