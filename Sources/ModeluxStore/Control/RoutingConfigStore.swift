import GRDB
public import ModeluxCore

/// A version of a routing config as the management API shows it.
public struct StoredRoutingConfig: Sendable {
    /// `cfg_…`
    public let id: Identifier
    /// Whose it is.
    public let projectID: Identifier
    /// The name after the `@`.
    public let slug: String
    /// Which save this is.
    public let version: Int
    /// What it says.
    public let draft: RoutingDraft
    /// Who saved this version.
    public let author: String
    /// When the config was made.
    public let createdAt: Timestamp
    /// When this version was saved.
    public let savedAt: Timestamp
}

/// Reads and writes routing configs. Every save is a new version; versions are never changed.
public struct RoutingConfigStore {
    let transaction: ControlTransaction

    private static let columns = """
        SELECT c.id, c.project_id, c.slug, v.version, v.policy, v.config, v.author, c.created_at, v.created_at AS saved_at
        FROM routing_configs c JOIN routing_config_versions v ON v.config_id = c.id
        """
    private static let listSQL =
        columns + """
             AND v.version = c.version WHERE c.deleted_at IS NULL AND (? IS NULL OR c.project_id = ?)
            AND (c.created_at < ? OR (c.created_at = ? AND c.id < ?)) ORDER BY c.created_at DESC, c.id DESC LIMIT ?
            """
    private static let getSQL =
        columns + """
             AND v.version = c.version WHERE c.deleted_at IS NULL AND (c.id = ? OR c.slug = ?)
            AND (? IS NULL OR c.project_id = ?)
            """
    private static let versionsSQL = columns + " WHERE c.id = ? ORDER BY v.version DESC LIMIT 200"
    private static let versionSQL = columns + " WHERE c.id = ? AND v.version = ?"
    private static let allSQL =
        columns + " AND v.version = c.version JOIN projects p ON p.id = c.project_id"
        + " WHERE c.deleted_at IS NULL AND p.deleted_at IS NULL"

    /// A page of the configs in their current versions, newest first; of one project, or of all.
    public func list(_ request: ListRequest, project: Identifier? = nil) throws -> ListPage<StoredRoutingConfig> {
        let rows = try transaction.rows(
            Self.listSQL,
            [
                project?.text, project?.text, request.boundTime, request.boundTime, request.boundID, request.limit + 1,
            ])
        return ListPage(try rows.map(Self.config), request: request) { ($0.createdAt, $0.id) }
    }

    /// The config of that id or slug, in its current version. A slug that several projects have needs the project.
    public func get(_ reference: String, project: Identifier? = nil) throws -> StoredRoutingConfig {
        let slug = reference.hasPrefix("@") ? String(reference.dropFirst()) : reference
        let rows = try transaction.rows(Self.getSQL, [slug, slug, project?.text, project?.text])
        guard let row = rows.first else { throw Refusal.missing("routing_config", reference) }
        guard rows.count == 1 else {
            throw Refusal.invalid("project_id", "several projects have a config \"\(slug)\": say which project")
        }
        return try Self.config(row)
    }

    /// The versions of a config, newest first, 200 at most.
    public func versions(_ reference: String, project: Identifier? = nil) throws -> [StoredRoutingConfig] {
        let current = try get(reference, project: project)
        return try transaction.rows(Self.versionsSQL, [current.id.text]).map(Self.config)
    }

    /// Makes a config in its first version.
    public func create(project: Identifier, slug: String, draft: RoutingDraft) throws -> StoredRoutingConfig {
        try Validation.check { check in
            check.slug(slug, at: "slug")
            check.require(!slug.hasPrefix("cfg_"), "slug", "must not look like an id")
        }
        try validate(draft, slug: slug, project: project)
        let taken = try transaction.row(
            "SELECT id FROM routing_configs WHERE project_id = ? AND slug = ? AND deleted_at IS NULL",
            [project.text, slug])
        guard taken == nil else {
            throw Refusal.conflict(
                "routing_config", slug, "the project has a config \"@\(slug)\" already: choose another slug")
        }
        let id = transaction.newIdentifier(.config)
        let now = transaction.now.microseconds
        try transaction.execute(
            "INSERT INTO routing_configs (id, project_id, slug, version, created_at, updated_at) VALUES (?, ?, ?, 1, ?, ?)",
            [id.text, project.text, slug, now, now])
        try insertVersion(1, of: id, draft)
        let made = try get(id.text)
        try transaction.audit.append("routing_config.created", "routing_config", id.text, after: Self.json(made))
        transaction.publish(.snapshot)
        return made
    }

    /// Saves a new version.
    public func update(
        _ reference: String, project: Identifier? = nil, draft: RoutingDraft
    ) throws -> StoredRoutingConfig {
        let before = try get(reference, project: project)
        try validate(draft, slug: before.slug, project: before.projectID)
        try transaction.execute(
            "UPDATE routing_configs SET version = ?, updated_at = ? WHERE id = ?",
            [before.version + 1, transaction.now.microseconds, before.id.text])
        try insertVersion(before.version + 1, of: before.id, draft)
        let after = try get(before.id.text)
        try transaction.audit.append(
            "routing_config.updated", "routing_config", before.id.text, before: Self.json(before),
            after: Self.json(after))
        transaction.publish(.snapshot)
        return after
    }

    /// A config as it was at one of its versions.
    public func version(
        _ version: Int, of reference: String, project: Identifier? = nil
    ) throws -> StoredRoutingConfig {
        let current = try get(reference, project: project)
        guard let row = try transaction.rows(Self.versionSQL, [current.id.text, version]).first else {
            throw Refusal.missing("routing_config_version", String(version))
        }
        return try Self.config(row)
    }

    /// Saves what an earlier version said as a new version.
    public func rollback(
        _ reference: String, to version: Int, project: Identifier? = nil
    ) throws -> StoredRoutingConfig {
        let earlier = try self.version(version, of: reference, project: project)
        return try update(earlier.id.text, draft: earlier.draft)
    }

    /// What a stored config would do with a request, at the health given; or a draft in its place.
    /// - Throws: `Refusal` when the draft is none, `Failure` when there is no plan.
    public func plan(
        _ facts: RequestFacts, by reference: String, project: Identifier? = nil, draft: RoutingDraft? = nil,
        health: HealthView
    ) throws -> Plan {
        let stored = try get(reference, project: project)
        if let draft { try validate(draft, slug: stored.slug, project: stored.projectID) }
        let (policy, options) = try (draft ?? stored.draft).parsed(timeouts: transaction.timeouts)
        let config = RoutingConfig(
            id: stored.id, projectID: stored.projectID, slug: stored.slug, version: stored.version, policy: policy,
            options: options)
        return try planner(for: stored.projectID, health).plan(facts, by: config)
    }

    /// What the gateway would do with a request of a project, at the health given.
    /// - Throws: `Failure` when there is no plan.
    public func plan(_ facts: RequestFacts, project: Identifier, health: HealthView) throws -> Plan {
        try planner(for: project, health).plan(facts)
    }

    /// A planner for a caller without restrictions of a key.
    private func planner(for project: Identifier, _ health: HealthView) throws -> Planner {
        let snapshot = try SnapshotLoader(transaction: transaction).load(version: 0).snapshot
        guard let owner = snapshot.projects[project] else { throw Refusal.missing("project", project.text) }
        let key = APIKey(
            id: Identifier("key_management"), projectID: project, name: "management", digest: KeyDigest(0, 0, 0, 0),
            display: "management", createdAt: transaction.now)
        return Planner(
            caller: Caller(key: key, project: owner), snapshot: snapshot, health: health, now: transaction.now)
    }

    /// Removes a config; its versions remain for the log.
    /// - Throws: `Refusal` for the config `default`, which every project has.
    public func delete(_ reference: String, project: Identifier? = nil) throws -> StoredRoutingConfig {
        let before = try get(reference, project: project)
        guard before.slug != "default" else {
            throw Refusal.conflict(
                "routing_config", before.id.text, "every project has a config \"@default\": change it instead")
        }
        let users = try users(of: before)
        guard users.isEmpty else {
            throw Refusal.conflict(
                "routing_config", before.id.text,
                "the config \"@\(before.slug)\" is used by \(users.joined(separator: ", ")): change them first")
        }
        try transaction.execute(
            "UPDATE routing_configs SET deleted_at = ? WHERE id = ?",
            [transaction.now.microseconds, before.id.text])
        try transaction.audit.append(
            "routing_config.deleted", "routing_config", before.id.text, before: Self.json(before))
        transaction.publish(.snapshot)
        return before
    }

    func all() throws -> [RoutingConfig] {
        try transaction.rows(Self.allSQL).map { row in
            let stored = try Self.config(row)
            let (policy, options) = try stored.draft.parsed(timeouts: transaction.timeouts)
            return RoutingConfig(
                id: stored.id, projectID: stored.projectID, slug: stored.slug, version: stored.version, policy: policy,
                options: options)
        }
    }

    /// The configs of the same project that name this one.
    private func users(of config: StoredRoutingConfig) throws -> [String] {
        try all().filter { other in
            other.projectID == config.projectID && other.id != config.id
                && other.policy.targets.contains { $0.target.destination == .config(config.slug) }
        }.map { "@" + $0.slug }
    }

    private func insertVersion(_ version: Int, of id: Identifier, _ draft: RoutingDraft) throws {
        try transaction.execute(
            """
            INSERT INTO routing_config_versions (config_id, version, policy, config, author, created_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [id.text, version, draft.policy, draft.config.text, transaction.author.name, transaction.now.microseconds])
    }

    private func validate(_ draft: RoutingDraft, slug: String, project: Identifier) throws {
        let (policy, _) = try draft.parsed()
        let snapshot = try SnapshotLoader(transaction: transaction).load(version: 0).snapshot
        try ConfigCheck(snapshot: snapshot, project: project).check(policy, slug: slug)
    }

    private static func config(_ row: ControlRow) throws -> StoredRoutingConfig {
        StoredRoutingConfig(
            id: try row.identifier("id"), projectID: try row.identifier("project_id"), slug: try row.text("slug"),
            version: try row.int("version"),
            draft: RoutingDraft(policy: try row.text("policy"), config: try row.json("config")),
            author: try row.text("author"), createdAt: try row.time("created_at"), savedAt: try row.time("saved_at"))
    }

    private static func json(_ config: StoredRoutingConfig) -> JSONTree {
        .members([
            "slug": .string(config.slug), "version": .integer(config.version), "policy": .string(config.draft.policy),
            "config": config.draft.config,
        ])
    }
}
