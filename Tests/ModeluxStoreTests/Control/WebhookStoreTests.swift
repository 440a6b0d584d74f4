import Foundation
import GRDB
import ModeluxCore
import Synchronization
import Testing

@testable import ModeluxStore

struct WebhookStoreTests {
    let folder = ControlFolder()
    private let url = "https://hooks.example.com/services/T0/B0/path-canary?token=query-canary"

    @Test func `the secret is sealed, signs, and is shown once`() async throws {
        let store = try folder.open()
        let (made, secret) = try await store.write(as: ControlFolder.admin) { [url] transaction in
            try transaction.webhooks.create(WebhookDraft(name: "ops", url: url))
        }
        #expect(secret.reveal().hasPrefix("mlx_wh_") && secret.reveal().utf8.count == 50)
        let secrets = try await store.read { try $0.webhooks.secrets(of: $0.webhooks.get(made.id.text)) }
        #expect(secrets == [secret])
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + file))
            #expect(bytes.range(of: Data(secret.reveal().utf8)) == nil, "\(file)")
        }
    }

    @Test func `after a rotation both secrets count for 24 hours, then the new one alone`() async throws {
        let store = try folder.open()
        let (made, first) = try await store.write(as: .system) { [url] transaction in
            try transaction.webhooks.create(WebhookDraft(name: "ops", url: url))
        }
        let id = made.id.text
        let second = try await store.write(as: .system) { try $0.webhooks.rotateSecret(id).secret }
        #expect(try await store.read { try $0.webhooks.secrets(of: $0.webhooks.get(id)) } == [second, first])
        folder.advance(seconds: 24 * 3600 - 1)
        #expect(try await store.read { try $0.webhooks.secrets(of: $0.webhooks.get(id)) } == [second, first])
        folder.advance(seconds: 1)
        #expect(try await store.read { try $0.webhooks.secrets(of: $0.webhooks.get(id)) } == [second])
        let third = try await store.write(as: .system) { try $0.webhooks.rotateSecret(id).secret }
        #expect(try await store.read { try $0.webhooks.secrets(of: $0.webhooks.get(id)) } == [third, second])
        _ = try await store.write(as: .system) { try $0.webhooks.delete(id) }
        #expect(try await store.read { try $0.count("SELECT COUNT(*) FROM sealed_secrets") } == 0)
    }

    @Test func `the audit log knows neither the secret nor what may be one in the address`() async throws {
        let store = try folder.open()
        let secret = try await store.write(as: ControlFolder.admin) { [url] transaction in
            let made = try transaction.webhooks.create(WebhookDraft(name: "ops", url: url))
            _ = try transaction.webhooks.update(made.webhook.id.text) { $0.name = "other" }
            _ = try transaction.webhooks.rotateSecret(made.webhook.id.text)
            _ = try transaction.webhooks.delete(made.webhook.id.text)
            return made.secret.reveal()
        }
        let entries = try await store.read { try $0.audit.list(limit: 4, before: nil).entries }
        #expect(
            entries.map(\.action) == [
                "webhook_endpoint.deleted", "webhook_endpoint.secret_rotated", "webhook_endpoint.updated",
                "webhook_endpoint.created",
            ])
        let text = entries.map { ($0.before ?? "") + ($0.after ?? "") }.joined()
        #expect(text.contains("https://hooks.example.com") && !text.contains("canary") && !text.contains(secret))
    }

    @Test(arguments: [
        "http://127.0.0.1:9000/hook", "https://x.example", "https://x.example/a?b=c&d", "http://[::1]:8080/",
        "https://x.example?a=b",
    ])
    func `an address is kept as it was given`(url: String) async throws {
        let store = try folder.open()
        let made = try await store.write(as: .system) {
            try $0.webhooks.create(WebhookDraft(name: "a", url: url)).webhook
        }
        #expect(made.draft.url == url && made.draft.format == .standard)
    }

    @Test(arguments: [
        "", "x.example", "ftp://x.example", "https://", "https:///a", "https://user:pw@x.example/",
        "https://x y.example",
        "https://x.example/#a", "https://x.example:0/", "https://x.example:70000/", "https://x.example/\r\nHost: y",
        "https://x.example\\@y.example/", "https://ü.example/",
        "https://x.example/" + String(repeating: "a", count: 2048),
    ])
    func `what is no plain address is refused`(url: String) async throws {
        let store = try folder.open()
        await #expect(throws: Refusal.self) {
            try await store.write(as: .system) { try $0.webhooks.create(WebhookDraft(name: "a", url: url)) }
        }
    }

    @Test func `the address decides the form, unless somebody says otherwise`() async throws {
        let store = try folder.open()
        try await store.write(as: .system) { transaction in
            let slack = try transaction.webhooks.create(
                WebhookDraft(name: "a", url: "https://hooks.slack.com/services/T0/B0/x")
            ).webhook
            #expect(slack.draft.format == .slack)
            let moved = try transaction.webhooks.update(slack.id.text) { $0.url = "https://x.example/" }
            #expect(moved.draft.format == .standard)
            let told = try transaction.webhooks.update(slack.id.text) { $0.format = .slack }
            #expect(told.draft.format == .slack)
            #expect(try transaction.webhooks.update(slack.id.text) { $0.name = "b" }.draft.format == .slack)
        }
    }

    @Test func `a change and its event are one commit`() async throws {
        struct Stop: Error {}
        let store = try folder.open()
        try await store.write(as: .system) { transaction in
            // The first run made the config of the first project.
            let (found, last) = try transaction.outbox.first(10)
            #expect(found.map(\.type) == ["routing_config.created"])
            try transaction.outbox.remove(through: last)
        }
        let key = try await store.write(as: ControlFolder.admin) { transaction in
            try transaction.keys.create(project: "default", draft: KeyDraft(name: "one")).key.id.text
        }
        await #expect(throws: Stop.self) {
            try await store.write(as: ControlFolder.admin) { transaction in
                _ = try transaction.keys.revoke(key)
                throw Stop()
            }
        }
        #expect(try await store.read { try $0.outbox.first(10).events.isEmpty })
        let woken = Flag()
        store.onEvent { woken.raise() }
        _ = try await store.write(as: ControlFolder.admin) { try $0.keys.revoke(key) }
        #expect(woken.isRaised)
        let events = try await store.read { try $0.outbox.first(10).events }
        let event = try #require(events.first)
        #expect(events.count == 1 && event.type == "api_key.revoked" && event.id.text.hasPrefix("evt_"))
        let data = try JSONTree(parsing: Array(event.data.utf8))
        #expect(data["id"]?.stringValue == key && data["object"]?["name"]?.stringValue == "one")
        #expect(data["changed_by"]?["id"]?.stringValue == "mkey_test")
    }

    @Test func `a deleted project tells of each of its keys`() async throws {
        let store = try folder.open()
        try await store.write(as: ControlFolder.admin) { transaction in
            let project = try transaction.projects.create(slug: "p", name: "P").project.id.text
            for name in ["a", "b"] { _ = try transaction.keys.create(project: project, draft: KeyDraft(name: name)) }
            _ = try transaction.projects.delete(project)
            let types = try transaction.outbox.first(10).events.map(\.type)
            #expect(types.filter { $0 == "api_key.revoked" }.count == 2)
        }
    }
}

private final class Flag: Sendable {
    private let state = Mutex(false)
    var isRaised: Bool { state.withLock { $0 } }
    func raise() { state.withLock { $0 = true } }
}
