import GRDB

/// The schema of alerts.db, as the steps that lead to it.
enum AlertSchema {
    /// Written into every alerts.db, so that another SQLite file is never taken for one.
    static let applicationID: Int32 = 0x6D6C_7861

    /// The steps, oldest first. A released step is never edited.
    static let steps: [String] = [firstStep]

    /// Brings the file up to date.
    /// - Throws: `StoreFailure` when the file is not an alerts.db or was written by a newer program.
    static func run(on pool: DatabasePool, path: String) throws {
        try pool.write { database in
            let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            let application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            guard application == applicationID || (application == 0 && found == 0) else {
                throw StoreFailure(
                    .unusable, path: path, reason: "this is the database of another program",
                    advice: "name another data folder")
            }
            guard found <= steps.count else {
                throw StoreFailure(
                    .unusable, path: path, reason: "its schema is version \(found); this program knows \(steps.count)",
                    advice: "start the program that wrote it, or a newer one")
            }
            for (index, step) in steps.enumerated() where index >= found {
                try database.execute(sql: step)
                try database.execute(sql: "PRAGMA user_version = \(index + 1)")
                try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            }
        }
    }

    private static let firstStep = """
        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            type TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            data TEXT NOT NULL
        ) STRICT;

        CREATE TABLE deliveries (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            event_sequence INTEGER NOT NULL REFERENCES events (sequence),
            channel TEXT NOT NULL,
            target TEXT NOT NULL,
            status TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            give_up_at INTEGER NOT NULL,
            finished_at INTEGER,
            last_status INTEGER,
            last_error TEXT,
            replay_of TEXT
        ) STRICT;
        CREATE INDEX deliveries_waiting ON deliveries (channel, target, sequence) WHERE status = 'pending';
        CREATE INDEX deliveries_time ON deliveries (created_at, id);
        CREATE INDEX deliveries_event ON deliveries (event_sequence);

        CREATE TABLE delivery_attempts (
            delivery_sequence INTEGER NOT NULL REFERENCES deliveries (sequence) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            duration_us INTEGER NOT NULL,
            status INTEGER,
            error TEXT,
            answer TEXT,
            PRIMARY KEY (delivery_sequence, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE targets (
            channel TEXT NOT NULL,
            target TEXT NOT NULL,
            failures INTEGER NOT NULL,
            next_attempt_at INTEGER NOT NULL,
            failing_since INTEGER,
            last_error TEXT,
            PRIMARY KEY (channel, target)
        ) STRICT, WITHOUT ROWID;
        """
}
