public import Logging
public import ModeluxCore
public import ModeluxStore
public import ServiceLifecycle
import Synchronization

/// Takes events in, and delivers them: at least once, in order for each target, for as long as 24 hours.
///
/// Events come from two sides: changes to the configuration lie in the outbox of control.db, committed with the change;
/// what the request path notices comes through a queue in memory. Both go into alerts.db, and only from there out of the
/// house, so that nothing here can hold up a request, and a restart goes on where the last process ended.
public final class AlertService: Service {
    /// Events that one commit takes in at most.
    private static let batch = 200
    /// Targets that are served at once.
    private static let maximumTargets = 32
    /// The longest sleep: what a lost wake-up costs.
    private static let longestSleep = Duration.seconds(30)
    /// How long a failed disk is left alone.
    private static let pause = Duration.seconds(2)
    private let control: ControlStore
    private let queue: DeliveryQueue
    private let log: DeliveryLog
    private let file: AlertFile
    private let events: EventQueue
    private let courier: AlertCourier
    private let clock: @Sendable () -> Timestamp
    private let logger: Logger
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation
    private let busy = Mutex<Set<AlertTarget>>([])
    private let timer = Mutex<Task<Void, any Error>?>(nil)
    private let trouble = Mutex<String?>(nil)

    /// Joins the parts; `run` begins.
    /// - Parameters:
    ///   - control: Where endpoints and the outbox are.
    ///   - file: The queue.
    ///   - events: What the request path notices.
    ///   - courier: Carries one event to one target.
    ///   - clock: The wall clock.
    ///   - logger: For a disk that fails.
    public init(
        control: ControlStore, file: AlertFile, events: EventQueue, courier: AlertCourier,
        clock: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.control = control
        self.file = file
        self.events = events
        self.courier = courier
        self.clock = clock
        self.logger = logger
        queue = DeliveryQueue(file)
        log = DeliveryLog(file)
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        control.onEvent { [waker] in waker.yield() }
        events.onOffer { [waker] in waker.yield() }
    }

    /// Has the service look for work now.
    public func wake() { waker.yield() }

    /// Why events cannot be kept or delivered at present; nil when they can.
    var problem: String? { trouble.withLock { $0 } }

    /// Serves until a graceful shutdown; then takes in what the others left, for the next start to deliver.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.serve() }
        _ = await collect()
        await courier.close()
    }

    private func serve() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keepTidy() }
            waker.yield()
            for await _ in wakes {
                guard !Task.isCancelled else { break }
                let sleep = await work(in: &group)
                let sleeper = Task { [waker] in
                    try await Task.sleep(for: sleep)
                    waker.yield()
                }
                timer.withLock { timer in
                    timer?.cancel()
                    timer = sleeper
                }
            }
            timer.withLock { $0?.cancel() }
            group.cancelAll()
        }
    }

    /// One turn: takes events in, and begins with each delivery that is due.
    /// - Returns: How long nothing is to be done, unless a wake-up comes.
    private func work(in group: inout DiscardingTaskGroup) async -> Duration {
        guard await collect() else { return Self.pause }
        do {
            let now = clock()
            // Who was served before the queue was read may have been done since: its first delivery would go out twice.
            let served = busy.withLock { $0 }
            for delivery in try await queue.due(at: now) where !served.contains(delivery.target) {
                guard take(delivery.target) else { continue }
                group.addTask {
                    await self.deliver(delivery)
                    self.busy.withLock { _ = $0.remove(delivery.target) }
                    self.waker.yield()
                }
            }
            guard let next = try await queue.nextDue(after: now) else { return Self.longestSleep }
            let wait = Duration.microseconds(max(1000, next.microseconds &- now.microseconds))
            return min(wait, Self.longestSleep)
        } catch {
            report("the queue of alerts cannot be read", error)
            return Self.pause
        }
    }

    private func take(_ target: AlertTarget) -> Bool {
        busy.withLock { $0.count < Self.maximumTargets && $0.insert(target).inserted }
    }

    /// Takes everything in that waits on either side.
    /// - Returns: False when the disk failed: what waits stays where it is.
    private func collect() async -> Bool {
        do {
            while case let (found, last) = try await control.read({ try $0.outbox.first(Self.batch) }), !found.isEmpty {
                try await accept(found)
                try await control.write(as: .system) { try $0.outbox.remove(through: last) }
            }
            while case let found = events.first(Self.batch), !found.isEmpty {
                try await accept(found.map(AlertEvent.init))
                events.removeFirst(found.count)
            }
            trouble.withLock { $0 = nil }
            return true
        } catch {
            report("events cannot be kept", error)
            return false
        }
    }

    private func accept(_ events: [AlertEvent]) async throws {
        let budgets = Set(events.compactMap(\.budgetID))
        let (endpoints, told) = try await control.read { transaction in
            let endpoints = try transaction.webhooks.all().filter(\.draft.isEnabled)
            let told = try budgets.map { ($0, try transaction.budgets.alerts(of: $0)) }
            return (endpoints, Dictionary(told) { first, _ in first })
        }
        _ = try await queue.accept(events, now: clock()) { event in
            let named = event.budgetID.flatMap { told[$0] } ?? Budget.Alerts()
            let webhooks = endpoints.filter { endpoint in
                let types = endpoint.draft.eventTypes
                return types.isEmpty || types.contains { $0.rawValue == event.type }
                    || named.webhooks.contains(endpoint.id.text)
            }
            return webhooks.map { .webhook($0.id) } + Set(named.emails).sorted().map { .mail($0) }
        }
    }

    private func deliver(_ delivery: Delivery) async {
        do {
            switch try await courier.carry(delivery) {
            case .unwanted(let reason): try await queue.cancel(delivery.target, reason: reason, now: clock())
            case .tried(let attempt):
                guard attempt.isSuccess || !Task.isCancelled else { return }
                try await note(attempt, of: delivery)
            }
        } catch {
            report("what became of an alert cannot be noted", error)
            // The delivery is still due; without a pause it would be sent again and again.
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// In a task of its own: a stop must not forget what the receiver has taken.
    private func note(_ attempt: DeliveryAttempt, of delivery: Delivery) async throws {
        let (queue, now) = (queue, clock())
        try await Task {
            try await queue.note(attempt, of: delivery, now: now) { failures in
                var generator = SystemRandomNumberGenerator()
                return RetrySchedule.delayMicroseconds(
                    afterFailures: failures, retryAfterSeconds: attempt.retryAfterSeconds, using: &generator)
            }
        }.value
    }

    /// The one owner of the file's size.
    private func keepTidy() async {
        repeat {
            do {
                _ = try await log.trim(now: clock())
                try file.checkpoint()
            } catch {
                report("the log of alerts cannot be tidied", error)
            }
        } while (try? await Task.sleep(for: .seconds(60))) != nil
    }

    /// Logs the first of a row of failures: a full disk would fill the log as well.
    private func report(_ message: Logger.Message, _ error: any Error) {
        guard !(error is CancellationError) else { return }
        let isNew = trouble.withLock { trouble in
            defer { trouble = "\(message): \(error)" }
            return trouble == nil
        }
        if isNew { logger.error(message, metadata: ["reason": "\(error)"]) }
    }
}

extension AlertEvent {
    /// The budget that it is about, which may name who is told besides those who subscribe to the type.
    fileprivate var budgetID: String? {
        guard type.hasPrefix("budget."), let data = try? JSONTree(parsing: Array(data.utf8)) else { return nil }
        return data["budget_id"]?.stringValue
    }
}
