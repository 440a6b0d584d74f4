import ModeluxCore
import ModeluxStore

/// `routing-configs`: named, versioned ways to answer.
struct RoutingConfigsAPI: Sendable {
    let store: ControlStore
    let health: @Sendable () -> HealthView

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

    /// What differs between two versions; without them between the last two.
    func diff(_ exchange: Exchange) async throws -> Reply {
        let (id, project) = (exchange.parameter("id"), exchange.query["project_id"])
        let (from, to) = (try Self.version("from", exchange), try Self.version("to", exchange))
        let (before, after) = try await store.read { transaction in
            let owner = try Self.project(project, transaction)
            let current = try transaction.routingConfigs.get(id, project: owner)
            let last = try to.map { try transaction.routingConfigs.version($0, of: current.id.text) } ?? current
            let first = max(1, from ?? last.version - 1)
            return (try transaction.routingConfigs.version(first, of: current.id.text), last)
        }
        return .data { json in
            json.object { json in
                json.member("slug", after.slug)
                json.member("from", Int64(before.version))
                json.member("to", Int64(after.version))
                json.key("changes")
                json.array { json in
                    for change in JSONDifference.between(Self.compared(before), Self.compared(after)) {
                        json.object { json in
                            json.member("path", change.path)
                            json.key("before")
                            (change.before ?? .null).write(to: &json)
                            json.key("after")
                            (change.after ?? .null).write(to: &json)
                        }
                    }
                }
            }
        }
    }

    func rollback(_ exchange: Exchange) async throws -> Reply {
        let (id, project) = (exchange.parameter("id"), exchange.query["project_id"])
        var fields = try exchange.fields()
        let version = fields.integer("version")
        if case .keep = version { fields.report("version", "must name the version to go back to") }
        try fields.finish()
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let after = try transaction.routingConfigs.rollback(
                id, to: version.applied(to: 0), project: try Self.project(project, transaction))
            return WriteReply(status: 200, body: Reply.dataText { Self.write(after, to: &$0) })
        }
        return Reply(reply)
    }

    /// What the config, or a draft of its next version, would do with a request and what that would cost.
    func estimate(_ exchange: Exchange) async throws -> Reply {
        let (id, project) = (exchange.parameter("id"), exchange.query["project_id"])
        var fields = try exchange.fields()
        let requests = try Self.requests(&fields)
        let facts = try Self.facts(&fields)
        var draft: RoutingDraft?
        if fields.has("policy") || fields.has("strategy") {
            draft = try Self.draft(&fields)
        } else {
            try fields.finish()
        }
        let asked = draft
        let health = health()
        let plan = try await store.read { transaction in
            let stored = try transaction.routingConfigs.get(id, project: try Self.project(project, transaction))
            var own = facts
            own.model = "@" + stored.slug
            return try transaction.routingConfigs.plan(own, by: stored.id.text, draft: asked, health: health)
        }
        return .data { PlanForecast(plan: plan, requests: requests).write(to: &$0) }
    }

    /// What the gateway would do with a request, without the restrictions of a key.
    func dryRun(_ exchange: Exchange) async throws -> Reply {
        var fields = try exchange.fields()
        let project = fields.text("project_id").applied(to: "default")
        let requests = try Self.requests(&fields)
        if !fields.has("request") { fields.report("request", "is required: the body of a request") }
        let facts = try Self.facts(&fields)
        try fields.finish()
        let health = health()
        let plan = try await store.read { transaction in
            try transaction.routingConfigs.plan(
                facts, project: try transaction.projects.get(project).project.id, health: health)
        }
        return .data { PlanForecast(plan: plan, requests: requests).write(to: &$0) }
    }

    /// A request as it would be sent, or what matters of it.
    private static func facts(_ fields: inout BodyFields) throws -> RequestFacts {
        let request = fields.tree("request") ?? .null
        if request != .null, request.objectValue == nil { fields.report("request", "must be an object") }
        var facts = RequestFacts(request: request)
        let input = fields.integer("input_tokens")
        let output = fields.integer("output_tokens")
        facts.isStream = fields.bool("stream").applied(to: facts.isStream)
        facts.endUser = fields.optionalText("end_user").applied(to: facts.endUser)
        for (key, value) in fields.textsByName("tags").applied(to: [:]).sorted(by: { $0.key < $1.key }) {
            do throws(Failure) { try facts.tags.set(key, to: value) } catch { fields.report("tags", error.message) }
        }
        if case .set(let tokens) = input { facts.likelyInputTokens = Int64(max(0, tokens)) }
        if case .keep = input, request == .null { facts.likelyInputTokens = 1000 }
        if case .set(let tokens) = output { facts.expectedOutputTokens = Int64(max(0, tokens)) }
        return facts
    }

    private static func requests(_ fields: inout BodyFields) throws -> Int64 {
        let requests = fields.integer("requests").applied(to: 1)
        if !(1...1_000_000_000).contains(requests) { fields.report("requests", "must be 1 to 1000000000") }
        return Int64(requests)
    }

    private static func compared(_ config: StoredRoutingConfig) -> JSONTree {
        .members(["policy": .string(config.draft.policy), "config": config.draft.config])
    }

    private static func version(_ name: String, _ exchange: Exchange) throws -> Int? {
        guard let text = exchange.query[name], !text.isEmpty else { return nil }
        guard let version = Int(text), version > 0 else { throw Refusal.invalid(name, "must be a version, 1 or more") }
        return version
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
