/// A project key as it is stored: never the key itself.
public struct APIKey: Sendable {
    /// `key_…`
    public let id: Identifier
    /// Whose it is.
    public let projectID: Identifier
    /// What people call it.
    public let name: String
    /// SHA-256 of the whole secret.
    public let digest: KeyDigest
    /// Prefix and last four characters, for lists: `mlx_sk_…9xQz`.
    public let display: String
    /// When it was made.
    public let createdAt: Timestamp
    /// When it stops working, if ever.
    public let expiresAt: Timestamp?
    /// When it was revoked, if it was; kept so that the error can say so.
    public let revokedAt: Timestamp?
    /// Requests per minute; 0 means no limit.
    public let requestsPerMinute: Int
    /// Tokens per minute, input and output together; 0 means no limit.
    public let tokensPerMinute: Int
    /// Requests under way at the same time; 0 means no limit.
    public let concurrentRequests: Int
    /// If not empty, the only models (as the caller writes them, or as `provider/model`) that it may name.
    public let allowedModels: [String]
    /// If not empty, the only addresses or CIDR ranges that it may come from.
    public let allowedAddresses: [String]

    /// Requests per minute where the operator says nothing.
    public static let defaultRequestsPerMinute = 600
    /// What every project key begins with.
    public static let prefix = "mlx_sk_"

    /// Makes a key.
    public init(
        id: Identifier, projectID: Identifier, name: String, digest: KeyDigest, display: String, createdAt: Timestamp,
        expiresAt: Timestamp? = nil, revokedAt: Timestamp? = nil,
        requestsPerMinute: Int = APIKey.defaultRequestsPerMinute, tokensPerMinute: Int = 0,
        concurrentRequests: Int = 0, allowedModels: [String] = [], allowedAddresses: [String] = []
    ) {
        self.id = id
        self.projectID = projectID
        self.name = name
        self.digest = digest
        self.display = display
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.concurrentRequests = concurrentRequests
        self.allowedModels = allowedModels
        self.allowedAddresses = allowedAddresses
    }
}
