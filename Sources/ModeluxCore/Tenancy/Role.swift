/// What someone may do in the management API. Each role may do everything that the ones before it may.
public enum Role: String, Sendable, CaseIterable, Comparable {
    /// Reads everything but bodies, the audit log and management keys.
    case viewer
    /// Also reads bodies, and writes keys and routing configs.
    case member
    /// Also writes providers and projects, and reads the audit log.
    case admin
    /// Also writes management keys, users and the organization.
    case owner

    /// Whether `right` may do everything that `left` may, and more.
    public static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .member: 1
        case .admin: 2
        case .owner: 3
        }
    }
}
