import GRDB

/// The schema of control.db, as the steps that lead to it. Each step runs once, in a transaction, before any listener
/// opens; the file knows by `user_version` how far it is.
enum Migrations {
    /// Written into every control.db, so that another SQLite file is never taken for one.
    static let applicationID: Int32 = 0x6D6C_7863

    /// The steps, oldest first. A released step is never edited.
    static let steps: [String] = [firstStep, budgetsStep, WebhookSchema.step]

    /// Brings the file up to date.
    /// - Parameters:
    ///   - pool: The open file.
    ///   - path: Where it is: a copy of an older file is left beside it before it is changed.
    /// - Throws: `StoreFailure` when the file is not a control.db or was written by a newer program.
    static func run(on pool: DatabasePool, path: String) throws {
        let (found, application) = try pool.read { database in
            (
                try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
                try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            )
        }
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
        guard found < steps.count else { return }
        if found > 0 {
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "VACUUM INTO ?", arguments: ["\(path).before-\(steps.count)"])
            }
        }
        for (index, step) in steps.enumerated() where index >= found {
            try pool.write { database in
                try database.execute(sql: step)
                try database.execute(sql: "PRAGMA user_version = \(index + 1)")
                try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            }
        }
    }

    private static let budgetsStep = """
        CREATE TABLE budgets (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            scope TEXT NOT NULL,
            cap_nano_usd INTEGER NOT NULL,
            period TEXT NOT NULL,
            time_zone TEXT NOT NULL,
            reset_day INTEGER NOT NULL,
            action TEXT NOT NULL,
            downgrade_to TEXT,
            thresholds TEXT NOT NULL,
            alerts TEXT NOT NULL,
            per_subject INTEGER NOT NULL,
            enabled INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            reset_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE budget_events (
            id TEXT PRIMARY KEY,
            budget_id TEXT NOT NULL,
            subject TEXT NOT NULL,
            period_start INTEGER NOT NULL,
            type TEXT NOT NULL,
            threshold INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            data TEXT NOT NULL,
            UNIQUE (budget_id, subject, period_start, type, threshold)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX budget_events_time ON budget_events (budget_id, created_at, id);

        ALTER TABLE keys ADD COLUMN tokens_per_minute INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE keys ADD COLUMN concurrent_requests INTEGER NOT NULL DEFAULT 0;
        """

    private static let firstStep = """
        CREATE TABLE organization (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            name TEXT NOT NULL,
            instance_id TEXT NOT NULL,
            kek_id TEXT,
            created_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE projects (
            id TEXT PRIMARY KEY,
            slug TEXT NOT NULL,
            name TEXT NOT NULL,
            settings TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            deleted_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX projects_slug ON projects (slug) WHERE deleted_at IS NULL;

        CREATE TABLE keys (
            id TEXT PRIMARY KEY,
            project_id TEXT NOT NULL REFERENCES projects (id),
            name TEXT NOT NULL,
            requests_per_minute INTEGER NOT NULL,
            allowed_models TEXT NOT NULL,
            allowed_ips TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            revoked_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE key_digests (
            digest BLOB PRIMARY KEY,
            key_id TEXT NOT NULL REFERENCES keys (id),
            display TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX key_digests_key ON key_digests (key_id);

        CREATE TABLE management_keys (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            role TEXT NOT NULL,
            digest BLOB NOT NULL UNIQUE,
            display TEXT NOT NULL,
            requests_per_minute INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            revoked_at INTEGER
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE providers (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            vendor TEXT NOT NULL,
            base_url TEXT,
            region TEXT,
            api_version TEXT,
            deployments TEXT NOT NULL,
            models TEXT NOT NULL,
            is_default INTEGER NOT NULL,
            secret_version INTEGER NOT NULL,
            secret_display TEXT,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE sealed_secrets (
            owner_table TEXT NOT NULL,
            owner_id TEXT NOT NULL,
            version INTEGER NOT NULL,
            kek_id TEXT NOT NULL,
            wrapped_key BLOB NOT NULL,
            ciphertext BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            PRIMARY KEY (owner_table, owner_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE routing_configs (
            id TEXT PRIMARY KEY,
            project_id TEXT NOT NULL REFERENCES projects (id),
            slug TEXT NOT NULL,
            version INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            deleted_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX routing_configs_slug ON routing_configs (project_id, slug) WHERE deleted_at IS NULL;
        CREATE TABLE routing_config_versions (
            config_id TEXT NOT NULL REFERENCES routing_configs (id),
            version INTEGER NOT NULL,
            policy TEXT NOT NULL,
            config TEXT NOT NULL,
            author TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            PRIMARY KEY (config_id, version)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE users (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            role TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            disabled_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE sessions (
            digest BLOB PRIMARY KEY,
            user_id TEXT NOT NULL REFERENCES users (id),
            created_at INTEGER NOT NULL,
            last_seen_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE setup_tokens (
            digest BLOB PRIMARY KEY,
            user_id TEXT NOT NULL REFERENCES users (id),
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            used_at INTEGER
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE idempotent_replies (
            author_id TEXT NOT NULL,
            key TEXT NOT NULL,
            fingerprint BLOB NOT NULL,
            status INTEGER NOT NULL,
            kek_id TEXT NOT NULL,
            wrapped_key BLOB NOT NULL,
            ciphertext BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            PRIMARY KEY (author_id, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idempotent_replies_time ON idempotent_replies (created_at);

        CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            created_at INTEGER NOT NULL,
            author_kind TEXT NOT NULL,
            author_id TEXT NOT NULL,
            author_name TEXT NOT NULL,
            role TEXT NOT NULL,
            address TEXT,
            action TEXT NOT NULL,
            object_kind TEXT NOT NULL,
            object_id TEXT NOT NULL,
            before TEXT,
            after TEXT,
            prev_hash BLOB NOT NULL,
            hash BLOB NOT NULL
        ) STRICT;
        CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        """
}
