import ModeluxCore
import ModeluxStore

/// `management-keys`: keys of this API itself.
struct ManagementKeysAPI: Sendable {
    let store: ControlStore
    /// The limit of a key for which its maker says nothing.
    let requestsPerMinute: Int

    func list(_ exchange: Exchange) async throws -> Reply {
        let page = try exchange.page()
        let found = try await store.read { try $0.managementKeys.list(page) }
        return .list(found.elements, nextCursor: found.nextCursor) { Self.write($0, secret: nil, to: &$1) }
    }

    func create(_ exchange: Exchange) async throws -> Reply {
        var fields = try exchange.fields()
        let name = fields.requiredText("name")
        let role = fields.word("role", as: Role.self).applied(to: .viewer)
        let expiresAt = fields.time("expires_at").applied(to: nil)
        let limit = fields.integer("rate_limit").applied(to: requestsPerMinute)
        try fields.finish()
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let made = try transaction.managementKeys.create(
                name: name, role: role, expiresAt: expiresAt, requestsPerMinute: limit)
            return WriteReply(
                status: 201, body: Reply.dataText { Self.write(made.key, secret: made.secret, to: &$0) })
        }
        return Reply(reply)
    }

    func delete(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let revoked = try transaction.managementKeys.revoke(id)
            return WriteReply(status: 200, body: Reply.dataText { Self.write(revoked, secret: nil, to: &$0) })
        }
        return Reply(reply)
    }

    private static func write(_ key: ManagementKey, secret: Secret?, to json: inout JSONText) {
        json.object { json in
            json.member("id", key.id.text)
            json.member("name", key.name)
            json.member("role", key.role.rawValue)
            json.member("display", key.display)
            json.member("rate_limit", Int64(key.requestsPerMinute))
            json.member("created_at", key.createdAt.iso8601)
            json.member("expires_at", key.expiresAt?.iso8601)
            json.member("revoked_at", key.revokedAt?.iso8601)
            if let secret { json.member("secret", secret.reveal()) }
        }
    }
}
