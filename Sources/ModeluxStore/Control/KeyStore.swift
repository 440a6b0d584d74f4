import GRDB
public import ModeluxCore

/// What a new project key shall be.
public struct KeyDraft: Sendable {
    /// What people call it.
    public var name: String
    /// When it stops working, if ever.
    public var expiresAt: Timestamp?
    /// Requests per minute; 0 means no limit.
    public var requestsPerMinute: Int
    /// Tokens per minute, input and output together; 0 means no limit.
    public var tokensPerMinute: Int
    /// Requests under way at the same time; 0 means no limit.
    public var concurrentRequests: Int
    /// If not empty, the only models that it may name.
    public var allowedModels: [String]
    /// If not empty, the only addresses or CIDR ranges that it may come from.
    public var allowedAddresses: [String]

    /// Makes a draft.
    public init(
        name: String, expiresAt: Timestamp? = nil, requestsPerMinute: Int = APIKey.defaultRequestsPerMinute,
        tokensPerMinute: Int = 0, concurrentRequests: Int = 0, allowedModels: [String] = [],
        allowedAddresses: [String] = []
    ) {
        self.name = name
        self.expiresAt = expiresAt
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.concurrentRequests = concurrentRequests
        self.allowedModels = allowedModels
        self.allowedAddresses = allowedAddresses
    }

    fileprivate func validate(now: Timestamp, isNew: Bool) throws {
        try Validation.check { check in
            check.name(name, at: "name")
            if isNew { check.future(expiresAt, now: now, at: "expires_at") }
            check.requestsPerMinute(requestsPerMinute, at: "rate_limit")
            check.require(
                (0...1_000_000_000_000).contains(tokensPerMinute), "tokens_per_minute",
                "must be 0 (no limit) to 1000000000000 tokens a minute")
            check.require(
                (0...1_000_000).contains(concurrentRequests), "concurrent_requests",
                "must be 0 (no limit) to 1000000 requests at a time")
            check.texts(allowedModels, at: "allowed_models")
            check.addresses(allowedAddresses, at: "allowed_ips")
        }
    }

    fileprivate var json: JSONTree {
        .members([
            "name": .string(name), "expires_at": .text(expiresAt?.iso8601), "rate_limit": .integer(requestsPerMinute),
            "tokens_per_minute": .integer(tokensPerMinute), "concurrent_requests": .integer(concurrentRequests),
            "allowed_models": .texts(allowedModels), "allowed_ips": .texts(allowedAddresses),
        ])
    }
}

/// A project key as the management API shows it.
public struct StoredKey: Sendable {
    /// `key_…`
    public let id: Identifier
    /// Whose it is.
    public let projectID: Identifier
    /// What it may do.
    public let draft: KeyDraft
    /// Prefix and last four characters of its newest secret.
    public let display: String
    /// When it was made.
    public let createdAt: Timestamp
    /// When it was revoked, if it was.
    public let revokedAt: Timestamp?
    /// Until when the secret before the newest one works, after a rotation.
    public let previousSecretExpiresAt: Timestamp?
}

/// Reads and writes project keys. A key keeps its id when its secret is rotated.
public struct KeyStore {
    let transaction: ControlTransaction

    /// A page of the keys, newest first; of one project, or of all.
    public func list(_ request: ListRequest, project: Identifier? = nil) throws -> ListPage<StoredKey> {
        let rows = try transaction.rows(
            """
            SELECT * FROM keys WHERE (? IS NULL OR project_id = ?)
            AND (created_at < ? OR (created_at = ? AND id < ?)) ORDER BY created_at DESC, id DESC LIMIT ?
            """,
            [
                project?.text, project?.text, request.boundTime, request.boundTime, request.boundID, request.limit + 1,
            ])
        return ListPage(try rows.map(key), request: request) { ($0.createdAt, $0.id) }
    }

    /// The key of that id.
    public func get(_ id: String) throws -> StoredKey {
        guard let row = try transaction.row("SELECT * FROM keys WHERE id = ?", [id]) else {
            throw Refusal.missing("key", id)
        }
        return try key(row)
    }

    /// Makes a key.
    /// - Returns: The key, and its secret, which is not stored anywhere.
    public func create(project reference: String, draft: KeyDraft) throws -> (key: StoredKey, secret: Secret) {
        try draft.validate(now: transaction.now, isNew: true)
        let project = try transaction.projects.get(reference).project
        let id = transaction.newIdentifier(.key)
        try transaction.execute(
            """
            INSERT INTO keys (id, project_id, name, requests_per_minute, allowed_models, allowed_ips, created_at,
                expires_at, tokens_per_minute, concurrent_requests)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id.text, project.id.text, draft.name, draft.requestsPerMinute, JSONTree.texts(draft.allowedModels).text,
                JSONTree.texts(draft.allowedAddresses).text, transaction.now.microseconds,
                draft.expiresAt?.microseconds, draft.tokensPerMinute, draft.concurrentRequests,
            ])
        let secret = try addSecret(to: id)
        let made = try get(id.text)
        try transaction.audit.append("key.created", "key", id.text, after: json(made))
        transaction.publish(.snapshot)
        return (made, secret)
    }

    /// Changes a key; it takes effect with the next request.
    public func update(_ id: String, _ change: (inout KeyDraft) -> Void) throws -> StoredKey {
        let before = try get(id)
        var draft = before.draft
        change(&draft)
        try draft.validate(now: transaction.now, isNew: draft.expiresAt != before.draft.expiresAt)
        try transaction.execute(
            """
            UPDATE keys SET name = ?, requests_per_minute = ?, allowed_models = ?, allowed_ips = ?, expires_at = ?,
                tokens_per_minute = ?, concurrent_requests = ?
            WHERE id = ?
            """,
            [
                draft.name, draft.requestsPerMinute, JSONTree.texts(draft.allowedModels).text,
                JSONTree.texts(draft.allowedAddresses).text, draft.expiresAt?.microseconds,
                draft.tokensPerMinute, draft.concurrentRequests, id,
            ])
        let after = try get(id)
        try transaction.audit.append("key.updated", "key", id, before: json(before), after: json(after))
        transaction.publish(.snapshot)
        return after
    }

    /// Gives a key a new secret. The old one works for `overlapSeconds` more, 0 … 30 days.
    public func rotate(_ id: String, overlapSeconds: Int64) throws -> (key: StoredKey, secret: Secret) {
        let before = try get(id)
        try Validation.check { check in
            check.require((0...2_592_000).contains(overlapSeconds), "overlap_seconds", "must be 0 to 2592000 (30 days)")
        }
        guard before.revokedAt == nil else {
            throw Refusal.conflict("key", id, "the key was revoked: make a new one instead")
        }
        let until = transaction.now.advanced(byMicroseconds: overlapSeconds * 1_000_000)
        try transaction.execute(
            "UPDATE key_digests SET expires_at = ? WHERE key_id = ? AND (expires_at IS NULL OR expires_at > ?)",
            [until.microseconds, id, until.microseconds])
        let secret = try addSecret(to: before.id)
        let after = try get(id)
        try transaction.audit.append("key.rotated", "key", id, before: json(before), after: json(after))
        transaction.publish(.snapshot)
        return (after, secret)
    }

    /// Revokes a key for good; revoking it again changes nothing.
    public func revoke(_ id: String) throws -> StoredKey {
        let before = try get(id)
        guard before.revokedAt == nil else { return before }
        try transaction.execute("UPDATE keys SET revoked_at = ? WHERE id = ?", [transaction.now.microseconds, id])
        let after = try get(id)
        try transaction.audit.append("key.revoked", "key", id, before: json(before))
        transaction.publish(.snapshot)
        return after
    }

    /// Every key with each of its secrets, for the snapshot: a rotated key is there once for each.
    func all() throws -> [APIKey] {
        let rows = try transaction.rows(
            """
            SELECT keys.*, digest, display, key_digests.expires_at AS digest_expires_at
            FROM keys JOIN key_digests ON key_id = keys.id
            """)
        return try rows.map { row in
            let expiries = [try row.optionalTime("expires_at"), try row.optionalTime("digest_expires_at")]
            return APIKey(
                id: try row.identifier("id"), projectID: try row.identifier("project_id"), name: try row.text("name"),
                digest: try row.digest("digest"), display: try row.text("display"),
                createdAt: try row.time("created_at"), expiresAt: expiries.compactMap { $0 }.min(),
                revokedAt: try row.optionalTime("revoked_at"), requestsPerMinute: try row.int("requests_per_minute"),
                tokensPerMinute: try row.int("tokens_per_minute"),
                concurrentRequests: try row.int("concurrent_requests"),
                allowedModels: try row.texts("allowed_models"), allowedAddresses: try row.texts("allowed_ips"))
        }
    }

    private func addSecret(to id: Identifier) throws -> Secret {
        let secret = SecretMaker.make(prefix: APIKey.prefix)
        try transaction.execute(
            "INSERT INTO key_digests (digest, key_id, display, created_at) VALUES (?, ?, ?, ?)",
            [
                SecretMaker.digest(of: secret.reveal()).blob, id.text,
                SecretMaker.display(secret, prefix: APIKey.prefix), transaction.now.microseconds,
            ])
        return secret
    }

    private func key(_ row: ControlRow) throws -> StoredKey {
        let id = try row.identifier("id")
        let secrets = try transaction.rows(
            "SELECT display, expires_at FROM key_digests WHERE key_id = ? ORDER BY expires_at IS NULL DESC, expires_at DESC",
            [id.text])
        let draft = KeyDraft(
            name: try row.text("name"), expiresAt: try row.optionalTime("expires_at"),
            requestsPerMinute: try row.int("requests_per_minute"), tokensPerMinute: try row.int("tokens_per_minute"),
            concurrentRequests: try row.int("concurrent_requests"), allowedModels: try row.texts("allowed_models"),
            allowedAddresses: try row.texts("allowed_ips"))
        let previous = try secrets.dropFirst().first?.optionalTime("expires_at")
        return StoredKey(
            id: id, projectID: try row.identifier("project_id"), draft: draft,
            display: try secrets.first?.text("display") ?? APIKey.prefix + "…",
            createdAt: try row.time("created_at"), revokedAt: try row.optionalTime("revoked_at"),
            previousSecretExpiresAt: previous.flatMap { $0 > transaction.now ? $0 : nil })
    }

    private func json(_ key: StoredKey) -> JSONTree {
        .object(
            [JSONTree.Member("project_id", .string(key.projectID.text)), .init("prefix", .string(key.display))]
                + (key.draft.json.objectValue ?? []))
    }
}
