import GRDB
public import ModeluxCore

/// Which deliveries are asked for.
public struct DeliveryFilter: Sendable {
    /// Only to this endpoint.
    public var endpoint: String?
    /// Only of this status.
    public var status: DeliveryStatus?
    /// Only by this channel.
    public var channel: AlertTarget.Channel?
    /// Only of this type of event.
    public var eventType: String?

    /// Every delivery, unless a member says otherwise.
    public init(
        endpoint: String? = nil, status: DeliveryStatus? = nil, channel: AlertTarget.Channel? = nil,
        eventType: String? = nil
    ) {
        self.endpoint = endpoint
        self.status = status
        self.channel = channel
        self.eventType = eventType
    }
}

/// How many deliveries there are.
public struct DeliveryFigures: Sendable, Hashable {
    /// That wait.
    public var waiting: Int = 0
    /// That were given up in the last 24 hours; tests do not count.
    public var failedToday: Int = 0
}

/// Reads what became of events, and owns the retention of alerts.db.
public struct DeliveryLog: Sendable {
    /// Rows that one transaction removes at most, so that no delivery waits for the upkeep.
    private static let batch = 500
    /// Transactions of one run.
    private static let batches = 40
    let file: AlertFile

    /// The log in a file.
    public init(_ file: AlertFile) {
        self.file = file
    }

    /// A page of the deliveries, newest first.
    public func list(_ request: ListRequest, _ filter: DeliveryFilter = DeliveryFilter()) async throws -> ListPage<
        Delivery
    > {
        try await file.read { transaction in
            let rows = try transaction.rows(
                Self.listSQL,
                [
                    filter.endpoint, filter.status?.rawValue, filter.channel?.rawValue, filter.eventType,
                    request.boundTime, request.limit + 1,
                ])
            // By their place in the queue rather than by time: what one commit took in has one time.
            return ListPage(try rows.map { try Delivery(row: $0) }, request: request) { delivery in
                (Timestamp(microseconds: delivery.sequence), delivery.id)
            }
        }
    }

    /// A delivery with each of its tries.
    public func get(_ id: String) async throws -> (delivery: Delivery, attempts: [DeliveryAttempt]) {
        try await file.read { transaction in
            let delivery = try transaction.delivery(id)
            let rows = try transaction.rows(
                "SELECT * FROM delivery_attempts WHERE delivery_sequence = ? ORDER BY number", [delivery.sequence])
            let attempts = try rows.map { row in
                DeliveryAttempt(
                    startedAt: try row.time("started_at"),
                    durationMilliseconds: Double(try row.integer("duration_us")) / 1000,
                    status: try row.optionalInt("status"), error: try row.optionalText("error"),
                    answer: try row.optionalText("answer"))
            }
            return (delivery, attempts)
        }
    }

    /// The newest events of some types, newest first.
    public func events(ofTypes types: [EventType], since: Timestamp, limit: Int) async throws -> [AlertEvent] {
        try await file.read { transaction in
            let rows = try transaction.rows(
                """
                SELECT * FROM events WHERE type IN (SELECT value FROM json_each(?)) AND created_at >= ?
                ORDER BY sequence DESC LIMIT ?
                """,
                [JSONTree.texts(types.map(\.rawValue)).text, since.microseconds, limit])
            return try rows.map { row in
                AlertEvent(
                    id: try row.identifier("id"), type: try row.text("type"), createdAt: try row.time("created_at"),
                    data: try row.text("data"))
            }
        }
    }

    /// Targets whose last try failed, longest first.
    public func failing() async throws -> [FailingTarget] {
        try await file.read { transaction in
            let rows = try transaction.rows(
                """
                SELECT *, (SELECT COUNT(*) FROM deliveries d WHERE d.status = 'pending' AND d.channel = t.channel
                    AND d.target = t.target) AS waiting FROM targets t WHERE failures > 0 ORDER BY failing_since LIMIT 100
                """)
            return try rows.map { row in
                FailingTarget(
                    target: AlertTarget(
                        try row.raw("channel", as: AlertTarget.Channel.self), try row.text("target")),
                    failures: try row.int("failures"),
                    since: try row.optionalTime("failing_since") ?? Timestamp(microseconds: 0),
                    lastError: try row.optionalText("last_error"), waiting: try row.int("waiting"))
            }
        }
    }

    /// How much waits, and how much was given up.
    public func figures(now: Timestamp) async throws -> DeliveryFigures {
        try await file.read { transaction in
            let day = now.advanced(byMicroseconds: -86_400_000_000)
            return DeliveryFigures(
                waiting: Int(
                    clamping: try transaction.integer("SELECT COUNT(*) FROM deliveries WHERE status = 'pending'") ?? 0),
                failedToday: Int(
                    clamping: try transaction.integer(
                        """
                        SELECT COUNT(*) FROM deliveries d JOIN events e ON e.sequence = d.event_sequence
                        WHERE d.created_at >= ? AND d.status = 'failed' AND d.finished_at >= ? AND e.type <> ?
                        """,
                        // What is given up today was queued a day before, at the earliest.
                        [
                            day.advanced(byMicroseconds: -2 * 86_400_000_000).microseconds, day.microseconds,
                            AlertEvent.testType,
                        ]) ?? 0))
        }
    }

    /// Removes what is older than it may be kept, and the oldest past the limit; what waits stays. In batches of 500
    /// rows, each a commit of its own; the room in the file is used again.
    /// - Returns: How many deliveries were removed.
    public func trim(now: Timestamp) async throws -> Int {
        let oldest = now.advanced(byMicroseconds: -Int64(file.limits.days) * 86_400_000_000).microseconds
        let limit = file.limits.count
        var removed = 0
        for _ in 0..<Self.batches {
            let count = try await file.write { try $0.trimOnce(oldest: oldest, limit: limit, batch: Self.batch) }
            removed += count
            if count < Self.batch { break }
        }
        try await file.write { transaction in
            try transaction.execute(
                """
                DELETE FROM targets WHERE failures = 0 AND NOT EXISTS (SELECT 1 FROM deliveries d
                WHERE d.status = 'pending' AND d.channel = targets.channel AND d.target = targets.target)
                """)
        }
        return removed
    }

    private static let listSQL =
        Delivery.columns + """
             WHERE (?1 IS NULL OR (d.channel = 'webhook' AND d.target = ?1)) AND (?2 IS NULL OR d.status = ?2)
            AND (?3 IS NULL OR d.channel = ?3) AND (?4 IS NULL OR e.type = ?4)
            AND d.sequence < ?5 ORDER BY d.sequence DESC LIMIT ?6
            """
}

extension AlertTransaction {
    /// The delivery of that id.
    func delivery(_ id: String) throws -> Delivery {
        guard let row = try row(Delivery.columns + " WHERE d.id = ?", [id]) else {
            throw Refusal.missing("delivery", id)
        }
        return try Delivery(row: row)
    }

    /// One batch of `trim`.
    fileprivate func trimOnce(oldest: Int64, limit: Int, batch: Int) throws -> Int {
        try execute(
            """
            DELETE FROM deliveries WHERE sequence IN (
                SELECT sequence FROM deliveries WHERE status <> 'pending' AND (created_at < ?1 OR sequence <= (
                    SELECT sequence FROM deliveries WHERE status <> 'pending' ORDER BY sequence DESC LIMIT 1 OFFSET ?2))
                ORDER BY sequence LIMIT ?3)
            """,
            [oldest, limit, batch])
        let deliveries = changes
        try execute(
            """
            DELETE FROM events WHERE sequence IN (
                SELECT sequence FROM events WHERE (created_at < ?1 OR sequence <= (
                    SELECT sequence FROM events ORDER BY sequence DESC LIMIT 1 OFFSET ?2))
                AND NOT EXISTS (SELECT 1 FROM deliveries WHERE event_sequence = events.sequence)
                ORDER BY sequence LIMIT ?3)
            """,
            [oldest, limit, batch])
        return max(deliveries, changes)
    }
}

extension Delivery {
    /// What `init(row:)` reads.
    static let columns = """
        SELECT d.*, e.id AS event_id, e.type AS event_type, e.created_at AS event_created_at, e.data AS event_data
        FROM deliveries d JOIN events e ON e.sequence = d.event_sequence
        """

    init(row: ControlRow) throws {
        id = try row.identifier("id")
        event = AlertEvent(
            id: try row.identifier("event_id"), type: try row.text("event_type"),
            createdAt: try row.time("event_created_at"), data: try row.text("event_data"))
        target = AlertTarget(try row.raw("channel", as: AlertTarget.Channel.self), try row.text("target"))
        status = try row.raw("status", as: DeliveryStatus.self)
        attemptCount = try row.int("attempts")
        createdAt = try row.time("created_at")
        finishedAt = try row.optionalTime("finished_at")
        lastStatus = try row.optionalInt("last_status")
        lastError = try row.optionalText("last_error")
        replayOf = try row.optionalText("replay_of").map(Identifier.init)
        sequence = try row.integer("sequence")
    }
}
