/// Who a request comes from: a key and its project. One object per live key, shared by all its requests.
public final class Caller: Sendable {
    /// The key that the request carries.
    public let key: APIKey
    /// The key's project.
    public let project: Project

    /// Joins a key with its project.
    public init(key: APIKey, project: Project) {
        self.key = key
        self.project = project
    }

    /// Checks the key's life at `now`.
    /// - Throws: `Failure` of kind `revokedKey` or `expiredKey`.
    public func validate(at now: Timestamp) throws(Failure) {
        if let revokedAt = key.revokedAt, revokedAt <= now {
            throw Failure(.revokedKey, "the key \(key.display) was revoked; use another key")
        }
        if let expiresAt = key.expiresAt, expiresAt <= now {
            throw Failure(.expiredKey, "the key \(key.display) expired at \(expiresAt.iso8601); use another key")
        }
    }
}
