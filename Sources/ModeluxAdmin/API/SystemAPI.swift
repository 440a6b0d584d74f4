import ModeluxCore
import ModeluxStore

/// `system`: the state of this installation.
struct SystemAPI: Sendable {
    let dependencies: AdminDependencies

    func get(_ exchange: Exchange) async throws -> Reply {
        let status = await dependencies.systemStatus()
        let store = dependencies.store
        let snapshot = store.snapshot
        let now = exchange.now
        let endpoints = try await store.read { try $0.webhooks.all() }
        let alerts = try await dependencies.alerts?.status(now: now)
        let problems = try await ProblemFinder(dependencies: dependencies).problems(now: now)
        return .data { json in
            json.object { json in
                json.member("version", dependencies.version)
                json.member("time", now.iso8601)
                json.member("ready", dependencies.notReady() == nil)
                json.member("not_ready", dependencies.notReady())
                json.member("configuration_version", Int64(clamping: snapshot.version))
                json.key("catalogue")
                json.object { json in
                    json.member("date", snapshot.catalogue.date)
                    json.member("models", Int64(snapshot.catalogue.count))
                }
                json.key("key_encryption_key")
                json.object { json in
                    json.member("id", store.keyEncryptionKeyID)
                    json.member("source", "file")
                }
                json.key("egress")
                Self.writeEgress(snapshot, endpoints, mail: dependencies.alerts?.courier.mailer?.address, to: &json)
                json.key("problems")
                json.array { json in
                    for problem in problems { json.string(problem.message) }
                }
                json.key("alerts")
                (alerts ?? .null).write(to: &json)
                for member in status {
                    json.key(member.key)
                    member.value.write(to: &json)
                }
            }
        }
    }

    /// Everything that the program may connect to, and why.
    private static func writeEgress(
        _ snapshot: Snapshot, _ endpoints: [StoredWebhook], mail: String?, to json: inout JSONText
    ) {
        let providers = snapshot.providers.values.filter { $0.vendor != .sandbox }.sorted { $0.name < $1.name }
        json.array { json in
            for provider in providers {
                json.object { json in
                    json.member("address", provider.baseURL ?? "the public address of \(provider.vendor.rawValue)")
                    json.member("cause", "provider \(provider.name)")
                }
            }
            for endpoint in endpoints where endpoint.draft.isEnabled {
                json.object { json in
                    json.member("address", WebhookURL.origin(of: endpoint.draft.url))
                    json.member("cause", "webhook endpoint \(endpoint.draft.name)")
                }
            }
            if let mail {
                json.object { json in
                    json.member("address", mail)
                    json.member("cause", "mail.host")
                }
            }
        }
    }
}
