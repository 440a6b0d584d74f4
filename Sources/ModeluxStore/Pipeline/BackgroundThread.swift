import Glibc
import Synchronization

/// A thread of our own, so that waiting for a disk never holds a thread of the Swift pool or an event loop.
final class BackgroundThread: Sendable {
    private let body: @Sendable () -> Void
    private let niceness: Int32
    private let name: String
    private let state = Mutex(State())

    private struct State {
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// Makes a thread whose `name` (at most 15 bytes) `top -H` shows, and whose `niceness` (0 … 19) says how far it
    /// stands back behind the request path when the cores are busy.
    init(name: String, niceness: Int32, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.niceness = niceness
        self.body = body
    }

    /// Begins; call it once.
    func start() throws(SystemFailure) {
        let code = unsafe withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { buffer -> Int32 in
            guard let attributes = buffer.baseAddress else { return ENOMEM }
            unsafe pthread_attr_init(attributes)
            defer { unsafe pthread_attr_destroy(attributes) }
            unsafe pthread_attr_setstacksize(attributes, 1 << 20)
            return unsafe create(attributes)
        }
        guard code == 0 else { throw SystemFailure("pthread_create", name, code: code) }
    }

    private func create(_ attributes: UnsafePointer<pthread_attr_t>) -> Int32 {
        var thread: pthread_t = 0
        let retained = unsafe Unmanaged.passRetained(self)
        let code = unsafe pthread_create(
            &thread, attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<BackgroundThread>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, retained.toOpaque())
        if code == 0 { pthread_detach(thread) } else { unsafe retained.release() }
        return code
    }

    /// Returns when the thread's body has returned.
    func join() async {
        await withCheckedContinuation { continuation in
            let ended = state.withLock { state in
                if !state.hasEnded { state.waiters.append(continuation) }
                return state.hasEnded
            }
            if ended { continuation.resume() }
        }
    }

    private func takeName() {
        let descriptor = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = unsafe Array(name.utf8).withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
    }

    private func run() {
        takeName()
        // For Linux this is the calling thread, not the process.
        if niceness > 0 { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness) }
        body()
        let waiters = state.withLock { state in
            state.hasEnded = true
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
