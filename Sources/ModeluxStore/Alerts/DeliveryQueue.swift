import GRDB
public import ModeluxCore

/// The queue in alerts.db. Each target has a line of its own: only its oldest delivery is ever tried, and the others wait
/// until that one is delivered or given up, so that a receiver sees events in their order.
public struct DeliveryQueue: Sendable {
    let file: AlertFile

    /// The queue in a file.
    public init(_ file: AlertFile) {
        self.file = file
    }

    /// Takes events in and queues them for their targets, in one synced commit. An event whose id is known is left out,
    /// so that whoever emits one may do it again after a crash.
    /// - Parameters:
    ///   - events: In their order.
    ///   - now: When they are taken in: what the 24 hours count from.
    ///   - targets: Where an event goes; called for new ones only.
    /// - Returns: How many deliveries were queued.
    /// - Throws: When the disk fails; nothing was taken in then.
    public func accept(
        _ events: [AlertEvent], now: Timestamp, targets: @escaping @Sendable (AlertEvent) -> [AlertTarget]
    ) async throws -> Int {
        let waiting = file.limits.waiting
        return try await file.write { transaction in
            var touched: Set<AlertTarget> = []
            var queued = 0
            for event in events {
                guard let sequence = try transaction.insert(event) else { continue }
                for target in targets(event) {
                    try transaction.queue(sequence, target, now: now)
                    touched.insert(target)
                    queued += 1
                }
            }
            for target in touched { try transaction.shed(target, keeping: waiting, now: now) }
            return queued
        }
    }

    /// The first delivery of each target whose time has come. A time that lies further ahead than any wait is long was
    /// written before the clock was set back, and has come too.
    public func due(at now: Timestamp) async throws -> [Delivery] {
        let horizon = now.advanced(byMicroseconds: 2 * RetrySchedule.longestSeconds * 1_000_000)
        return try await file.read { transaction in
            try transaction.rows(Self.dueSQL, [now.microseconds, horizon.microseconds]).map { try Delivery(row: $0) }
        }
    }

    /// When the next delivery that is not yet due will be; nil when there is none.
    public func nextDue(after now: Timestamp) async throws -> Timestamp? {
        try await file.read { transaction in
            try transaction.integer(Self.nextSQL, [now.microseconds]).map { Timestamp(microseconds: $0) }
        }
    }

    /// Notes what became of a try. After a success the target's line moves on at once. After a failure it rests for
    /// `delayMicroseconds(failures)`, and what has waited for longer than it may is given up.
    public func note(
        _ attempt: DeliveryAttempt, of delivery: Delivery, now: Timestamp,
        delayMicroseconds: @escaping @Sendable (_ failures: Int) -> Int64
    ) async throws {
        try await file.write { transaction in
            try transaction.add(attempt, to: delivery.sequence)
            if attempt.isSuccess {
                try transaction.succeed(delivery, status: attempt.status, now: now)
            } else {
                try transaction.fail(delivery.target, attempt, now: now, delayMicroseconds)
            }
        }
    }

    /// Ends everything that waits for a target that is not wanted any more.
    public func cancel(_ target: AlertTarget, reason: String, now: Timestamp) async throws {
        try await file.write { transaction in
            try transaction.execute(
                """
                UPDATE deliveries SET status = 'cancelled', finished_at = ?, last_error = ?
                WHERE status = 'pending' AND channel = ? AND target = ?
                """,
                [now.microseconds, reason, target.channel.rawValue, target.address])
            try transaction.execute(
                "DELETE FROM targets WHERE channel = ? AND target = ?", [target.channel.rawValue, target.address])
        }
    }

    /// Keeps a try that was made outside of the line, by the test button.
    public func keepTest(
        _ attempt: DeliveryAttempt, of event: AlertEvent, to target: AlertTarget, id: Identifier, now: Timestamp
    ) async throws {
        try await file.write { transaction in
            guard let sequence = try transaction.insert(event) else { return }
            try transaction.execute(
                """
                INSERT INTO deliveries (id, event_sequence, channel, target, status, attempts, created_at, give_up_at,
                finished_at, last_status, last_error) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)
                """,
                [
                    id.text, sequence, target.channel.rawValue, target.address,
                    (attempt.isSuccess ? DeliveryStatus.delivered : .failed).rawValue, attempt.startedAt.microseconds,
                    now.microseconds, now.microseconds, attempt.status, attempt.error,
                ])
            try transaction.add(attempt, to: transaction.database.lastInsertedRowID)
        }
    }

    /// Queues a delivery's event for its target once more, at the end of the line.
    /// - Throws: `Refusal` when there is no such delivery, or when it still waits.
    public func replay(_ id: String, now: Timestamp) async throws -> Delivery {
        try await file.write { transaction in
            let old = try transaction.delivery(id)
            guard old.status != .pending else {
                throw Refusal.conflict(
                    "delivery", id, "this delivery still waits for its turn: there is nothing to repeat")
            }
            guard old.event.type != AlertEvent.testType else {
                throw Refusal.conflict("delivery", id, "this was a test: send another one instead")
            }
            guard let event = try transaction.integer("SELECT event_sequence FROM deliveries WHERE id = ?", [id]) else {
                throw Refusal.missing("delivery", id)
            }
            let made = try transaction.queue(event, old.target, now: now, replayOf: old.id)
            return try transaction.delivery(made.text)
        }
    }

    private static let dueSQL =
        Delivery.columns + """
             WHERE d.sequence IN (
                SELECT (SELECT MIN(w.sequence) FROM deliveries w WHERE w.status = 'pending' AND w.channel = t.channel
                    AND w.target = t.target)
                FROM targets t WHERE t.next_attempt_at <= ? OR t.next_attempt_at > ?)
            ORDER BY d.sequence
            """
    private static let nextSQL = """
        SELECT MIN(next_attempt_at) FROM targets t WHERE next_attempt_at > ? AND EXISTS (SELECT 1 FROM deliveries w
            WHERE w.status = 'pending' AND w.channel = t.channel AND w.target = t.target)
        """
}

extension AlertTransaction {
    /// - Returns: The event's place; nil when it is known already.
    fileprivate func insert(_ event: AlertEvent) throws -> Int64? {
        try execute(
            "INSERT OR IGNORE INTO events (id, type, created_at, data) VALUES (?, ?, ?, ?)",
            [event.id.text, event.type, event.createdAt.microseconds, event.data])
        return changes == 0 ? nil : database.lastInsertedRowID
    }

    @discardableResult
    fileprivate func queue(
        _ event: Int64, _ target: AlertTarget, now: Timestamp, replayOf: Identifier? = nil
    ) throws -> Identifier {
        let id = newIdentifier(.delivery)
        try execute(
            """
            INSERT INTO deliveries (id, event_sequence, channel, target, status, attempts, created_at, give_up_at,
            replay_of) VALUES (?, ?, ?, ?, 'pending', 0, ?, ?, ?)
            """,
            [
                id.text, event, target.channel.rawValue, target.address, now.microseconds,
                now.advanced(byMicroseconds: RetrySchedule.lifetimeSeconds * 1_000_000).microseconds, replayOf?.text,
            ])
        try execute(
            "INSERT OR IGNORE INTO targets (channel, target, failures, next_attempt_at) VALUES (?, ?, 0, 0)",
            [target.channel.rawValue, target.address])
        return id
    }

    fileprivate func shed(_ target: AlertTarget, keeping count: Int, now: Timestamp) throws {
        try execute(
            """
            UPDATE deliveries SET status = 'failed', finished_at = ?1,
                last_error = 'given up: too many deliveries wait for this target'
            WHERE status = 'pending' AND channel = ?2 AND target = ?3 AND sequence <= (SELECT sequence FROM deliveries
                WHERE status = 'pending' AND channel = ?2 AND target = ?3 ORDER BY sequence DESC LIMIT 1 OFFSET ?4)
            """,
            [now.microseconds, target.channel.rawValue, target.address, count])
    }

    fileprivate func add(_ attempt: DeliveryAttempt, to delivery: Int64) throws {
        try execute(
            "UPDATE deliveries SET attempts = attempts + 1, last_status = ?, last_error = ? WHERE sequence = ?",
            [attempt.status, attempt.error, delivery])
        let duration = attempt.durationMilliseconds * 1000
        try execute(
            """
            INSERT INTO delivery_attempts (delivery_sequence, number, started_at, duration_us, status, error, answer)
            SELECT sequence, attempts, ?, ?, ?, ?, ? FROM deliveries WHERE sequence = ?
            """,
            [
                attempt.startedAt.microseconds, duration.isFinite && duration < 1e15 ? Int64(duration) : 0,
                attempt.status, attempt.error, attempt.answer, delivery,
            ])
    }

    fileprivate func succeed(_ delivery: Delivery, status: Int?, now: Timestamp) throws {
        try execute(
            "UPDATE deliveries SET status = 'delivered', finished_at = ?, last_error = NULL WHERE sequence = ?",
            [now.microseconds, delivery.sequence])
        try execute(
            """
            UPDATE targets SET failures = 0, next_attempt_at = 0, failing_since = NULL, last_error = NULL
            WHERE channel = ? AND target = ?
            """,
            [delivery.target.channel.rawValue, delivery.target.address])
    }

    fileprivate func fail(
        _ target: AlertTarget, _ attempt: DeliveryAttempt, now: Timestamp, _ delayMicroseconds: (Int) -> Int64
    ) throws {
        let failures =
            try integer(
                "SELECT failures FROM targets WHERE channel = ? AND target = ?",
                [target.channel.rawValue, target.address]) ?? 0
        let next = now.advanced(byMicroseconds: delayMicroseconds(Int(clamping: failures &+ 1)))
        try execute(
            """
            UPDATE targets SET failures = failures + 1, next_attempt_at = ?, last_error = ?,
                failing_since = COALESCE(failing_since, ?) WHERE channel = ? AND target = ?
            """,
            [
                next.microseconds, attempt.error, attempt.startedAt.microseconds, target.channel.rawValue,
                target.address,
            ])
        try execute(
            """
            UPDATE deliveries SET status = 'failed', finished_at = ?1,
                last_error = COALESCE(last_error, 'given up: the target failed for 24 hours')
            WHERE status = 'pending' AND channel = ?2 AND target = ?3 AND give_up_at <= ?1
            """,
            [now.microseconds, target.channel.rawValue, target.address])
    }
}
