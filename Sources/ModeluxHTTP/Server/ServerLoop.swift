import Logging
import NIOCore

/// What the connections of one event loop share. On the loop only.
final class ServerLoop {
    /// What a handler gets for an error at the end of its answer, once the time to drain is up.
    private static let cutOffGrace = TimeAmount.milliseconds(500)

    let eventLoop: any EventLoop
    let executor: EventLoopTaskExecutor
    let deadlines: DeadlineTable
    let settings: HTTPServerSettings
    let limits: HeadLimits
    let census: ConnectionCensus
    let logger: Logger
    /// ``HTTPServerSettings/keepAliveIdle`` in the loop's unit.
    let keepAliveIdle: TimeAmount
    /// ``HTTPServerSettings/headTimeout`` in the loop's unit.
    let headTimeout: TimeAmount
    /// Where answers are put together.
    var writeBuffer = WriteBuffer()
    private let handler: @Sendable (ServerExchange) async -> Void
    private var connections: [ObjectIdentifier: ServerConnection] = [:]
    private var resting: [RequestWorker] = []
    private static let maximumResting = 64
    /// True once the server is shutting down: every answer then closes its connection.
    private(set) var isDraining = false

    init(
        eventLoop: any EventLoop,
        settings: HTTPServerSettings,
        census: ConnectionCensus,
        logger: Logger,
        handler: @escaping @Sendable (ServerExchange) async -> Void
    ) {
        self.eventLoop = eventLoop
        executor = .shared(on: eventLoop)
        deadlines = DeadlineTable(executor: executor)
        self.settings = settings
        limits = HeadLimits(maximumBytes: settings.maximumHeadBytes, maximumFields: settings.maximumHeaderCount)
        self.census = census
        self.logger = logger
        self.handler = handler
        keepAliveIdle = TimeAmount(settings.keepAliveIdle)
        headTimeout = TimeAmount(settings.headTimeout)
    }

    /// Takes a new connection in.
    func add(_ connection: ServerConnection) {
        connections[ObjectIdentifier(connection)] = connection
        census.opened()
    }

    /// Forgets a connection that is closed.
    func remove(_ connection: ServerConnection) {
        connections[ObjectIdentifier(connection)] = nil
        census.closed()
    }

    /// Runs the handler for a request, in a task on this loop.
    func start(_ exchange: ServerExchange) {
        if let worker = resting.popLast() { return worker.take(exchange) }
        let worker = RequestWorker(exchange)
        let handler = handler
        Task(executorPreference: executor) { await worker.run(handler) }
    }

    /// Lets a worker wait for the next request; false when it shall end.
    func rest(_ worker: RequestWorker) -> Bool {
        guard resting.count < ServerLoop.maximumResting, !isDraining else { return false }
        resting.append(worker)
        return true
    }

    /// Closes what is idle, lets answers end, and cuts what is still open after the limit. The future succeeds when
    /// every connection is closed.
    func drain() -> EventLoopFuture<Void> {
        isDraining = true
        let open = Array(connections.values)
        let closed = EventLoopFuture.andAllComplete(open.compactMap(\.closeFuture), on: eventLoop)
        executor.perform {
            for connection in open { connection.drain() }
            for worker in resting { worker.end() }
            resting = []
        }
        let limit = NIOLoopBound(self, eventLoop: eventLoop)
        // First the handlers may end their answers with an error; what is still open a moment later is cut.
        let timers = [
            eventLoop.scheduleTask(in: TimeAmount(settings.drainLimit)) {
                limit.value.executor.perform {
                    for connection in Array(limit.value.connections.values) { connection.cutOff() }
                }
            },
            eventLoop.scheduleTask(in: TimeAmount(settings.drainLimit) + ServerLoop.cutOffGrace) {
                limit.value.executor.perform {
                    for connection in Array(limit.value.connections.values) { connection.close() }
                }
            },
        ]
        closed.whenComplete { _ in for timer in timers { timer.cancel() } }
        return closed
    }
}
