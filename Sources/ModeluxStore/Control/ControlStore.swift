import GRDB
import Glibc
public import Logging
public import ModeluxCore
import Synchronization

/// control.db: everything that an operator configures. One serial writer; what it commits is durable when a write
/// returns, and published before.
public final class ControlStore: Sendable {
    private let pool: DatabasePool
    private let keyRing: KeyRing
    private let catalogue: Catalogue
    private let environment: [Provider]
    private let timeouts: AttemptTimeouts
    private let clock: @Sendable () -> Timestamp
    private let logger: Logger
    private let published: Mutex<Published>

    private struct Published {
        var snapshot: Snapshot
        var access: AccessTable
        var unreadable: [String: String]
        var handlers: [@Sendable (Snapshot) -> Void] = []
        var eventHandlers: [@Sendable () -> Void] = []
    }

    /// Opens `directory`/control.db: brings the schema up to date and, at the first run, makes the key-encryption key,
    /// the organization, the project `default` and the first owner.
    /// - Parameters:
    ///   - directory: The data folder; it is made with mode 0700 when it is missing.
    ///   - catalogue: Models and prices.
    ///   - environment: Providers that environment variables configure; read-only.
    ///   - timeouts: How long an attempt may take where a routing config says nothing.
    ///   - clock: The wall clock.
    ///   - logger: Where damaged providers are reported.
    /// - Throws: `StoreFailure` when the database or the key-encryption key cannot be used.
    public init(
        directory: String, catalogue: Catalogue, environment: [Provider] = [],
        timeouts: AttemptTimeouts = AttemptTimeouts(),
        clock: @escaping @Sendable () -> Timestamp, logger: Logger
    ) throws {
        var folder = directory
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        _ = unsafe mkdir(folder, 0o700)
        let path = folder + "/control.db"
        let pool = try Database.open(path: path, durability: .full, readers: 1)
        try Migrations.run(on: pool, path: path)
        _ = unsafe chmod(path, 0o600)
        // A damaged page shows only when it is read.
        let (keyRing, loaded, access) = try Self.naming(path) {
            let first = try FirstRun(
                pool: pool, keyFile: KeyEncryptionKeyFile(path: folder + "/kek"), now: clock()
            ).run()
            return try pool.write { database in
                let transaction = ControlTransaction(
                    database: database, author: .system, now: clock(), keyRing: first.keyRing, catalogue: catalogue,
                    environment: environment, timeouts: timeouts)
                if first.isNew { try FirstRun.populate(transaction) }
                return (
                    first.keyRing, try SnapshotLoader(transaction: transaction).load(version: 1),
                    try AccessTable.load(transaction)
                )
            }
        }
        self.pool = pool
        self.keyRing = keyRing
        self.catalogue = catalogue
        self.environment = environment
        self.timeouts = timeouts
        self.clock = clock
        self.logger = logger
        published = Mutex(Published(snapshot: loaded.snapshot, access: access, unreadable: loaded.unreadable))
        report(loaded.unreadable)
    }

    /// The live configuration.
    public var snapshot: Snapshot { published.withLock { $0.snapshot } }

    /// Who may manage.
    public var access: AccessTable { published.withLock { $0.access } }

    /// Providers whose credential does not open, with the reason: they are not in the snapshot.
    public var unreadableProviders: [String: String] { published.withLock { $0.unreadable } }

    /// Names the key-encryption key in use.
    public var keyEncryptionKeyID: String { keyRing.id }

    /// Calls `handler` now with the live configuration, and after every change with the new one, in order and before
    /// the write that changed it returns. The handler must be quick and must not write.
    public func onChange(_ handler: @escaping @Sendable (Snapshot) -> Void) {
        let snapshot = published.withLock { published in
            published.handlers.append(handler)
            return published.snapshot
        }
        handler(snapshot)
    }

    /// Calls `handler` after every commit that left an event in the outbox. The handler must be quick.
    public func onEvent(_ handler: @escaping @Sendable () -> Void) {
        published.withLock { $0.eventHandlers.append(handler) }
    }

    /// Reads in one consistent view.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (ControlTransaction) throws -> Value
    ) async throws -> Value {
        try await pool.read { [self] database in try body(transaction(database, author: .system)) }
    }

    /// Writes in one transaction: all of it is committed and published when this returns, or nothing.
    /// - Parameters:
    ///   - author: Who writes; the audit log says so.
    ///   - body: The writes.
    /// - Returns: What the closure gave.
    /// - Throws: What the closure threw, or a `DatabaseError` when the commit failed.
    public func write<Value: Sendable>(
        as author: Author, _ body: @escaping @Sendable (ControlTransaction) throws -> Value
    ) async throws -> Value {
        try await pool.writeWithoutTransaction { [self] database in
            var result: Value?
            var changes: Set<ControlTransaction.Publication> = []
            try database.inTransaction(.immediate) {
                let transaction = transaction(database, author: author)
                result = try body(transaction)
                changes = transaction.changes
                return .commit
            }
            // Still on the writer's queue, so that publications come in the order of the commits.
            try publish(changes, from: database)
            guard let result else { throw Refusal(.internalError, "the write gave no result") }
            return result
        }
    }

    /// Writes once: when the same author repeats the request within 24 hours, the first answer is given again.
    /// Only answers of success are kept.
    public func write(
        as author: Author, once request: IdempotentRequest?,
        _ body: @escaping @Sendable (ControlTransaction) throws -> WriteReply
    ) async throws -> WriteReply {
        try await write(as: author) { transaction in
            guard let request else { return try body(transaction) }
            if let reply = try transaction.idempotency.find(request) { return reply }
            let reply = try body(transaction)
            try transaction.idempotency.put(reply, for: request)
            return reply
        }
    }

    /// Folds the write-ahead log into the file. Call it from time to time, off the request path.
    public func checkpoint() throws { try Database.checkpoint(pool) }

    /// Says which file SQLite's complaint is about.
    private static func naming<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StoreFailure(error, path: path)
        }
    }

    private func transaction(_ database: GRDB.Database, author: Author) -> ControlTransaction {
        ControlTransaction(
            database: database, author: author, now: clock(), keyRing: keyRing, catalogue: catalogue,
            environment: environment, timeouts: timeouts)
    }

    private func publish(_ changes: Set<ControlTransaction.Publication>, from database: GRDB.Database) throws {
        guard !changes.isEmpty else { return }
        if changes.contains(.events) {
            for handler in published.withLock({ $0.eventHandlers }) { handler() }
        }
        let transaction = transaction(database, author: .system)
        if changes.contains(.access) {
            let access = try AccessTable.load(transaction)
            published.withLock { $0.access = access }
        }
        guard changes.contains(.snapshot) else { return }
        let loaded = try SnapshotLoader(transaction: transaction).load(version: snapshot.version + 1)
        let handlers = published.withLock { published in
            published.snapshot = loaded.snapshot
            published.unreadable = loaded.unreadable
            return published.handlers
        }
        for handler in handlers { handler(loaded.snapshot) }
        report(loaded.unreadable)
    }

    private func report(_ unreadable: [String: String]) {
        for (name, reason) in unreadable.sorted(by: { $0.key < $1.key }) {
            logger.error(
                "a provider's credential cannot be opened: give it a new one",
                metadata: ["provider": "\(name)", "reason": "\(reason)"])
        }
    }
}
