public import GRDB
import Glibc

/// Opening of SQLite files: one place for the settings that durability and latency hang on.
///
/// Every file is in WAL mode with 4 KiB pages, waits up to 5 s for a lock, and never
/// checkpoints by itself: an automatic checkpoint stalls the commit that triggers it, so owners call `checkpoint`
/// between batches.
public enum Database {
    /// What a committed transaction survives.
    public enum Durability: Sendable {
        /// A power cut: every commit is synced before it returns. For money, audit and configuration.
        case full
        /// The death of the process; a power cut may take the last commits, never the file. For records and bodies.
        case normal
    }

    /// Opens a file, or creates it.
    /// - Parameters:
    ///   - path: The file; its folder must exist.
    ///   - durability: What a commit survives.
    ///   - readers: How many connections may read at once, 1 or more; each costs about 100 KB when used.
    /// - Returns: The pool: one writer, `readers` readers.
    /// - Throws: `StoreFailure` when the file is damaged or cannot be opened.
    public static func open(path: String, durability: Durability, readers: Int = 2) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = path
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = max(1, readers)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA page_size = 4096")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            try database.execute(sql: "PRAGMA cache_size = -1024")
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        makePrivate(path)
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            // After the pool has opened: GRDB sets NORMAL by itself when it turns WAL on.
            try pool.writeWithoutTransaction { database in
                switch durability {
                case .full: try database.execute(sql: "PRAGMA synchronous = FULL")
                case .normal: try database.execute(sql: "PRAGMA synchronous = NORMAL")
                }
            }
            return pool
        } catch let error as DatabaseError {
            throw StoreFailure(error, path: path)
        }
    }

    /// Makes the file, empty and readable by its owner alone, if it is missing: SQLite would leave that to the umask,
    /// and gives its -wal and -shm files the permissions of this one. A failure is left to SQLite to report.
    static func makePrivate(_ path: String) {
        guard path != ":memory:" else { return }
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }

    /// Copies the write-ahead log into the file without waiting for readers. Call it between transactions, off the
    /// request path.
    public static func checkpoint(_ pool: DatabasePool) throws {
        _ = try pool.writeWithoutTransaction { database in try database.checkpoint(.passive) }
    }
}
