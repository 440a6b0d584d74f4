import GRDB
public import ModeluxCore

/// A project as the management API shows it.
public struct StoredProject: Sendable {
    /// What the gateway knows of it.
    public let project: Project
    /// When it was made.
    public let createdAt: Timestamp
    /// When it was deleted, if it was: its records remain.
    public let deletedAt: Timestamp?
}

/// Reads and writes projects.
public struct ProjectStore {
    let transaction: ControlTransaction

    /// A page of the projects, newest first.
    public func list(_ request: ListRequest, includeDeleted: Bool = false) throws -> ListPage<StoredProject> {
        let rows = try transaction.rows(
            """
            SELECT * FROM projects WHERE (deleted_at IS NULL OR ?)
            AND (created_at < ? OR (created_at = ? AND id < ?)) ORDER BY created_at DESC, id DESC LIMIT ?
            """,
            [includeDeleted, request.boundTime, request.boundTime, request.boundID, request.limit + 1])
        return ListPage(try rows.map(Self.project), request: request) { ($0.createdAt, $0.project.id) }
    }

    /// The project of that id or slug.
    /// - Throws: `Refusal` when there is none, or it was deleted.
    public func get(_ reference: String) throws -> StoredProject {
        let row = try transaction.row(
            "SELECT * FROM projects WHERE (id = ? OR slug = ?) AND deleted_at IS NULL", [reference, reference])
        guard let row else { throw Refusal.missing("project", reference) }
        return try Self.project(row)
    }

    /// Makes a project with its routing config `default`.
    public func create(
        slug: String, name: String, settings: ProjectSettings = ProjectSettings(), defaultModel: String = "sandbox/echo"
    ) throws -> StoredProject {
        try Validation.check { check in
            check.slug(slug, at: "slug")
            check.name(name, at: "name")
            check.require(!slug.hasPrefix("proj_"), "slug", "must not look like an id")
        }
        guard try transaction.row("SELECT id FROM projects WHERE slug = ? AND deleted_at IS NULL", [slug]) == nil else {
            throw Refusal.conflict("project", slug, "a project with the slug \"\(slug)\" exists: choose another slug")
        }
        let id = transaction.newIdentifier(.project)
        try transaction.execute(
            "INSERT INTO projects (id, slug, name, settings, created_at) VALUES (?, ?, ?, ?, ?)",
            [id.text, slug, name, Self.json(settings).text, transaction.now.microseconds])
        let made = try get(id.text)
        try transaction.audit.append("project.created", "project", id.text, after: Self.json(made))
        _ = try transaction.routingConfigs.create(
            project: id, slug: "default",
            draft: RoutingDraft(policy: "single", config: .members(["model": .string(defaultModel)])))
        transaction.publish(.snapshot)
        return made
    }

    /// Changes name or settings.
    public func update(
        _ reference: String, name: Change<String> = .keep, settings: Change<ProjectSettings> = .keep
    ) throws -> StoredProject {
        let before = try get(reference)
        let newName = name.applied(to: before.project.name)
        let newSettings = settings.applied(to: before.project.settings)
        try Validation.check { check in check.name(newName, at: "name") }
        try transaction.execute(
            "UPDATE projects SET name = ?, settings = ? WHERE id = ?",
            [newName, Self.json(newSettings).text, before.project.id.text])
        let after = try get(before.project.id.text)
        try transaction.audit.append(
            "project.updated", "project", before.project.id.text, before: Self.json(before), after: Self.json(after))
        transaction.publish(.snapshot)
        return after
    }

    /// Marks a project as deleted and revokes its keys. Its records and configs remain.
    /// - Throws: `Refusal` when it is the last one.
    public func delete(_ reference: String) throws -> StoredProject {
        let before = try get(reference)
        guard try transaction.count("SELECT COUNT(*) FROM projects WHERE deleted_at IS NULL") > 1 else {
            throw Refusal.conflict("project", before.project.id.text, "the last project cannot be deleted")
        }
        let now = transaction.now.microseconds
        let keys = try transaction.rows(
            "SELECT id, name FROM keys WHERE project_id = ? AND revoked_at IS NULL", [before.project.id.text])
        try transaction.execute(
            "UPDATE keys SET revoked_at = ? WHERE project_id = ? AND revoked_at IS NULL", [now, before.project.id.text])
        try transaction.execute("UPDATE projects SET deleted_at = ? WHERE id = ?", [now, before.project.id.text])
        try transaction.audit.append("project.deleted", "project", before.project.id.text, before: Self.json(before))
        for key in keys {
            try transaction.outbox.append(
                change: "key.revoked", "key", try key.text("id"),
                before: .members([
                    "project_id": .string(before.project.id.text), "name": .string(try key.text("name")),
                ]), after: nil, author: transaction.author)
        }
        transaction.publish(.snapshot)
        return StoredProject(project: before.project, createdAt: before.createdAt, deletedAt: transaction.now)
    }

    func all() throws -> [Project] {
        try transaction.rows("SELECT * FROM projects WHERE deleted_at IS NULL").map { try Self.project($0).project }
    }

    private static func project(_ row: ControlRow) throws -> StoredProject {
        let settings = try row.json("settings")
        let project = Project(
            id: try row.identifier("id"), slug: try row.text("slug"), name: try row.text("name"),
            settings: ProjectSettings(
                autoResolvesBareModels: settings["auto_resolve_bare_model"]?.boolValue ?? true,
                storesBodies: settings["store_bodies"]?.boolValue ?? true,
                dataPolicy: DataPolicy(
                    allowedRegions: settings["allowed_regions"]?.arrayValue?.compactMap(\.stringValue) ?? [],
                    training: settings["no_train"]?.stringValue.flatMap(DataPolicy.Training.init) ?? .off)))
        return StoredProject(
            project: project, createdAt: try row.time("created_at"), deletedAt: try row.optionalTime("deleted_at"))
    }

    private static func json(_ settings: ProjectSettings) -> JSONTree {
        .members([
            "auto_resolve_bare_model": .bool(settings.autoResolvesBareModels),
            "store_bodies": .bool(settings.storesBodies),
            "allowed_regions": .texts(settings.dataPolicy.allowedRegions),
            "no_train": .string(settings.dataPolicy.training.rawValue),
        ])
    }

    private static func json(_ stored: StoredProject) -> JSONTree {
        .members([
            "slug": .string(stored.project.slug), "name": .string(stored.project.name),
            "settings": json(stored.project.settings),
        ])
    }
}
