import Synchronization

/// What handlers saw, in order.
final class Seen: Sendable {
    private let state = Mutex<[String]>([])

    var paths: [String] { state.withLock { $0 } }

    func add(_ path: String) {
        state.withLock { $0.append(path) }
    }
}
