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

    /// Joins the parts.
    public init(file: AlertFile, events: EventQueue, courier: AlertCourier, service: AlertService) {
        log = DeliveryLog(file)
        queue = DeliveryQueue(file)
        self.events = events
        self.courier = courier
        wake = { service.wake() }
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
