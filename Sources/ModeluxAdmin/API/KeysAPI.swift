import ModeluxCore
import ModeluxStore

/// `keys`: project keys. A secret is in the answer that makes it, and in no other.
struct KeysAPI: Sendable {
    let store: ControlStore
    let keeper: BudgetKeeper

    func list(_ exchange: Exchange) async throws -> Reply {
        let page = try exchange.page()
        let project = exchange.query["project_id"]
        let found = try await store.read { transaction in
            try transaction.keys.list(page, project: try project.map { try transaction.projects.get($0).project.id })
        }
        return .list(found.elements, nextCursor: found.nextCursor) { Self.write($0, secret: nil, to: &$1) }
    }

    func get(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        let key = try await store.read { try $0.keys.get(id) }
        return .data { Self.write(key, secret: nil, to: &$0) }
    }

    func create(_ exchange: Exchange) async throws -> Reply {
        var fields = try exchange.fields()
        let project = fields.text("project_id").applied(to: "default")
        let name = fields.requiredText("name")
        let change = Self.change(&fields)
        let budget = try Self.budget(&fields)
        try fields.finish()
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            var draft = KeyDraft(name: name)
            change(&draft)
            let made = try transaction.keys.create(project: project, draft: draft)
            if var budget {
                budget.scope.id = made.key.id.text
                if budget.name.isEmpty { budget.name = "key \(made.key.id)" }
                _ = try transaction.budgets.create(budget)
            }
            return WriteReply(
                status: 201, body: Reply.dataText { Self.write(made.key, secret: made.secret, to: &$0) })
        }
        if budget != nil { try await keeper.open() }
        return Reply(reply)
    }

    /// `budget`: a cap for the new key alone, with the members of a budget but without a scope.
    private static func budget(_ fields: inout BodyFields) throws -> BudgetDraft? {
        guard let tree = fields.tree("budget"), tree != .null else { return nil }
        var inner = try BodyFields(tree, prefix: "budget")
        let name = inner.text("name").applied(to: "")
        return try BudgetsAPI.newDraft(&inner, name: name, scope: BudgetDraft.Scope(.key))
    }

    func update(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        var fields = try exchange.fields()
        let name = fields.text("name")
        let change = Self.change(&fields)
        try fields.finish()
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let after = try transaction.keys.update(id) { draft in
                draft.name = name.applied(to: draft.name)
                change(&draft)
            }
            return WriteReply(status: 200, body: Reply.dataText { Self.write(after, secret: nil, to: &$0) })
        }
        return Reply(reply)
    }

    func rotate(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        var fields = try exchange.fields()
        let overlap = fields.integer("overlap_seconds").applied(to: 86_400)
        try fields.finish()
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let made = try transaction.keys.rotate(id, overlapSeconds: Int64(overlap))
            return WriteReply(
                status: 200, body: Reply.dataText { Self.write(made.key, secret: made.secret, to: &$0) })
        }
        return Reply(reply)
    }

    func delete(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let revoked = try transaction.keys.revoke(id)
            return WriteReply(status: 200, body: Reply.dataText { Self.write(revoked, secret: nil, to: &$0) })
        }
        return Reply(reply)
    }

    private static func change(_ fields: inout BodyFields) -> @Sendable (inout KeyDraft) -> Void {
        let expiresAt = fields.time("expires_at")
        let limit = fields.integer("rate_limit")
        let tokens = fields.integer("tokens_per_minute")
        let concurrent = fields.integer("concurrent_requests")
        let models = fields.texts("allowed_models")
        let addresses = fields.texts("allowed_ips")
        return { draft in
            draft.expiresAt = expiresAt.applied(to: draft.expiresAt)
            draft.requestsPerMinute = limit.applied(to: draft.requestsPerMinute)
            draft.tokensPerMinute = tokens.applied(to: draft.tokensPerMinute)
            draft.concurrentRequests = concurrent.applied(to: draft.concurrentRequests)
            draft.allowedModels = models.applied(to: draft.allowedModels)
            draft.allowedAddresses = addresses.applied(to: draft.allowedAddresses)
        }
    }

    private static func write(_ key: StoredKey, secret: Secret?, to json: inout JSONText) {
        json.object { json in
            json.member("id", key.id.text)
            json.member("project_id", key.projectID.text)
            json.member("name", key.draft.name)
            json.member("display", key.display)
            json.member("rate_limit", Int64(key.draft.requestsPerMinute))
            json.member("tokens_per_minute", Int64(key.draft.tokensPerMinute))
            json.member("concurrent_requests", Int64(key.draft.concurrentRequests))
            json.key("allowed_models")
            JSONTree.texts(key.draft.allowedModels).write(to: &json)
            json.key("allowed_ips")
            JSONTree.texts(key.draft.allowedAddresses).write(to: &json)
            json.member("created_at", key.createdAt.iso8601)
            json.member("expires_at", key.draft.expiresAt?.iso8601)
            json.member("revoked_at", key.revokedAt?.iso8601)
            json.member("previous_secret_expires_at", key.previousSecretExpiresAt?.iso8601)
            if let secret { json.member("secret", secret.reveal()) }
        }
    }
}
