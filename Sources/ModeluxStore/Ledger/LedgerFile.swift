import ModeluxCore

/// DATA/ledger.db: its tables, and what has to be true of them before anything is written.
enum LedgerFile {
    /// The file's version, in `user_version`.
    static let version: Int64 = 1

    static func path(_ dataDirectory: String) -> String { dataDirectory + "/ledger.db" }

    /// Opens the ledger for writing, makes the tables if the file is new.
    /// - Throws: `StoreFailure` of kind `damaged` when the file is no ledger or was written by a newer version.
    static func open(dataDirectory: String) throws -> SQLiteConnection {
        let path = path(dataDirectory)
        let connection = try SQLiteConnection(path: path, mode: .writing(.full))
        let found = try userVersion(connection)
        switch found {
        case 0: try create(connection)
        case version: break
        default:
            throw StoreFailure(
                .damaged, path: path, reason: "the ledger has version \(found), this program knows \(version)",
                advice: "start the version of modelux that wrote it")
        }
        try probe(connection)
        return connection
    }

    /// Reads where the next batch will write, so that damage there is found before anything is promised.
    private static func probe(_ connection: SQLiteConnection) throws {
        for statement in [
            try connection.prepare("SELECT * FROM attempts ORDER BY operation DESC, attempt DESC LIMIT 1"),
            try connection.prepare("SELECT * FROM rollups_hourly ORDER BY bucket DESC LIMIT 1"),
            try connection.prepare("SELECT * FROM rollups_minutely ORDER BY bucket DESC LIMIT 1"),
        ] {
            while try statement.step() {}
        }
    }

    private static func userVersion(_ connection: SQLiteConnection) throws -> Int64 {
        let statement = try connection.prepare("PRAGMA user_version")
        defer { statement.reset() }
        return try statement.step() ? statement.int(0) : 0
    }

    static func create(_ connection: SQLiteConnection) throws {
        try connection.transaction {
            try connection.execute(
                """
                CREATE TABLE attempts (
                    operation BLOB NOT NULL, attempt INTEGER NOT NULL, state INTEGER NOT NULL,
                    created_at INTEGER NOT NULL, project TEXT, key TEXT, provider_id TEXT NOT NULL,
                    provider TEXT NOT NULL, model TEXT NOT NULL, outcome TEXT, status INTEGER,
                    input_tokens INTEGER NOT NULL, cached_input_tokens INTEGER NOT NULL,
                    cache_write_5m_tokens INTEGER NOT NULL, cache_write_1h_tokens INTEGER NOT NULL,
                    output_tokens INTEGER NOT NULL, reasoning_tokens INTEGER NOT NULL,
                    audio_input_tokens INTEGER NOT NULL, audio_output_tokens INTEGER NOT NULL,
                    images INTEGER NOT NULL, requests INTEGER NOT NULL, estimated INTEGER NOT NULL,
                    input_nano_usd INTEGER NOT NULL, cached_input_nano_usd INTEGER NOT NULL,
                    cache_write_nano_usd INTEGER NOT NULL, output_nano_usd INTEGER NOT NULL,
                    other_nano_usd INTEGER NOT NULL, total_nano_usd INTEGER NOT NULL, held_nano_usd INTEGER NOT NULL,
                    price_id TEXT, service_tier TEXT, end_user TEXT, tags TEXT, config TEXT,
                    PRIMARY KEY (operation, attempt)
                ) WITHOUT ROWID;
                CREATE INDEX attempts_held ON attempts (operation) WHERE state = 0;
                CREATE TABLE rollups_hourly (
                    bucket INTEGER NOT NULL, project TEXT NOT NULL, key TEXT NOT NULL, provider TEXT NOT NULL,
                    model TEXT NOT NULL, requests INTEGER NOT NULL, errors INTEGER NOT NULL,
                    attempts INTEGER NOT NULL, input_tokens INTEGER NOT NULL, cached_input_tokens INTEGER NOT NULL,
                    cache_write_5m_tokens INTEGER NOT NULL, cache_write_1h_tokens INTEGER NOT NULL,
                    output_tokens INTEGER NOT NULL, reasoning_tokens INTEGER NOT NULL, cost_nano_usd INTEGER NOT NULL,
                    latency_microseconds INTEGER NOT NULL, histogram BLOB NOT NULL,
                    PRIMARY KEY (bucket, project, key, provider, model)
                ) WITHOUT ROWID;
                CREATE TABLE rollups_minutely (
                    bucket INTEGER NOT NULL, project TEXT NOT NULL, key TEXT NOT NULL, provider TEXT NOT NULL,
                    model TEXT NOT NULL, requests INTEGER NOT NULL, errors INTEGER NOT NULL,
                    attempts INTEGER NOT NULL, input_tokens INTEGER NOT NULL, cached_input_tokens INTEGER NOT NULL,
                    cache_write_5m_tokens INTEGER NOT NULL, cache_write_1h_tokens INTEGER NOT NULL,
                    output_tokens INTEGER NOT NULL, reasoning_tokens INTEGER NOT NULL, cost_nano_usd INTEGER NOT NULL,
                    latency_microseconds INTEGER NOT NULL, histogram BLOB NOT NULL,
                    PRIMARY KEY (bucket, project, key, provider, model)
                ) WITHOUT ROWID;
                CREATE TABLE progress (id INTEGER PRIMARY KEY CHECK (id = 1), sequence INTEGER NOT NULL);
                INSERT INTO progress VALUES (1, 0);
                PRAGMA user_version = 1;
                """)
        }
    }
}
