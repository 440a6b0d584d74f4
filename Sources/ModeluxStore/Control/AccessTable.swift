public import ModeluxCore

/// Who may use the management API, as one immutable value; a change publishes a new one.
public struct AccessTable: Sendable {
    /// Management keys by the SHA-256 of the key. Revoked and expired ones stay in for their clearer error.
    public let managementKeys: [KeyDigest: ManagementKey]
    /// Dashboard sessions by the SHA-256 of their cookie.
    public let sessions: [KeyDigest: Session]

    /// Nobody.
    static let empty = AccessTable(managementKeys: [:], sessions: [:])

    init(managementKeys: [KeyDigest: ManagementKey], sessions: [KeyDigest: Session]) {
        self.managementKeys = managementKeys
        self.sessions = sessions
    }

    static func load(_ transaction: ControlTransaction) throws -> AccessTable {
        let keys = try transaction.managementKeys.all()
        let sessions = try transaction.sessions.all()
        return AccessTable(
            managementKeys: Dictionary(keys.map { ($0.digest, $0) }) { first, _ in first },
            sessions: Dictionary(sessions.map { ($0.digest, $0) }) { first, _ in first })
    }
}
