import GRDB
public import ModeluxCore

/// The organization: who runs this installation.
public struct Organization: Sendable {
    /// The name that people read.
    public let name: String
    /// Names this installation; made at first run.
    public let instanceID: String
    /// When the first run was.
    public let createdAt: Timestamp
}

/// Reads and writes the organization.
public struct OrganizationStore {
    let transaction: ControlTransaction

    /// The organization.
    public func get() throws -> Organization {
        guard let row = try transaction.row("SELECT * FROM organization WHERE id = 1", []) else {
            throw Refusal.missing("organization", "1")
        }
        return Organization(
            name: try row.text("name"), instanceID: try row.text("instance_id"), createdAt: try row.time("created_at"))
    }

    /// Renames it.
    public func update(name: String) throws -> Organization {
        let before = try get()
        try Validation.check { check in check.name(name, at: "name") }
        try transaction.execute("UPDATE organization SET name = ? WHERE id = 1", [name])
        try transaction.audit.append(
            "organization.updated", "organization", "1", before: .members(["name": .string(before.name)]),
            after: .members(["name": .string(name)]))
        return try get()
    }
}
