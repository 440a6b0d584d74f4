import Logging
import ModeluxAdmin
import ModeluxCore
import ModeluxStore
import ServiceLifecycle
import Synchronization

/// Takes what the request path notices of budgets and writes down what is new, for the alerts to deliver: once for each
/// threshold and period, also over a restart. Off every request's path.
struct BudgetEventService: Service {
    let notices: BudgetNotices
    let control: ControlStore
    let logger: Logger

    /// Notices come in bursts; a moment's wait makes one transaction of a burst.
    private static let gatherTime = Duration.milliseconds(50)

    func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            for await _ in notices.wake {
                try? await Task.sleep(for: Self.gatherTime)
                await tell()
            }
            await tell()
        } onCancelOrGracefulShutdown: {
            notices.end()
        }
    }

    private func tell() async {
        let waiting = notices.take()
        guard !waiting.isEmpty else { return }
        do {
            _ = try await control.write(as: .system) { try $0.budgets.tell(waiting) }
        } catch {
            notices.putBack(waiting)
            logger.error("budget events wait: they cannot be written down", metadata: ["reason": "\(error)"])
        }
    }
}

/// Notices on their way from the request path. Handing one over is a lock and an append.
final class BudgetNotices: Sendable {
    /// Says that there are some.
    let wake: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let waiting = Mutex<[(notice: BudgetNotice, at: Timestamp)]>([])
    private let clock: @Sendable () -> Timestamp

    /// More than this many at once are a start with many subjects over their thresholds: the newest are left out.
    private static let capacity = 200_000

    init(clock: @escaping @Sendable () -> Timestamp) {
        self.clock = clock
        (wake, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func offer(_ notices: [BudgetNotice]) {
        let now = clock()
        waiting.withLock { waiting in
            guard waiting.count < Self.capacity else { return }
            waiting += notices.map { ($0, now) }
        }
        signal.yield()
    }

    func take() -> [(notice: BudgetNotice, at: Timestamp)] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }

    func putBack(_ notices: [(notice: BudgetNotice, at: Timestamp)]) {
        waiting.withLock { $0 = notices + $0 }
    }

    func end() { signal.finish() }
}
