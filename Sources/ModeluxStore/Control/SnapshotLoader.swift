import ModeluxCore

/// Builds the one value that the gateway reads from what control.db, the environment and the catalogue say.
struct SnapshotLoader {
    let transaction: ControlTransaction

    /// A snapshot, and the providers that were left out of it with the reason.
    struct Loaded {
        let snapshot: Snapshot
        let unreadable: [String: String]
    }

    /// Reads everything. A provider from the environment stands before a stored one of the same name: who sets the
    /// variable expects it to count.
    func load(version: UInt64) throws -> Loaded {
        let stored = try transaction.providers.all()
        let named = Set(transaction.environment.map(\.name))
        let snapshot = Snapshot(
            version: version, keys: try transaction.keys.all(), projects: try transaction.projects.all(),
            providers: transaction.environment + stored.providers.filter { !named.contains($0.name) },
            configs: try transaction.routingConfigs.all(), catalogue: transaction.catalogue,
            budgets: try transaction.budgets.all(), timeouts: transaction.timeouts)
        return Loaded(snapshot: snapshot, unreadable: stored.unreadable)
    }
}
