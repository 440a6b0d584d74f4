import ModeluxCore
import ModeluxStore

/// `webhooks/deliveries`: what became of each event, by webhook and by mail.
struct DeliveriesAPI: Sendable {
    /// For programs that run without alerts.
    static let absent = Failure(.notFound, "alerts do not run here")
    let store: ControlStore
    let desk: AlertDesk?

    func list(_ exchange: Exchange) async throws -> Reply {
        guard let desk else { throw Self.absent }
        let filter = DeliveryFilter(
            endpoint: exchange.query["endpoint_id"],
            status: try Self.word(exchange, "status", as: DeliveryStatus.self),
            channel: try Self.word(exchange, "channel", as: AlertTarget.Channel.self),
            eventType: exchange.query["event_type"])
        let found = try await desk.log.list(try exchange.page(), filter)
        return .list(found.elements, nextCursor: found.nextCursor) { Self.write($0, attempts: nil, to: &$1) }
    }

    func get(_ exchange: Exchange) async throws -> Reply {
        guard let desk else { throw Self.absent }
        let found = try await desk.log.get(exchange.parameter("id"))
        return .data { Self.write(found.delivery, attempts: found.attempts, to: &$0) }
    }

    /// Queues the event once more, behind what waits for the same target.
    func replay(_ exchange: Exchange) async throws -> Reply {
        var fields = try exchange.fields()
        try fields.finish()
        guard let desk else { throw Self.absent }
        let id = exchange.parameter("id")
        let made = try await desk.queue.replay(id, now: exchange.now)
        try await store.write(as: exchange.author) { try $0.webhooks.noteReplay(of: id) }
        desk.wake()
        return .data(status: 201) { Self.write(made, attempts: [], to: &$0) }
    }

    private static func word<Word: RawRepresentable & CaseIterable>(
        _ exchange: Exchange, _ name: String, as type: Word.Type
    ) throws -> Word? where Word.RawValue == String {
        guard let text = exchange.query[name] else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw Refusal.invalid(name, "must be one of \(words)")
        }
        return word
    }

    static func write(_ delivery: Delivery, attempts: [DeliveryAttempt]?, to json: inout JSONText) {
        json.object { json in
            json.member("id", delivery.id.text)
            json.member("event_id", delivery.event.id.text)
            json.member("event_type", delivery.event.type)
            json.member("channel", delivery.target.channel.rawValue)
            json.member("target", delivery.target.address)
            json.member("status", delivery.status.rawValue)
            json.member("attempt_count", Int64(delivery.attemptCount))
            json.member("last_status", delivery.lastStatus.map(Int64.init))
            json.member("last_error", delivery.lastError)
            json.member("created_at", delivery.createdAt.iso8601)
            json.member("finished_at", delivery.finishedAt?.iso8601)
            json.member("replay_of", delivery.replayOf?.text)
            guard let attempts else { return }
            json.key("event")
            json.raw(delivery.event.json)
            json.key("attempts")
            json.array { json in
                for attempt in attempts { write(attempt, to: &json) }
            }
        }
    }

    private static func write(_ attempt: DeliveryAttempt, to json: inout JSONText) {
        json.object { json in
            json.member("started_at", attempt.startedAt.iso8601)
            json.member("duration_ms", attempt.durationMilliseconds)
            json.member("status", attempt.status.map(Int64.init))
            json.member("error", attempt.error)
            json.member("answer", attempt.answer)
        }
    }
}
