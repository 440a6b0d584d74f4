import Synchronization

/// How far a background thread has come, and who waits for it.
final class DrainProgress: Sendable {
    private let state = Mutex(State())

    private struct State {
        var done: UInt64 = 0
        var items: UInt64 = 0
        var lastError: String?
        var hasEnded = false
        var waiters: [(goal: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// Takes note that everything up to `goal` is done, `items` more things with it.
    func reach(_ goal: UInt64, items: Int) {
        let waiters = state.withLock { state in
            state.done = max(state.done, goal)
            state.items += UInt64(items)
            state.lastError = nil
            let (ready, rest) = state.waiters.partitioned { $0.goal <= state.done }
            state.waiters = rest
            return ready
        }
        for waiter in waiters { waiter.continuation.resume() }
    }

    /// Takes note of what is in the way.
    func report(_ error: String) { state.withLock { $0.lastError = error } }

    /// Nothing more will be done: nobody waits any longer.
    func end() {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            state.hasEnded = true
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume() }
    }

    /// Returns when everything up to `goal` is done, or nothing more will be.
    func wait(for goal: UInt64) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                let isReady = state.done >= goal || state.hasEnded
                if !isReady { state.waiters.append((goal, continuation)) }
                return isReady
            }
            if isReady { continuation.resume() }
        }
    }

    var done: UInt64 { state.withLock { $0.done } }

    var items: UInt64 { state.withLock { $0.items } }

    var lastError: String? { state.withLock { $0.lastError } }
}
