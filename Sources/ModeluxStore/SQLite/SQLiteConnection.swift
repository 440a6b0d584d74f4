import GRDBSQLite
import Glibc
import ModeluxCore

/// One connection to an SQLite file by the C API, for the writers and readers of money and records: they bind by
/// position, allocate nothing per row, and need neither observation nor a reader pool.
///
/// For one thread at a time. Failures are `StoreFailure`.
@safe
final class SQLiteConnection {
    let path: String
    /// Pages in the write-ahead log after the last commit, checkpointed or not.
    var walPages: Int { unsafe Int(context.pointee.walPages) }
    private let handle: OpaquePointer
    private let context: UnsafeMutablePointer<Context>

    /// What the C callbacks read and write; one allocation that lives as long as the connection.
    private struct Context {
        var walPages: Int32 = 0
        var deadlineNanoseconds: UInt64 = 0
    }

    /// How a file is opened.
    enum Mode {
        /// Made if it is missing, in WAL mode, without automatic checkpoints.
        case writing(Database.Durability)
        /// Never changed.
        case reading
    }

    /// Opens a file.
    init(path: String, mode: Mode) throws {
        var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        switch mode {
        case .writing:
            flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            Database.makePrivate(path)
        case .reading: flags |= SQLITE_OPEN_READONLY
        }
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened = unsafe opened else {
            let reason = unsafe opened.map { unsafe String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            unsafe sqlite3_close_v2(opened)
            throw StoreFailure(sqliteCode: code, path: path, reason: reason)
        }
        unsafe handle = opened
        self.path = path
        unsafe context = UnsafeMutablePointer<Context>.allocate(capacity: 1)
        unsafe context.initialize(to: Context())
        unsafe sqlite3_busy_timeout(handle, 5000)
        try configure(mode)
    }

    deinit {
        unsafe sqlite3_close_v2(handle)
        unsafe context.deallocate()
    }

    private func configure(_ mode: Mode) throws {
        guard case .writing(let durability) = mode else { return try execute("PRAGMA cache_size = -512") }
        try execute("PRAGMA page_size = 16384")
        try execute("PRAGMA journal_mode = WAL")
        switch durability {
        case .full: try execute("PRAGMA synchronous = FULL")
        case .normal: try execute("PRAGMA synchronous = NORMAL")
        }
        try execute("PRAGMA wal_autocheckpoint = 0")
        try execute("PRAGMA journal_size_limit = 33554432")
        try execute("PRAGMA cache_size = -2048")
        unsafe sqlite3_wal_hook(
            handle,
            { context, _, _, pages in
                unsafe context?.assumingMemoryBound(to: Context.self).pointee.walPages = pages
                return SQLITE_OK
            }, context)
    }

    /// Runs statements that give no rows.
    func execute(_ sql: StaticString) throws {
        let code = sql.withUTF8Buffer { text in
            unsafe String(decoding: text, as: UTF8.self).withCString { unsafe sqlite3_exec(handle, $0, nil, nil, nil) }
        }
        guard code == SQLITE_OK else { throw failure(code) }
    }

    /// Compiles a statement. The text is static by type: no SQL is ever put together from values.
    func prepare(_ sql: StaticString) throws -> SQLiteStatement {
        var statement: OpaquePointer?
        let code = sql.withUTF8Buffer { text in
            unsafe text.withMemoryRebound(to: CChar.self) { characters in
                unsafe sqlite3_prepare_v3(
                    handle, characters.baseAddress, Int32(characters.count), UInt32(SQLITE_PREPARE_PERSISTENT),
                    &statement, nil)
            }
        }
        guard code == SQLITE_OK, let statement = unsafe statement else { throw failure(code) }
        return unsafe SQLiteStatement(statement, connection: self)
    }

    /// Rows that the last statement inserted, changed or deleted.
    var changes: Int { unsafe Int(sqlite3_changes(handle)) }

    /// Runs `body` between BEGIN IMMEDIATE and COMMIT; rolls back when it throws.
    func transaction(_ body: () throws -> Void) throws {
        try execute("BEGIN IMMEDIATE")
        do {
            try body()
            try execute("COMMIT")
        } catch {
            try? execute("ROLLBACK")
            throw error
        }
    }

    /// Copies the write-ahead log into the file as far as no reader is in the way; never waits.
    func checkpoint() throws {
        let code = unsafe sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        guard code == SQLITE_OK || code & 0xff == SQLITE_BUSY else { throw failure(code) }
        unsafe context.pointee.walPages = 0
    }

    /// Makes queries end with an error once `duration` has passed; they are asked every few thousand steps.
    func limitTime(to duration: Duration) {
        let now = monotonicNanoseconds()
        unsafe context.pointee.deadlineNanoseconds = now + UInt64(max(0, duration.wholeMicroseconds)) * 1000
        unsafe sqlite3_progress_handler(
            handle, 4000,
            { context in
                guard let context = unsafe context?.assumingMemoryBound(to: Context.self) else { return 0 }
                return unsafe monotonicNanoseconds() > context.pointee.deadlineNanoseconds ? 1 : 0
            }, context)
    }

    func failure(_ code: Int32) -> StoreFailure {
        let reason = unsafe String(cString: sqlite3_errmsg(handle))
        return StoreFailure(sqliteCode: code, path: path, reason: reason)
    }
}

/// Nanoseconds of the clock that never jumps.
func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
