import Glibc
import Logging
import Synchronization

/// The thread that compresses bodies and writes them. A disk that refuses them costs bodies, never a request.
///
/// `@unchecked Sendable`: the writer is touched by the thread that runs `run()` alone; whoever makes the drain hands
/// it over before that thread starts.
final class BodyDrain: @unchecked Sendable {
    let progress = DrainProgress()
    private let queue: BodyQueue
    private let writer: BodyWriter
    private let logger: Logger
    private let isStopping = Atomic(false)

    private static let gatherMicroseconds: UInt32 = 100_000
    private static let idleRounds = 10

    init(queue: BodyQueue, writer: BodyWriter, logger: Logger) {
        self.queue = queue
        self.writer = writer
        self.logger = logger
    }

    /// Asks the thread to write what is left and end.
    func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        queue.signal.signal()
    }

    /// The thread's body.
    func run() {
        defer {
            writer.close()
            progress.end()
        }
        var emptyRounds = 0
        while true {
            let mustStop = isStopping.load(ordering: .sequentiallyConsistent)
            let items = queue.takeAll()
            emptyRounds = items.isEmpty ? emptyRounds + 1 : 0
            if !items.isEmpty { write(items) } else if mustStop { return }
            if !mustStop { rest(emptyRounds) }
        }
    }

    private func write(_ items: [BodyQueue.Item]) {
        let bytes = items.reduce(0) { $0 + $1.byteCount }
        do {
            try writer.write(items)
            try writer.checkpoint(isIdle: false)
            queue.finish(bytes: bytes, count: items.count)
            progress.reach(queue.finished, items: items.count)
        } catch {
            queue.countShed(items.count)
            queue.finish(bytes: bytes, count: items.count)
            progress.reach(queue.finished, items: 0)
            progress.report("\(error)")
            logger.error("bodies are left out", metadata: ["error": "\(error)", "count": "\(items.count)"])
            queue.suspend(true)
            // Two seconds in which nothing is offered, then the next batch is the probe.
            for _ in 0..<20 where !isStopping.load(ordering: .sequentiallyConsistent) { usleep(100_000) }
            queue.suspend(false)
        }
    }

    private func rest(_ emptyRounds: Int) {
        guard emptyRounds > BodyDrain.idleRounds else {
            usleep(BodyDrain.gatherMicroseconds)
            return
        }
        try? writer.checkpoint(isIdle: true)
        queue.signal.arm()
        if !queue.isEmpty || isStopping.load(ordering: .sequentiallyConsistent) {
            queue.signal.disarm()
            return
        }
        queue.signal.wait(milliseconds: 60_000)
        usleep(BodyDrain.gatherMicroseconds)
    }
}
