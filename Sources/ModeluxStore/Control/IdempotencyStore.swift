import Crypto
import FoundationEssentials
import GRDB
import ModeluxCore

/// A write that its caller may repeat: the key that names it and the request that it stands for.
public struct IdempotentRequest: Sendable {
    /// The caller's `Idempotency-Key`, 1 … 255 bytes.
    let key: String
    /// SHA-256 of method, path and body.
    let fingerprint: [UInt8]

    /// Names a write.
    /// - Throws: `Refusal` when the key is empty or longer than 255 bytes.
    public init(key: String, method: String, path: String, body: [UInt8]) throws {
        guard (1...255).contains(key.utf8.count) else {
            throw Refusal.invalid("Idempotency-Key", "must have 1 to 255 bytes")
        }
        self.key = key
        var hasher = SHA256()
        hasher.update(data: Array("\(method)\u{1F}\(path)\u{1F}".utf8))
        hasher.update(data: body)
        fingerprint = Array(hasher.finalize())
    }
}

/// The answer of a management write: status and JSON body.
public struct WriteReply: Sendable, Hashable {
    /// The HTTP status.
    public let status: Int
    /// The JSON text.
    public let body: String
    /// Whether it was given before and is given again.
    public let isReplay: Bool

    /// Makes an answer.
    public init(status: Int, body: String) {
        self.init(status: status, body: body, isReplay: false)
    }

    init(status: Int, body: String, isReplay: Bool) {
        self.status = status
        self.body = body
        self.isReplay = isReplay
    }
}

/// Keeps the answers of writes for 24 hours, sealed: some of them contain a secret that is shown once.
struct IdempotencyStore {
    static let lifetimeMicroseconds: Int64 = 24 * 3600 * 1_000_000
    let transaction: ControlTransaction

    /// The answer that this write got before; nil when it is new.
    /// - Throws: `Refusal` of kind `conflict` when the key stood for another request.
    func find(_ request: IdempotentRequest) throws -> WriteReply? {
        let oldest = transaction.now.advanced(byMicroseconds: -Self.lifetimeMicroseconds).microseconds
        let row = try transaction.row(
            "SELECT * FROM idempotent_replies WHERE author_id = ? AND key = ? AND created_at > ?",
            [transaction.author.id, request.key, oldest])
        guard let row else { return nil }
        guard try row.bytes("fingerprint") == request.fingerprint else {
            throw Refusal(
                .conflict, "this Idempotency-Key was used for another request in the last 24 hours: use a new one")
        }
        let sealed = SealedSecret(
            kekID: try row.text("kek_id"), version: 1, wrappedKey: try row.bytes("wrapped_key"),
            ciphertext: try row.bytes("ciphertext"))
        let body = try transaction.keyRing.open(sealed, in: context(request))
        return WriteReply(
            status: try row.int("status"), body: String(decoding: body, as: UTF8.self), isReplay: true)
    }

    func put(_ reply: WriteReply, for request: IdempotentRequest) throws {
        let oldest = transaction.now.advanced(byMicroseconds: -Self.lifetimeMicroseconds).microseconds
        try transaction.execute("DELETE FROM idempotent_replies WHERE created_at <= ?", [oldest])
        let sealed = try transaction.keyRing.seal(Array(reply.body.utf8), in: context(request))
        try transaction.execute(
            """
            INSERT INTO idempotent_replies
            (author_id, key, fingerprint, status, kek_id, wrapped_key, ciphertext, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                transaction.author.id, request.key, Data(request.fingerprint), reply.status, sealed.kekID,
                Data(sealed.wrappedKey), Data(sealed.ciphertext), transaction.now.microseconds,
            ])
    }

    private func context(_ request: IdempotentRequest) -> SealingContext {
        SealingContext(table: "idempotent_replies", row: transaction.author.id + "/" + request.key, version: 1)
    }
}
