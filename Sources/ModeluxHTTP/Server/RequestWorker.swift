/// A task that runs the handlers of requests, one after another; each loop keeps a few that rest. A task of its own for
/// each request cost it six allocations and some 5,000 instructions.
///
/// `@unchecked Sendable`: touched on its loop only.
final class RequestWorker: @unchecked Sendable {
    private var exchange: ServerExchange?
    private var waiter = Waiter()
    private var isEnded = false

    /// A worker with its first request.
    init(_ exchange: ServerExchange) {
        self.exchange = exchange
    }

    /// The task's body.
    func run(_ handler: @Sendable (ServerExchange) async -> Void) async {
        while let exchange = await next() {
            await handler(exchange)
            exchange.handlerReturned()
            guard exchange.mayRest(self) else { return }
        }
    }

    /// Gives a resting worker its next request.
    func take(_ exchange: ServerExchange) {
        self.exchange = exchange
        waiter.wake()
    }

    /// Ends the task of a resting worker.
    func end() {
        isEnded = true
        waiter.wake()
    }

    private func next() async -> ServerExchange? {
        while exchange == nil, !isEnded {
            await withUnsafeContinuation { waiter.store($0) }
        }
        defer { exchange = nil }
        return exchange
    }
}
