/// A key of the management API as it is stored: never the key itself.
public struct ManagementKey: Sendable {
    /// `mkey_…`
    public let id: Identifier
    /// What people call it.
    public let name: String
    /// What its holder may do.
    public let role: Role
    /// SHA-256 of the whole secret.
    public let digest: KeyDigest
    /// Prefix and last four characters, for lists.
    public let display: String
    /// When it was made.
    public let createdAt: Timestamp
    /// When it stops working, if ever.
    public let expiresAt: Timestamp?
    /// When it was revoked, if it was.
    public let revokedAt: Timestamp?
    /// Requests per minute; 0 means no limit.
    public let requestsPerMinute: Int

    /// Requests per minute where the operator says nothing.
    public static let defaultRequestsPerMinute = 60
    /// What every management key begins with.
    public static let prefix = "mlx_mk_"

    /// Makes a key.
    public init(
        id: Identifier, name: String, role: Role, digest: KeyDigest, display: String, createdAt: Timestamp,
        expiresAt: Timestamp? = nil, revokedAt: Timestamp? = nil,
        requestsPerMinute: Int = ManagementKey.defaultRequestsPerMinute
    ) {
        self.id = id
        self.name = name
        self.role = role
        self.digest = digest
        self.display = display
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.requestsPerMinute = requestsPerMinute
    }
}
