import GRDB
import Glibc
import ModeluxCore

/// alerts.db: events, and their deliveries to webhooks and mail addresses: the queue that survives a restart, and the
/// log of what became of it.
///
/// It is a file of its own, beside control.db, for three reasons: a receiver that is down for a day makes thousands of
/// rows, and the configuration stays small; each try is a synced commit, and writes to the configuration never wait for
/// one; and the file can be moved aside without losing anything but the queue.
public final class AlertFile: Sendable {
    /// How much is kept.
    public struct Limits: Sendable {
        /// Days that finished deliveries and events are kept.
        public var days: Int
        /// Finished deliveries, and events, at most.
        public var count: Int
        /// Deliveries that may wait for one target; past it the oldest are given up.
        public var waiting: Int

        /// Makes limits.
        public init(days: Int = 30, count: Int = 50_000, waiting: Int = 10_000) {
            self.days = days
            self.count = count
            self.waiting = waiting
        }
    }

    let pool: DatabasePool
    let limits: Limits

    /// Opens `directory`/alerts.db, or makes it.
    /// - Throws: `StoreFailure` when the file cannot be used.
    public init(directory: String, limits: Limits = Limits()) throws {
        let path = directory + "/alerts.db"
        self.limits = limits
        pool = try Database.open(path: path, durability: .full, readers: 1)
        do {
            try AlertSchema.run(on: pool, path: path)
            // A damaged page shows only when it is read.
            _ = try pool.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM targets") }
        } catch let error as DatabaseError {
            throw StoreFailure(error, path: path)
        }
        _ = unsafe chmod(path, 0o600)
    }

    /// Folds the write-ahead log into the file. Call it from time to time.
    public func checkpoint() throws { try Database.checkpoint(pool) }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (AlertTransaction) throws -> Value
    ) async throws -> Value {
        try await pool.write { try body(AlertTransaction(database: $0)) }
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (AlertTransaction) throws -> Value) async throws -> Value {
        try await pool.read { try body(AlertTransaction(database: $0)) }
    }
}

/// One transaction on alerts.db.
struct AlertTransaction {
    let database: GRDB.Database

    func execute(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// How many rows the last statement changed.
    var changes: Int { database.changesCount }

    func rows(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws -> [ControlRow] {
        let statement = try database.cachedStatement(sql: sql)
        return try Row.fetchAll(statement, arguments: arguments).map { ControlRow($0, file: "alerts.db") }
    }

    func row(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws -> ControlRow? {
        let statement = try database.cachedStatement(sql: sql)
        return try Row.fetchOne(statement, arguments: arguments).map { ControlRow($0, file: "alerts.db") }
    }

    func integer(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws -> Int64? {
        try Int64.fetchOne(try database.cachedStatement(sql: sql), arguments: arguments)
    }

    func newIdentifier(_ kind: IdentifierKind) -> Identifier {
        var generator = SystemRandomNumberGenerator()
        return Identifier(kind, using: &generator)
    }
}
