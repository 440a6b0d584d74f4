import GRDB
public import ModeluxCore

/// Someone who signs in to the dashboard.
public struct User: Sendable {
    /// `usr_…`
    public let id: Identifier
    /// The name, unique: `owner`, or an address.
    public let name: String
    /// What the user may do.
    public let role: Role
    /// When the user was added.
    public let createdAt: Timestamp
    /// When access was withdrawn, if it was.
    public let disabledAt: Timestamp?
}

/// Reads and writes users.
public struct UserStore {
    let transaction: ControlTransaction

    /// The user of that id.
    public func get(_ id: String) throws -> User {
        guard let row = try transaction.row("SELECT * FROM users WHERE id = ?", [id]) else {
            throw Refusal.missing("user", id)
        }
        return try Self.user(row)
    }

    /// The first owner, who exists from the first run on: the one that sign-in links of the local command line are for.
    public func firstOwner() throws -> User {
        let row = try transaction.row(
            "SELECT * FROM users WHERE role = ? AND disabled_at IS NULL ORDER BY created_at, id LIMIT 1",
            [Role.owner.rawValue])
        guard let row else { throw Refusal.missing("user", "owner") }
        return try Self.user(row)
    }

    /// Adds a user.
    public func create(name: String, role: Role) throws -> User {
        try Validation.check { check in check.name(name, at: "name") }
        guard try transaction.row("SELECT id FROM users WHERE name = ?", [name]) == nil else {
            throw Refusal.conflict("user", name, "a user named \"\(name)\" exists: choose another name")
        }
        let id = transaction.newIdentifier(.user)
        try transaction.execute(
            "INSERT INTO users (id, name, role, created_at) VALUES (?, ?, ?, ?)",
            [id.text, name, role.rawValue, transaction.now.microseconds])
        try transaction.audit.append(
            "user.created", "user", id.text,
            after: .members(["name": .string(name), "role": .string(role.rawValue)]))
        return try get(id.text)
    }

    private static func user(_ row: ControlRow) throws -> User {
        User(
            id: try row.identifier("id"), name: try row.text("name"), role: try row.raw("role", as: Role.self),
            createdAt: try row.time("created_at"), disabledAt: try row.optionalTime("disabled_at"))
    }
}
