import GRDB
public import ModeluxCore

/// Makes and redeems the tokens of sign-in links: 256 random bits, good for 30 minutes and one use.
public struct SetupTokenStore {
    let transaction: ControlTransaction

    /// How long a link works.
    public static let lifetimeSeconds: Int64 = 30 * 60

    /// Makes a token with which `user` can sign in once.
    /// - Returns: The token, which is not stored anywhere, and when it ends.
    public func create(for user: User) throws -> (token: Secret, expiresAt: Timestamp) {
        let token = SecretMaker.make(prefix: "")
        let expiresAt = transaction.now.advanced(byMicroseconds: Self.lifetimeSeconds * 1_000_000)
        try transaction.execute("DELETE FROM setup_tokens WHERE expires_at <= ?", [transaction.now.microseconds])
        try transaction.execute(
            "INSERT INTO setup_tokens (digest, user_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
            [
                SecretMaker.digest(of: token.reveal()).blob, user.id.text, transaction.now.microseconds,
                expiresAt.microseconds,
            ])
        try transaction.audit.append("setup_link.created", "user", user.id.text)
        return (token, expiresAt)
    }

    /// Uses a token up.
    /// - Returns: Whose it was.
    /// - Throws: `Refusal` of kind `invalidKey`, in the same words for unknown, used and expired tokens.
    public func redeem(_ token: String) throws -> User {
        let digest = SecretMaker.digest(of: token)
        let row = try transaction.row(
            "SELECT user_id FROM setup_tokens WHERE digest = ? AND used_at IS NULL AND expires_at > ?",
            [digest.blob, transaction.now.microseconds])
        let user = try row.map { try transaction.users.get(try $0.text("user_id")) }
        guard let user, user.disabledAt == nil else {
            throw Refusal(
                .invalidKey,
                "this sign-in link was used, has expired or was never made: get a new one with modelux setup-link")
        }
        try transaction.execute(
            "UPDATE setup_tokens SET used_at = ? WHERE digest = ?", [transaction.now.microseconds, digest.blob])
        return user
    }
}
