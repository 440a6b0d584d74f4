import Logging
import ModeluxAdmin
import ModeluxCore
import ModeluxGateway
import ModeluxStore
import NIOPosix

/// The parts that tell operators what happens: the queue in memory for what the request path notices, the file that
/// keeps events, and the service that delivers them.
struct AlertParts: Sendable {
    /// Where the request path hands events over; never waits.
    let events: EventQueue
    /// Delivers.
    let service: AlertService
    /// What the management API knows of it.
    let desk: AlertDesk

    /// Joins them.
    /// - Throws: what the file of `alerts.ca_file` is not.
    init(control: ControlStore, file: AlertFile, settings: Settings, logger: Logger) throws {
        let clock = OperationClock.system().wall
        events = EventQueue()
        // A thread of its own: a receiver that answers slowly, or much, must never stand before a request's bytes.
        let courier = try AlertCourier(
            control: control, alerts: settings.alerts, mail: settings.mail,
            group: MultiThreadedEventLoopGroup(numberOfThreads: 1), version: Version.number, clock: clock)
        service = AlertService(
            control: control, file: file, events: events, courier: courier, clock: clock, logger: logger)
        desk = AlertDesk(file: file, events: events, courier: courier, service: service)
    }

    /// Tells operators that a target is doing better or worse than before. Returns at once.
    func tell(_ change: HealthRegister.Change) {
        var random = SystemRandomNumberGenerator()
        events.offer(
            Event(
                id: Identifier(.event, using: &random), type: .providerHealthChanged,
                createdAt: OperationClock.system().wall(), data: change.json))
    }

    /// Series whose value is asked for at every scrape.
    func register(in metrics: PrometheusRegistry) {
        let events = events
        metrics.read("modelux_event_queue_events") { Int64(events.count) }
        metrics.read("modelux_dropped_events_total") { Int64(clamping: events.dropped) }
    }
}
