import Foundation
import GRDB
import ModeluxCore
import Synchronization
import Testing

@testable import ModeluxStore

struct ControlStoreTests {
    let folder = ControlFolder()

    @Test func `a first run makes project, config, owner and key file`() async throws {
        let store = try folder.open()
        let project = try #require(store.snapshot.projects.values.first)
        #expect(project.slug == "default")
        let config = store.snapshot.configs[.init(projectID: project.id, slug: "default")]
        #expect(config?.version == 1)
        let owner = try await store.read { try $0.users.firstOwner() }
        #expect(owner.role == .owner)
        let mode = try FileManager.default.attributesOfItem(atPath: folder.path + "/kek")[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let folderMode = try FileManager.default.attributesOfItem(atPath: folder.path)[.posixPermissions] as? Int
        #expect(folderMode == 0o700)
        let audit = try await store.read { try $0.audit.list(limit: 10, before: nil).entries.map(\.action) }
        #expect(audit == ["user.created", "routing_config.created", "project.created"])
    }

    @Test func `a second start finds everything and makes nothing anew`() async throws {
        let first = try folder.open().snapshot.projects.keys.map(\.text)
        let second = try folder.open()
        #expect(second.snapshot.projects.keys.map(\.text) == first)
        #expect(try await second.read { try $0.audit.list(limit: 10, before: nil).entries.count } == 3)
    }

    @Test func `commits are synced before they return`() async throws {
        let store = try folder.open()
        let level = try await store.read { transaction in
            try transaction.count("PRAGMA synchronous")
        }
        let written = try await store.write(as: .system) { try $0.count("PRAGMA synchronous") }
        #expect(written == 2, "2 is FULL; the readers' \(level) does not matter")
    }

    @Test func `each write publishes before it returns, and a reader sees versions grow`() async throws {
        let store = try folder.open()
        let seen = Mutex<[(UInt64, Int)]>([])
        store.onChange { snapshot in seen.withLock { $0.append((snapshot.version, snapshot.callers.count)) } }
        let (key, secret) = try await store.write(as: ControlFolder.admin) { transaction in
            try transaction.keys.create(project: "default", draft: KeyDraft(name: "one"))
        }
        let digest = SecretMaker.digest(of: secret.reveal())
        #expect(store.snapshot.callers[digest]?.key.name == "one")
        _ = try await store.write(as: ControlFolder.admin) { try $0.keys.revoke(key.id.text) }
        let caller = try #require(store.snapshot.callers[digest])
        #expect(throws: Failure.self) { try caller.validate(at: folder.now) }
        #expect(seen.withLock { $0.map(\.0) } == [1, 2, 3])
        #expect(seen.withLock { $0.map(\.1) } == [0, 1, 1])
    }

    @Test func `a write that throws leaves nothing behind and publishes nothing`() async throws {
        struct Stop: Error {}
        let store = try folder.open()
        await #expect(throws: Stop.self) {
            try await store.write(as: ControlFolder.admin) { transaction in
                _ = try transaction.projects.create(slug: "half", name: "Half")
                throw Stop()
            }
        }
        #expect(store.snapshot.version == 1)
        #expect(try await store.read { try $0.projects.list(ListRequest()).elements.count } == 1)
        #expect(try await store.read { try $0.audit.verify().count } == 3)
    }

    @Test func `a newer schema is refused in words`() throws {
        _ = try folder.open()
        let queue = try DatabaseQueue(path: folder.path + "/control.db")
        try queue.write { try $0.execute(sql: "PRAGMA user_version = 99") }
        try queue.close()
        let failure = #expect(throws: StoreFailure.self) { try folder.open() }
        #expect(failure?.description.contains("version 99") == true)
    }

    @Test func `another program's database is refused`() throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: folder.path + "/control.db")
        try queue.write { try $0.execute(sql: "PRAGMA application_id = 7; CREATE TABLE t (a)") }
        try queue.close()
        #expect(throws: StoreFailure.self) { try folder.open() }
    }

    @Test func `a write repeated with its idempotency key gets the first answer`() async throws {
        let store = try folder.open()
        let body = Array(#"{"name":"one"}"#.utf8)
        let request = try IdempotentRequest(key: "k1", method: "POST", path: "/keys", body: body)
        @Sendable func make(_ transaction: ControlTransaction) throws -> WriteReply {
            let made = try transaction.keys.create(project: "default", draft: KeyDraft(name: "one"))
            return WriteReply(status: 201, body: made.secret.reveal())
        }
        let first = try await store.write(as: ControlFolder.admin, once: request, make)
        let again = try await store.write(as: ControlFolder.admin, once: request, make)
        #expect(again.isReplay && again.body == first.body && again.status == 201)
        #expect(store.snapshot.callers.count == 1)
        let other = try IdempotentRequest(key: "k1", method: "POST", path: "/keys", body: [])
        await #expect(throws: Refusal.self) { try await store.write(as: ControlFolder.admin, once: other, make) }
        folder.advance(seconds: 24 * 3600 + 1)
        let later = try await store.write(as: ControlFolder.admin, once: request, make)
        #expect(!later.isReplay && later.body != first.body)
    }

    @Test func `a hundred writes at once with one idempotency key make one object`() async throws {
        let store = try folder.open()
        let request = try IdempotentRequest(key: "same", method: "POST", path: "/projects", body: [])
        let bodies = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await store.write(as: ControlFolder.admin, once: request) { transaction in
                        let made = try transaction.projects.create(slug: "one", name: "One")
                        return WriteReply(status: 201, body: made.project.id.text)
                    }.body
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(bodies.count == 1)
    }
}
