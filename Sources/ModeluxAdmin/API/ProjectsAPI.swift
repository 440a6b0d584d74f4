import ModeluxCore
import ModeluxStore

/// `projects`: teams and applications.
struct ProjectsAPI: Sendable {
    let store: ControlStore

    func list(_ exchange: Exchange) async throws -> Reply {
        let (page, includesDeleted) = (try exchange.page(), try exchange.flag("include_deleted"))
        let found = try await store.read { try $0.projects.list(page, includeDeleted: includesDeleted) }
        return .list(found.elements, nextCursor: found.nextCursor, Self.write)
    }

    func get(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        let project = try await store.read { try $0.projects.get(id) }
        return .data { Self.write(project, to: &$0) }
    }

    func create(_ exchange: Exchange) async throws -> Reply {
        var fields = try exchange.fields()
        let name = fields.text("name")
        let slug = fields.text("slug")
        let settings = try Self.settings(&fields, before: ProjectSettings())
        if case .keep = name, case .keep = slug { fields.report("name", "is required") }
        try fields.finish()
        let shown = name.applied(to: slug.applied(to: ""))
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let made = try transaction.projects.create(
                slug: slug.applied(to: Self.slug(of: shown)), name: shown,
                settings: settings.applied(to: ProjectSettings()))
            return WriteReply(status: 201, body: Reply.dataText { Self.write(made, to: &$0) })
        }
        return Reply(reply)
    }

    func update(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        let before = try await store.read { try $0.projects.get(id) }
        var fields = try exchange.fields()
        let name = fields.text("name")
        let settings = try Self.settings(&fields, before: before.project.settings)
        if fields.has("slug") { fields.report("slug", "cannot be changed: keys and clients refer to it") }
        _ = fields.tree("slug")
        try fields.finish()
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let after = try transaction.projects.update(id, name: name, settings: settings)
            return WriteReply(status: 200, body: Reply.dataText { Self.write(after, to: &$0) })
        }
        return Reply(reply)
    }

    func delete(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let deleted = try transaction.projects.delete(id)
            return WriteReply(status: 200, body: Reply.dataText { Self.write(deleted, to: &$0) })
        }
        return Reply(reply)
    }

    /// `Team Ärger 2` → `team-rger-2`: the letters and digits of ASCII, everything else as one hyphen.
    private static func slug(of name: String) -> String {
        let words = name.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
        return String(words.joined(separator: "-").prefix(63))
    }

    private static func settings(
        _ fields: inout BodyFields, before: ProjectSettings
    ) throws -> Change<ProjectSettings> {
        guard let tree = fields.tree("settings"), tree != .null else { return .keep }
        var inner = try BodyFields(tree, prefix: "settings")
        var settings = before
        settings.autoResolvesBareModels = inner.bool("auto_resolve_bare_model").applied(
            to: before.autoResolvesBareModels)
        settings.storesBodies = inner.bool("store_bodies").applied(to: before.storesBodies)
        settings.dataPolicy.allowedRegions = inner.texts("allowed_regions").applied(
            to: before.dataPolicy.allowedRegions)
        settings.dataPolicy.training = inner.word("no_train", as: DataPolicy.Training.self).applied(
            to: before.dataPolicy.training)
        if settings.dataPolicy.allowedRegions.count > 64 { inner.report("allowed_regions", "has more than 64 regions") }
        try inner.finish()
        return .set(settings)
    }

    private static func write(_ stored: StoredProject, to json: inout JSONText) {
        json.object { json in
            json.member("id", stored.project.id.text)
            json.member("slug", stored.project.slug)
            json.member("name", stored.project.name)
            json.key("settings")
            json.object { json in
                json.member("auto_resolve_bare_model", stored.project.settings.autoResolvesBareModels)
                json.member("store_bodies", stored.project.settings.storesBodies)
                json.key("allowed_regions")
                JSONTree.texts(stored.project.settings.dataPolicy.allowedRegions).write(to: &json)
                json.member("no_train", stored.project.settings.dataPolicy.training.rawValue)
            }
            json.member("created_at", stored.createdAt.iso8601)
            json.member("deleted_at", stored.deletedAt?.iso8601)
        }
    }
}
