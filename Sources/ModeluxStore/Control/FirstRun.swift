import Crypto
import GRDB
import ModeluxCore

/// Joins a data folder with its key-encryption key, and fills a new one.
struct FirstRun {
    let pool: DatabasePool
    let keyFile: KeyEncryptionKeyFile
    let now: Timestamp

    /// What was found or made.
    struct Result {
        let keyRing: KeyRing
        let isNew: Bool
    }

    /// - Throws: `StoreFailure` when the key is missing although something was sealed with it, or is another one.
    func run() throws -> Result {
        let instance = try instanceID()
        let state = try pool.read { database in
            (
                kekID: try String.fetchOne(database, sql: "SELECT kek_id FROM organization WHERE id = 1"),
                sealed: try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sealed_secrets") ?? 0,
                projects: try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM projects") ?? 0
            )
        }
        if !keyFile.exists, state.sealed > 0 {
            throw StoreFailure(
                .unusable, path: keyFile.path,
                reason:
                    "the key-encryption key is missing, but \(state.sealed) secret(s) in control.db are sealed with it",
                advice: "restore the file from its backup, with mode 0600")
        }
        let key = keyFile.exists ? try keyFile.read() : try keyFile.create()
        let keyRing = KeyRing(key: key, instance: instance)
        if let kekID = state.kekID, kekID != keyRing.id, state.sealed > 0 {
            throw StoreFailure(
                .unusable, path: keyFile.path,
                reason: "this is key \(keyRing.id), but control.db is sealed with key \(kekID)",
                advice: "restore the file that belongs to this data folder")
        }
        if state.kekID != keyRing.id {
            try pool.write { database in
                try database.execute(
                    sql: "UPDATE organization SET kek_id = ? WHERE id = 1", arguments: [keyRing.id])
                // Replies that were sealed with a lost key can never be given again.
                try database.execute(sql: "DELETE FROM idempotent_replies")
            }
        }
        return Result(keyRing: keyRing, isNew: state.projects == 0)
    }

    /// Makes the project `default` and the first owner.
    static func populate(_ transaction: ControlTransaction) throws {
        _ = try transaction.projects.create(slug: "default", name: "Default")
        _ = try transaction.users.create(name: "owner", role: .owner)
    }

    private func instanceID() throws -> String {
        try pool.write { database in
            if let known = try String.fetchOne(database, sql: "SELECT instance_id FROM organization WHERE id = 1") {
                return known
            }
            var generator = SystemRandomNumberGenerator()
            let made = RequestID(at: now, using: &generator).description
            try database.execute(
                sql: "INSERT INTO organization (id, name, instance_id, created_at) VALUES (1, ?, ?, ?)",
                arguments: ["modelux", made, now.microseconds])
            return made
        }
    }
}
