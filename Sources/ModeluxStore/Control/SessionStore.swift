import GRDB
public import ModeluxCore

/// A dashboard session as the server keeps it: by the hash of its cookie.
public struct Session: Sendable {
    /// SHA-256 of the cookie's value.
    public let digest: KeyDigest
    /// Whose it is.
    public let user: User
    /// When it was made.
    public let createdAt: Timestamp
    /// When it was last used, to within a minute.
    public let lastSeenAt: Timestamp
    /// When it ends whatever happens.
    public let expiresAt: Timestamp

    /// A session ends 12 hours after sign-in at the latest.
    public static let lifetimeSeconds: Int64 = 12 * 3600
    /// A session ends after 30 minutes without a request.
    public static let idleSeconds: Int64 = 30 * 60

    /// Whether it still counts at `now`. A clock that jumped back does not lengthen it: a moment before the session's
    /// start ends it as well.
    public func isAlive(at now: Timestamp) -> Bool {
        now < expiresAt && now < lastSeenAt.advanced(byMicroseconds: Session.idleSeconds * 1_000_000)
            && now >= createdAt.advanced(byMicroseconds: -300_000_000) && user.disabledAt == nil
    }
}

/// Reads and writes dashboard sessions.
public struct SessionStore {
    let transaction: ControlTransaction

    /// Starts a session.
    /// - Parameters:
    ///   - user: Whose it is.
    ///   - author: The same user with the address, for the audit log; nil for the transaction's author.
    /// - Returns: The session and the value of its cookie, 256 random bits, which is not stored anywhere.
    /// - Throws: What SQLite reports.
    public func create(for user: User, author: Author? = nil) throws -> (session: Session, cookie: Secret) {
        try transaction.execute("DELETE FROM sessions WHERE expires_at <= ?", [transaction.now.microseconds])
        let cookie = SecretMaker.make(prefix: "")
        let digest = SecretMaker.digest(of: cookie.reveal())
        let session = Session(
            digest: digest, user: user, createdAt: transaction.now, lastSeenAt: transaction.now,
            expiresAt: transaction.now.advanced(byMicroseconds: Session.lifetimeSeconds * 1_000_000))
        try transaction.execute(
            "INSERT INTO sessions (digest, user_id, created_at, last_seen_at, expires_at) VALUES (?, ?, ?, ?, ?)",
            [
                digest.blob, user.id.text, session.createdAt.microseconds, session.lastSeenAt.microseconds,
                session.expiresAt.microseconds,
            ])
        try transaction.audit.append("session.started", "user", user.id.text, author: author)
        transaction.publish(.access)
        return (session, cookie)
    }

    /// Notes that a session is in use. Call it at most once a minute: each call is a commit.
    public func touch(_ digest: KeyDigest) throws {
        try transaction.execute(
            "UPDATE sessions SET last_seen_at = ? WHERE digest = ?", [transaction.now.microseconds, digest.blob])
        transaction.publish(.access)
    }

    /// Ends a session.
    public func end(_ session: Session) throws {
        try transaction.execute("DELETE FROM sessions WHERE digest = ?", [session.digest.blob])
        try transaction.audit.append("session.ended", "user", session.user.id.text)
        transaction.publish(.access)
    }

    func all() throws -> [Session] {
        let rows = try transaction.rows("SELECT * FROM sessions WHERE expires_at > ?", [transaction.now.microseconds])
        return try rows.map { row in
            Session(
                digest: try row.digest("digest"), user: try transaction.users.get(try row.text("user_id")),
                createdAt: try row.time("created_at"), lastSeenAt: try row.time("last_seen_at"),
                expiresAt: try row.time("expires_at"))
        }
    }
}
