public import NIOCore
import Synchronization

/// Runs the jobs of Swift tasks on one event loop, so that a handler, its connection and its upstream share a thread.
///
/// Jobs that become ready while the loop works for a connection run when that work returns, without a closure, a lock
/// or a wake-up; others go through the loop's own queue. NIO has no such executor.
///
/// `@unchecked Sendable`: `ready`, `depth` and `isScheduled` are touched only on `eventLoop`; `enqueue` checks where it
/// runs before it touches them.
public final class EventLoopTaskExecutor: TaskExecutor, @unchecked Sendable {
    /// The loop that runs the jobs.
    public let eventLoop: any EventLoop
    private var ready: [UnownedJob] = []
    private var depth = 0
    private var isScheduled = false

    private struct Entry {
        weak var executor: EventLoopTaskExecutor?
    }

    private static let executors = Mutex<[ObjectIdentifier: Entry]>([:])

    /// The executor of a loop, the same one for everybody who asks while anybody keeps it: jobs of the server's tasks
    /// then run as part of the upstream's work and the other way round. Takes a lock; ask once and keep it.
    public static func shared(on eventLoop: any EventLoop) -> EventLoopTaskExecutor {
        executors.withLock { entries in
            let key = ObjectIdentifier(eventLoop)
            if let executor = entries[key]?.executor { return executor }
            entries = entries.filter { $0.value.executor != nil }
            let executor = EventLoopTaskExecutor(eventLoop: eventLoop)
            entries[key] = Entry(executor: executor)
            return executor
        }
    }

    /// An executor for that loop that nobody else gets; see ``shared(on:)``.
    public init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Called by the Swift runtime for each job that prefers this executor.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        guard eventLoop.inEventLoop else {
            eventLoop.execute { self.perform { self.ready.append(job) } }
            return
        }
        ready.append(job)
        if depth == 0 { schedule() }
    }

    /// Does a piece of work of the loop and then runs the jobs that it made ready. May be nested; the outermost runs
    /// them. On the loop only.
    @inline(__always)
    func perform(_ work: () -> Void) {
        depth += 1
        work()
        if depth == 1, !ready.isEmpty { drain() }
        depth -= 1
    }

    /// Runs what is ready, and what that makes ready, up to a bound: then the loop's sockets get their turn.
    private func drain() {
        var rounds = 0
        var batch: [UnownedJob] = []
        while !ready.isEmpty {
            if rounds == 16 { return schedule() }
            rounds += 1
            swap(&batch, &ready)
            for job in batch {
                job.runSynchronously(on: asUnownedTaskExecutor())
            }
            batch.removeAll(keepingCapacity: true)
        }
        // The array that has room stays for the next turn.
        if batch.capacity > ready.capacity { swap(&batch, &ready) }
    }

    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        eventLoop.execute {
            self.isScheduled = false
            self.perform {}
        }
    }
}
