public import ModeluxCore

/// Who makes a management write, and from where: what the audit log says of it.
public struct Author: Sendable, Hashable {
    /// How the author was recognised.
    public let kind: Kind
    /// `mkey_…`, `usr_…`, or the kind's name.
    public let id: String
    /// The name that people know.
    public let name: String
    /// What the author may do.
    public let role: Role
    /// The address that the call came from; nil for the program itself.
    public let address: String?

    /// How an author is recognised.
    public enum Kind: String, Sendable {
        /// By a management key.
        case key
        /// By a dashboard session.
        case user
        /// By the permission of the local socket's file.
        case local
        /// The program itself, at first run.
        case system
        /// Not at all: someone who tries to sign in.
        case anonymous
    }

    /// Makes an author.
    public init(kind: Kind, id: String, name: String, role: Role, address: String?) {
        self.kind = kind
        self.id = id
        self.name = name
        self.role = role
        self.address = address
    }

    /// The program itself.
    public static let system = Author(kind: .system, id: "system", name: "system", role: .owner, address: nil)
    /// Whoever may open the local socket.
    public static let local = Author(kind: .local, id: "local", name: "local", role: .owner, address: "unix")
}
