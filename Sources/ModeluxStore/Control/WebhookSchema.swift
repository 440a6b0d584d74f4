/// The tables of webhooks in control.db: what an operator configures, and the events of changes to the configuration,
/// which must be committed with the change. The queue of deliveries is a file of its own (`AlertFile`).
enum WebhookSchema {
    static let step = """
        CREATE TABLE webhook_endpoints (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            url TEXT NOT NULL,
            format TEXT NOT NULL,
            event_types TEXT NOT NULL,
            is_enabled INTEGER NOT NULL,
            secret_version INTEGER NOT NULL,
            secret_display TEXT NOT NULL,
            previous_secret_expires_at INTEGER,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE event_outbox (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            type TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            data TEXT NOT NULL
        ) STRICT;
        """
}
