import ModeluxCore
import ModeluxStore

/// `webhooks/endpoints` and `webhooks/event-types`. A secret is in the answer that makes it, and in no other.
struct WebhooksAPI: Sendable {
    let store: ControlStore
    let desk: AlertDesk?

    func list(_ exchange: Exchange) async throws -> Reply {
        let page = try exchange.page()
        let found = try await store.read { try $0.webhooks.list(page) }
        return .list(found.elements, nextCursor: found.nextCursor) {
            Self.write($0, for: exchange.author.role, secret: nil, to: &$1)
        }
    }

    func get(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        let found = try await store.read { try $0.webhooks.get(id) }
        return .data { Self.write(found, for: exchange.author.role, secret: nil, to: &$0) }
    }

    func create(_ exchange: Exchange) async throws -> Reply {
        var fields = try exchange.fields()
        let url = fields.requiredText("url")
        let name = fields.text("name").applied(to: String(WebhookURL.origin(of: url).prefix(100)))
        let change = Self.change(&fields)
        try fields.finish()
        let role = exchange.author.role
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            var draft = WebhookDraft(name: name, url: url)
            change(&draft)
            let made = try transaction.webhooks.create(draft)
            return WriteReply(
                status: 201,
                body: Reply.dataText { Self.write(made.webhook, for: role, secret: made.secret, to: &$0) })
        }
        return Reply(reply)
    }

    func update(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        var fields = try exchange.fields()
        let name = fields.text("name")
        let url = fields.text("url")
        let change = Self.change(&fields)
        try fields.finish()
        let role = exchange.author.role
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let after = try transaction.webhooks.update(id) { draft in
                draft.name = name.applied(to: draft.name)
                draft.url = url.applied(to: draft.url)
                change(&draft)
            }
            return WriteReply(
                status: 200, body: Reply.dataText { Self.write(after, for: role, secret: nil, to: &$0) })
        }
        return Reply(reply)
    }

    func delete(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        let role = exchange.author.role
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let gone = try transaction.webhooks.delete(id)
            return WriteReply(status: 200, body: Reply.dataText { Self.write(gone, for: role, secret: nil, to: &$0) })
        }
        // What waits for it is ended by the service, which finds no endpoint.
        desk?.wake()
        return Reply(reply)
    }

    func rotateSecret(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        var fields = try exchange.fields()
        try fields.finish()
        let role = exchange.author.role
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let made = try transaction.webhooks.rotateSecret(id)
            return WriteReply(
                status: 200,
                body: Reply.dataText { Self.write(made.webhook, for: role, secret: made.secret, to: &$0) })
        }
        return Reply(reply)
    }

    /// Sends a test event at once, past the line of what waits, and says what became of it.
    func test(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        var fields = try exchange.fields()
        try fields.finish()
        guard let desk else { throw DeliveriesAPI.absent }
        try await store.write(as: exchange.author) { transaction in
            _ = try transaction.webhooks.get(id)
            try transaction.webhooks.noteTest(of: id)
        }
        let member = JSONTree.Member("endpoint_id", .string(id))
        return try await desk.test(.webhook(Identifier(id)), data: [member], now: exchange.now) { event, delivery in
            try await desk.courier.test(event, to: id, delivery: delivery)
        }
    }

    /// The types that an endpoint can subscribe to.
    func eventTypes(_ exchange: Exchange) async throws -> Reply {
        let page = try exchange.page(of: EventType.allCases)
        return .list(page.elements, nextCursor: page.nextCursor) { type, json in
            json.object { json in
                json.member("type", type.rawValue)
                json.member("description", type.sentence)
            }
        }
    }

    private static func change(_ fields: inout BodyFields) -> @Sendable (inout WebhookDraft) -> Void {
        let format = fields.word("format", as: WebhookFormat.self)
        let isEnabled = fields.bool("enabled")
        var types: [EventType]?
        if case .set(let names) = fields.texts("event_types") {
            types = names.compactMap(EventType.init(rawValue:))
            let unknown = names.filter { EventType(rawValue: $0) == nil }
            if let first = unknown.first {
                fields.report("event_types", "\"\(first.prefix(60))\" is no type: see webhooks/event-types")
            }
        }
        return { [types] draft in
            if case .set(let format) = format { draft.format = format }
            draft.isEnabled = isEnabled.applied(to: draft.isEnabled)
            draft.eventTypes = types ?? draft.eventTypes
        }
    }

    /// The address may hold a credential: to roles below `admin` only its origin is shown.
    private static func write(_ webhook: StoredWebhook, for role: Role, secret: Secret?, to json: inout JSONText) {
        let draft = webhook.draft
        json.object { json in
            json.member("id", webhook.id.text)
            json.member("name", draft.name)
            json.member("url", role >= .admin ? draft.url : WebhookURL.origin(of: draft.url))
            json.member("format", (draft.format ?? .standard).rawValue)
            json.key("event_types")
            JSONTree.texts(draft.eventTypes.map(\.rawValue)).write(to: &json)
            json.member("enabled", draft.isEnabled)
            json.member("secret_display", webhook.secretDisplay)
            json.member("previous_secret_expires_at", webhook.previousSecretExpiresAt?.iso8601)
            json.member("created_at", webhook.createdAt.iso8601)
            json.member("updated_at", webhook.updatedAt.iso8601)
            if let secret { json.member("secret", secret.reveal()) }
        }
    }
}

extension EventType {
    /// When it is sent, for people.
    fileprivate var sentence: String {
        switch self {
        case .budgetThresholdReached: "a budget's use passed one of its thresholds, for the first time in its period"
        case .budgetExceeded: "a budget's cap was reached, for the first time in its period"
        case .routingConfigCreated: "a routing config was made"
        case .routingConfigUpdated: "a routing config has a new version"
        case .routingConfigDeleted: "a routing config was removed"
        case .providerHealthChanged: "a provider became healthy or ceased to be"
        case .apiKeyRevoked: "a project key was revoked"
        case .requestAnomalyDetected: "requests do not look as they did"
        case .experimentCompleted: "an experiment has its result"
        case .experimentRegressionDetected: "an experiment found that the candidate is worse"
        }
    }
}
