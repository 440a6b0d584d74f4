import GRDB
import ModeluxCore

/// Reads and writes providers. Those from the environment and the built-in one are listed, but cannot be changed.
public struct ProviderStore {
    static let table = "providers"
    let transaction: ControlTransaction

    /// A page of the stored providers, newest first. The first page begins with those that are not stored.
    public func list(_ request: ListRequest) throws -> ListPage<StoredProvider> {
        let rows = try transaction.rows(
            """
            SELECT * FROM providers WHERE created_at < ? OR (created_at = ? AND id < ?)
            ORDER BY created_at DESC, id DESC LIMIT ?
            """,
            [request.boundTime, request.boundTime, request.boundID, request.limit + 1])
        let page = ListPage(try rows.map(Self.stored), request: request) {
            ($0.createdAt ?? Timestamp(microseconds: 0), $0.provider.id)
        }
        guard request.after == nil else { return page }
        return ListPage(elements: unstored + page.elements, nextCursor: page.nextCursor)
    }

    /// The provider of that id or name.
    public func get(_ reference: String) throws -> StoredProvider {
        if let found = unstored.first(where: { $0.provider.id.text == reference || $0.provider.name == reference }) {
            return found
        }
        return try getStored(reference)
    }

    /// Makes a provider and seals its credential.
    public func create(_ draft: ProviderDraft) throws -> StoredProvider {
        var draft = draft
        try draft.validate(hasCredential: false)
        try checkNameIsFree(draft.name)
        let id = transaction.newIdentifier(.provider)
        if draft.isDefault { try clearDefault(of: draft.vendor) }
        try transaction.execute(
            """
            INSERT INTO providers (id, name, vendor, base_url, region, api_version, deployments, models, is_default,
            secret_version, secret_display, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id.text, draft.name, draft.vendor.rawValue, draft.baseURL, draft.region, draft.apiVersion,
                Self.json(draft.deployments).text, JSONTree.texts(draft.models).text, draft.isDefault,
                draft.apiKey == nil ? 0 : 1, draft.apiKey?.masked, transaction.now.microseconds,
                transaction.now.microseconds,
            ])
        if let secret = draft.apiKey {
            try transaction.sealedSecrets.put(secret, in: SealingContext(table: Self.table, row: id.text, version: 1))
        }
        let made = try getStored(id.text)
        try transaction.audit.append("provider.created", "provider", id.text, after: Self.json(made))
        transaction.publish(.snapshot)
        return made
    }

    /// Changes a provider; a new credential replaces the old one in the same commit.
    public func update(_ reference: String, _ change: (inout ProviderDraft) throws -> Void) throws -> StoredProvider {
        let before = try getWritable(reference)
        let id = before.provider.id.text
        var draft = ProviderDraft(before.provider)
        try change(&draft)
        try draft.validate(hasCredential: before.credentialDisplay != nil)
        if draft.name != before.provider.name {
            try checkNameIsFree(draft.name)
            try checkUnused(before.provider)
        }
        if draft.isDefault, !before.provider.isDefault { try clearDefault(of: draft.vendor) }
        try transaction.execute(
            """
            UPDATE providers SET name = ?, base_url = ?, region = ?, api_version = ?, deployments = ?, models = ?,
            is_default = ?, updated_at = ? WHERE id = ?
            """,
            [
                draft.name, draft.baseURL, draft.region, draft.apiVersion, Self.json(draft.deployments).text,
                JSONTree.texts(draft.models).text, draft.isDefault, transaction.now.microseconds, id,
            ])
        if let secret = draft.apiKey {
            try transaction.execute(
                "UPDATE providers SET secret_version = secret_version + 1, secret_display = ? WHERE id = ?",
                [secret.masked, id])
            try transaction.sealedSecrets.put(secret, in: try sealingContext(id))
        }
        let after = try getStored(id)
        try transaction.audit.append(
            "provider.updated", "provider", id, before: Self.json(before), after: Self.json(after))
        transaction.publish(.snapshot)
        return after
    }

    /// Removes a provider and its credential.
    /// - Throws: `Refusal` while a routing config uses it.
    public func delete(_ reference: String) throws -> StoredProvider {
        let before = try getWritable(reference)
        try checkUnused(before.provider)
        let id = before.provider.id.text
        try transaction.sealedSecrets.remove(table: Self.table, row: id)
        try transaction.execute("DELETE FROM providers WHERE id = ?", [id])
        try transaction.audit.append("provider.deleted", "provider", id, before: Self.json(before))
        transaction.publish(.snapshot)
        return before
    }

    /// Every stored provider with its credential unsealed, for the snapshot. A provider whose credential does not open
    /// is left out and named in `unreadable`: calls to it fail instead of going out without their credential.
    func all() throws -> (providers: [Provider], unreadable: [String: String]) {
        var providers: [Provider] = []
        var unreadable: [String: String] = [:]
        for row in try transaction.rows("SELECT * FROM providers") {
            let stored = try Self.stored(row).provider
            let version = try row.integer("secret_version")
            do {
                let context = SealingContext(table: Self.table, row: stored.id.text, version: version)
                providers.append(stored.with(version == 0 ? nil : try transaction.sealedSecrets.get(in: context)))
            } catch let failure as SealingFailure {
                unreadable[stored.name] = failure.description
            }
        }
        return (providers, unreadable)
    }

    private var unstored: [StoredProvider] {
        (transaction.environment + [Provider.sandbox]).map { provider in
            StoredProvider(
                provider: provider.with(nil), credentialDisplay: provider.credential?.masked, createdAt: nil,
                updatedAt: nil)
        }
    }

    private func getStored(_ reference: String) throws -> StoredProvider {
        let row = try transaction.row("SELECT * FROM providers WHERE id = ? OR name = ?", [reference, reference])
        guard let row else { throw Refusal.missing("provider", reference) }
        return try Self.stored(row)
    }

    private func getWritable(_ reference: String) throws -> StoredProvider {
        let found = try get(reference)
        switch found.provider.source {
        case .stored: return found
        case .environment:
            throw Refusal.conflict(
                "provider", found.provider.id.text,
                "the provider \"\(found.provider.name)\" comes from an environment variable: change it there")
        case .builtIn:
            throw Refusal.conflict(
                "provider", found.provider.id.text, "the provider \"\(found.provider.name)\" is part of the program")
        }
    }

    private func checkNameIsFree(_ name: String) throws {
        let isStored = try transaction.row("SELECT id FROM providers WHERE name = ?", [name]) != nil
        guard !isStored, !unstored.contains(where: { $0.provider.name == name }) else {
            throw Refusal.conflict("provider", name, "a provider named \"\(name)\" exists: choose another name")
        }
    }

    private func checkUnused(_ provider: Provider) throws {
        let snapshot = try SnapshotLoader(transaction: transaction).load(version: 0).snapshot
        for config in snapshot.configs.values where config.policy.uses(provider, in: snapshot) {
            throw Refusal.conflict(
                "provider", provider.id.text,
                "the routing config \"@\(config.slug)\" uses the provider \"\(provider.name)\": change that first")
        }
    }

    private func clearDefault(of vendor: Vendor) throws {
        try transaction.execute("UPDATE providers SET is_default = 0 WHERE vendor = ?", [vendor.rawValue])
    }

    private func sealingContext(_ id: String) throws -> SealingContext {
        let row = try transaction.row("SELECT secret_version FROM providers WHERE id = ?", [id])
        guard let row else { throw Refusal.missing("provider", id) }
        return SealingContext(table: Self.table, row: id, version: try row.integer("secret_version"))
    }

    private static func stored(_ row: ControlRow) throws -> StoredProvider {
        let deployments = try row.json("deployments").objectValue ?? []
        let provider = Provider(
            id: try row.identifier("id"), name: try row.text("name"), vendor: try row.raw("vendor", as: Vendor.self),
            baseURL: try row.optionalText("base_url"), region: try row.optionalText("region"),
            apiVersion: try row.optionalText("api_version"),
            deployments: Dictionary(deployments.map { ($0.key, $0.value.stringValue ?? "") }) { first, _ in first },
            models: try row.texts("models"), isDefault: try row.integer("is_default") != 0)
        return StoredProvider(
            provider: provider, credentialDisplay: try row.optionalText("secret_display"),
            createdAt: try row.time("created_at"), updatedAt: try row.time("updated_at"))
    }

    private static func json(_ deployments: [String: String]) -> JSONTree {
        .object(deployments.sorted { $0.key < $1.key }.map { JSONTree.Member($0.key, .string($0.value)) })
    }

    private static func json(_ stored: StoredProvider) -> JSONTree {
        let provider = stored.provider
        return .members([
            "name": .string(provider.name), "vendor": .string(provider.vendor.rawValue),
            "api_key": .text(stored.credentialDisplay), "base_url": .text(provider.baseURL),
            "region": .text(provider.region), "api_version": .text(provider.apiVersion),
            "deployments": json(provider.deployments), "models": .texts(provider.models),
            "is_default": .bool(provider.isDefault),
        ])
    }
}

extension ProviderDraft {
    fileprivate init(_ provider: Provider) {
        self.init(
            vendor: provider.vendor, name: provider.name, baseURL: provider.baseURL, region: provider.region,
            apiVersion: provider.apiVersion, deployments: provider.deployments, models: provider.models,
            isDefault: provider.isDefault)
    }
}

extension Provider {
    /// The same provider with another credential.
    func with(_ credential: Secret?) -> Provider {
        Provider(
            id: id, name: name, vendor: vendor, baseURL: baseURL, region: region, apiVersion: apiVersion,
            deployments: deployments, models: models, isDefault: isDefault, credential: credential, source: source)
    }
}

extension Policy {
    /// Whether a target of the policy would go to the provider.
    func uses(_ provider: Provider, in snapshot: Snapshot) -> Bool {
        targets.contains { $0.target.uses(provider, in: snapshot) }
    }
}

extension Target {
    fileprivate func uses(_ provider: Provider, in snapshot: Snapshot) -> Bool {
        if let providerID { return providerID == provider.id }
        guard let reference = try? ModelReference(name) else { return false }
        switch reference {
        case .config: return false
        case .target(let name, _): return snapshot.provider(name)?.id == provider.id
        case .bare(let name):
            let byPrefix = ModelReference.vendor(ofBare: name).flatMap { snapshot.defaultProviders[$0] }
            return (byPrefix ?? snapshot.onlyProvider(listing: name))?.id == provider.id
        }
    }
}
