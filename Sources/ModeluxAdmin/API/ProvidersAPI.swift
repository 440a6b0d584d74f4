import ModeluxCore
import ModeluxStore

/// `providers`: accounts at vendors and servers of one's own. Credentials go in and never come out.
struct ProvidersAPI: Sendable {
    let store: ControlStore
    let health: @Sendable () -> HealthView

    func list(_ exchange: Exchange) async throws -> Reply {
        let page = try exchange.page()
        let found = try await store.read { try $0.providers.list(page) }
        let unreadable = store.unreadableProviders
        return .list(found.elements, nextCursor: found.nextCursor) { Self.write($0, unreadable, to: &$1) }
    }

    func get(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        let provider = try await store.read { try $0.providers.get(id) }
        return .data { Self.write(provider, store.unreadableProviders, to: &$0) }
    }

    /// How a provider is doing: its credential and each model that was called lately.
    func health(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        let provider = try await store.read { try $0.providers.get(id) }.provider
        let view = health()
        let readings = view.readings.filter { $0.key.provider == provider.id && !$0.key.model.isEmpty }
        return .data { json in
            json.object { json in
                json.member("id", provider.id.text)
                json.member("name", provider.name)
                json.member("state", view.state(ofProvider: provider.name).rawValue)
                json.member("success_rate", view.successRate(ofProvider: provider.name))
                json.key("models")
                json.array { json in
                    for (key, reading) in readings.sorted(by: { $0.key.model < $1.key.model }) {
                        json.object { json in
                            json.member("model", key.model)
                            json.member("state", view.state(of: key).rawValue)
                            json.member("success_rate", reading.successRate)
                            json.member("attempts", Int64(reading.attempts))
                            json.member("p50_latency_ms", reading.medianMilliseconds)
                            json.member("p95_latency_ms", reading.slowMilliseconds)
                        }
                    }
                }
            }
        }
    }

    func create(_ exchange: Exchange) async throws -> Reply {
        var fields = try exchange.fields()
        let vendor = fields.word("vendor", as: Vendor.self)
        let name = fields.text("name")
        let change = Self.change(&fields)
        if case .keep = vendor { fields.report("vendor", "is required") }
        try fields.finish()
        guard case .set(let vendor) = vendor else { throw Refusal.invalid("vendor", "is required") }
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            var draft = ProviderDraft(vendor: vendor, name: name.applied(to: vendor.rawValue))
            change(&draft)
            let made = try transaction.providers.create(draft)
            return WriteReply(status: 201, body: Reply.dataText { Self.write(made, [:], to: &$0) })
        }
        return Reply(reply)
    }

    func update(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        var fields = try exchange.fields()
        let name = fields.text("name")
        let change = Self.change(&fields)
        if fields.has("vendor") { fields.report("vendor", "cannot be changed: make another provider") }
        _ = fields.tree("vendor")
        try fields.finish()
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let after = try transaction.providers.update(id) { draft in
                draft.name = name.applied(to: draft.name)
                change(&draft)
            }
            return WriteReply(status: 200, body: Reply.dataText { Self.write(after, [:], to: &$0) })
        }
        return Reply(reply)
    }

    func delete(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let deleted = try transaction.providers.delete(id)
            return WriteReply(status: 200, body: Reply.dataText { Self.write(deleted, [:], to: &$0) })
        }
        return Reply(reply)
    }

    private static func change(_ fields: inout BodyFields) -> @Sendable (inout ProviderDraft) -> Void {
        let apiKey = fields.optionalText("api_key")
        let baseURL = fields.optionalText("base_url")
        let region = fields.optionalText("region")
        let apiVersion = fields.optionalText("api_version")
        let deployments = fields.textsByName("deployments")
        let models = fields.texts("models")
        let isDefault = fields.bool("is_default")
        let secret = apiKey.applied(to: nil).map(Secret.init)
        return { draft in
            draft.apiKey = secret
            draft.baseURL = baseURL.applied(to: draft.baseURL)
            draft.region = region.applied(to: draft.region)
            draft.apiVersion = apiVersion.applied(to: draft.apiVersion)
            draft.deployments = deployments.applied(to: draft.deployments)
            draft.models = models.applied(to: draft.models)
            draft.isDefault = isDefault.applied(to: draft.isDefault)
        }
    }

    private static func write(_ stored: StoredProvider, _ unreadable: [String: String], to json: inout JSONText) {
        let provider = stored.provider
        json.object { json in
            json.member("id", provider.id.text)
            json.member("vendor", provider.vendor.rawValue)
            json.member("name", provider.name)
            json.member("credential", stored.credentialDisplay)
            json.member("credential_problem", unreadable[provider.name])
            json.member("base_url", provider.baseURL)
            json.member("region", provider.region)
            json.member("api_version", provider.apiVersion)
            json.key("deployments")
            json.object { json in
                for (model, deployment) in provider.deployments.sorted(by: { $0.key < $1.key }) {
                    json.member(model, deployment)
                }
            }
            json.key("models")
            JSONTree.texts(provider.models).write(to: &json)
            json.member("is_default", provider.isDefault)
            json.member("source", provider.source.rawValue)
            json.member("created_at", stored.createdAt?.iso8601)
            json.member("updated_at", stored.updatedAt?.iso8601)
        }
    }
}
