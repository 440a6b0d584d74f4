import GRDB
import ModeluxCore
import Testing

@testable import ModeluxStore

struct AuditStoreTests {
    let folder = ControlFolder()

    /// A log of ten entries or so.
    private func fill() async throws {
        let store = try folder.open()
        for number in 0..<7 {
            _ = try await store.write(as: ControlFolder.admin) { transaction in
                try transaction.keys.create(project: "default", draft: KeyDraft(name: "k\(number)"))
            }
        }
        let (count, firstBroken) = try await store.read { try $0.audit.verify() }
        #expect(count == 10 && firstBroken == nil)
    }

    /// Changes the file behind the program's back; the triggers go first.
    private func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: folder.path + "/control.db")
        try queue.write { database in
            try database.execute(sql: "DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_deleted")
            try database.execute(sql: sql)
        }
        try queue.close()
    }

    @Test(arguments: [
        ("UPDATE audit SET action = 'key.updated' WHERE sequence = 5", 5),
        ("UPDATE audit SET author_name = 'someone' WHERE sequence = 1", 1),
        ("UPDATE audit SET after = NULL WHERE sequence = 10", 10),
        ("UPDATE audit SET created_at = created_at + 1 WHERE sequence = 7", 7),
        ("UPDATE audit SET hash = zeroblob(32) WHERE sequence = 4", 4),
        ("UPDATE audit SET prev_hash = zeroblob(32) WHERE sequence = 4", 4),
        ("DELETE FROM audit WHERE sequence = 6", 6), ("DELETE FROM audit WHERE sequence = 1", 1),
        (
            "UPDATE audit SET sequence = 99 WHERE sequence = 3; UPDATE audit SET sequence = 3 WHERE sequence = 4; "
                + "UPDATE audit SET sequence = 4 WHERE sequence = 99", 3
        ),
    ])
    func `every change, gap and exchange is found where it begins`(sql: String, at sequence: Int64) async throws {
        try await fill()
        try tamper(sql)
        let verdict = try await folder.open().read { try $0.audit.verify() }
        #expect(verdict.firstBroken == sequence)
    }

    @Test(arguments: ["UPDATE audit SET action = 'x'", "DELETE FROM audit"])
    func `the file itself refuses changes`(sql: String) async throws {
        try await fill()
        let queue = try DatabaseQueue(path: folder.path + "/control.db")
        #expect(throws: DatabaseError.self) { try queue.write { try $0.execute(sql: sql) } }
    }
}
