import FoundationEssentials
import GRDB
import ModeluxCore

/// Keeps the one sealed secret that a row may own.
struct SealedSecretStore {
    let transaction: ControlTransaction

    /// Seals a secret as the given version and replaces the one before.
    func put(_ secret: Secret, in context: SealingContext) throws {
        let sealed = try transaction.keyRing.seal(Array(secret.reveal().utf8), in: context)
        try transaction.execute(
            """
            INSERT OR REPLACE INTO sealed_secrets
            (owner_table, owner_id, version, kek_id, wrapped_key, ciphertext, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                context.table, context.row, sealed.version, sealed.kekID, Data(sealed.wrappedKey),
                Data(sealed.ciphertext), transaction.now.microseconds,
            ])
    }

    /// Opens the secret.
    /// - Throws: `SealingFailure` when it is missing or does not open.
    func get(in context: SealingContext) throws -> Secret {
        let row = try transaction.row(
            "SELECT * FROM sealed_secrets WHERE owner_table = ? AND owner_id = ?", [context.table, context.row])
        guard let row else { throw SealingFailure(description: "it is missing") }
        let sealed = SealedSecret(
            kekID: try row.text("kek_id"), version: try row.integer("version"),
            wrappedKey: try row.bytes("wrapped_key"),
            ciphertext: try row.bytes("ciphertext"))
        let clear = try transaction.keyRing.open(sealed, in: context)
        guard let text = String(validating: clear, as: UTF8.self) else {
            throw SealingFailure(description: "it is no text")
        }
        return Secret(text)
    }

    func remove(table: String, row: String) throws {
        try transaction.execute("DELETE FROM sealed_secrets WHERE owner_table = ? AND owner_id = ?", [table, row])
    }
}
