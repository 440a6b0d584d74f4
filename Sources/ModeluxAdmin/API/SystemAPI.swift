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
                Self.writeEgress(snapshot, to: &json)
                json.key("problems")
                json.array { json in
                    for (name, reason) in store.unreadableProviders.sorted(by: { $0.key < $1.key }) {
                        json.string("the credential of provider \"\(name)\" cannot be opened: \(reason)")
                    }
                }
                for member in status {
                    json.key(member.key)
                    member.value.write(to: &json)
                }
            }
        }
    }

    /// Everything that the program may connect to, and why.
    private static func writeEgress(_ snapshot: Snapshot, to json: inout JSONText) {
        let providers = snapshot.providers.values.filter { $0.vendor != .sandbox }.sorted { $0.name < $1.name }
        json.array { json in
            for provider in providers {
                json.object { json in
                    json.member("address", provider.baseURL ?? "the public address of \(provider.vendor.rawValue)")
                    json.member("cause", "provider \(provider.name)")
                }
            }
        }
    }
}
