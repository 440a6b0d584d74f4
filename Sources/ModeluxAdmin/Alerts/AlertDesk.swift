import ModeluxCore
public import ModeluxStore

/// What the management API knows of alerts: the log of deliveries, the test button, and what is wrong now.
public struct AlertDesk: Sendable {
    let log: DeliveryLog
    let queue: DeliveryQueue
    let events: EventQueue
    let courier: AlertCourier
    /// Has the service look for work now.
    let wake: @Sendable () -> Void
    /// Why events cannot be kept or delivered at present; nil when they can.
    let problem: @Sendable () -> String?

    /// Joins the parts.
    public init(file: AlertFile, events: EventQueue, courier: AlertCourier, service: AlertService) {
        log = DeliveryLog(file)
        queue = DeliveryQueue(file)
        self.events = events
        self.courier = courier
        wake = { service.wake() }
        problem = { service.problem }
    }

    /// Makes a test event, has it sent, and keeps what became of it.
    func test(
        _ target: AlertTarget, data: [JSONTree.Member], now: Timestamp,
        send: (AlertEvent, Identifier) async throws -> DeliveryAttempt
    ) async throws -> Reply {
        var generator = SystemRandomNumberGenerator()
        let delivery = Identifier(.delivery, using: &generator)
        let message = JSONTree.Member("message", .string("somebody pressed the test button"))
        let event = AlertEvent(
            id: Identifier(.event, using: &generator), type: AlertEvent.testType, createdAt: now,
            data: JSONTree.object(data + [message]).text)
        let attempt = try await send(event, delivery)
        try await queue.keepTest(attempt, of: event, to: target, id: delivery, now: now)
        let kept = try await log.get(delivery.text)
        return .data { DeliveriesAPI.write(kept.delivery, attempts: kept.attempts, to: &$0) }
    }

    /// Members of `GET system` about the queue.
    func status(now: Timestamp) async throws -> JSONTree {
        let figures = try await log.figures(now: now)
        return .members([
            "waiting": .integer(figures.waiting), "failed_today": .integer(figures.failedToday),
            "events_waiting": .integer(events.count), "events_dropped": .integer(events.dropped),
            "mail": .bool(courier.mailer != nil),
        ])
    }
}
