import ModeluxCore
import ModeluxStore

/// `routing-configs`: named, versioned ways to answer.
struct RoutingConfigsAPI: Sendable {
    let store: ControlStore

    func list(_ exchange: Exchange) async throws -> Reply {
        let page = try exchange.page()
        let project = exchange.query["project_id"]
        let found = try await store.read { transaction in
            let id = try project.map { try transaction.projects.get($0).project.id }
            return try transaction.routingConfigs.list(page, project: id)
        }
        return .list(found.elements, nextCursor: found.nextCursor, Self.write)
    }

    func get(_ exchange: Exchange) async throws -> Reply {
        let (id, project) = (exchange.parameter("id"), exchange.query["project_id"])
        let config = try await store.read { transaction in
            try transaction.routingConfigs.get(id, project: try Self.project(project, transaction))
        }
        return .data { Self.write(config, to: &$0) }
    }

    func versions(_ exchange: Exchange) async throws -> Reply {
        let (id, project) = (exchange.parameter("id"), exchange.query["project_id"])
        let versions = try await store.read { transaction in
            try transaction.routingConfigs.versions(id, project: try Self.project(project, transaction))
        }
        return .list(versions, nextCursor: nil, Self.write)
    }

    func create(_ exchange: Exchange) async throws -> Reply {
        var fields = try exchange.fields()
        let project = fields.text("project_id").applied(to: "default")
        let slug = fields.requiredText("slug")
        let draft = try Self.draft(&fields)
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let id = try transaction.projects.get(project).project.id
            let made = try transaction.routingConfigs.create(project: id, slug: slug, draft: draft)
            return WriteReply(status: 201, body: Reply.dataText { Self.write(made, to: &$0) })
        }
        return Reply(reply)
    }

    func update(_ exchange: Exchange) async throws -> Reply {
        let (id, project) = (exchange.parameter("id"), exchange.query["project_id"])
        var fields = try exchange.fields()
        let draft = try Self.draft(&fields)
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let after = try transaction.routingConfigs.update(
                id, project: try Self.project(project, transaction), draft: draft)
            return WriteReply(status: 200, body: Reply.dataText { Self.write(after, to: &$0) })
        }
        return Reply(reply)
    }

    func delete(_ exchange: Exchange) async throws -> Reply {
        let (id, project) = (exchange.parameter("id"), exchange.query["project_id"])
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let deleted = try transaction.routingConfigs.delete(id, project: try Self.project(project, transaction))
            return WriteReply(status: 200, body: Reply.dataText { Self.write(deleted, to: &$0) })
        }
        return Reply(reply)
    }

    private static func project(_ reference: String?, _ transaction: ControlTransaction) throws -> Identifier? {
        try reference.map { try transaction.projects.get($0).project.id }
    }

    /// `{"policy", "config"}`, or everything flat beside a `strategy`.
    private static func draft(_ fields: inout BodyFields) throws -> RoutingDraft {
        if fields.has("strategy") {
            let rest = fields.rest()
            try fields.finish()
            return try RoutingDraft(flat: rest)
        }
        let policy = fields.requiredText("policy")
        let config = fields.tree("config")
        if config == nil { fields.report("config", "is required") }
        try fields.finish()
        return RoutingDraft(policy: policy, config: config ?? .null)
    }

    private static func write(_ config: StoredRoutingConfig, to json: inout JSONText) {
        json.object { json in
            json.member("id", config.id.text)
            json.member("project_id", config.projectID.text)
            json.member("slug", config.slug)
            json.member("version", Int64(config.version))
            json.member("policy", config.draft.policy)
            json.key("config")
            config.draft.config.write(to: &json)
            json.member("author", config.author)
            json.member("created_at", config.createdAt.iso8601)
            json.member("updated_at", config.savedAt.iso8601)
        }
    }
}
