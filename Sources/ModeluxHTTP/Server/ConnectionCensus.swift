import NIOCore
import Synchronization

/// Counts the connections of a server over all its loops, and the bytes of the bodies that they are receiving.
final class ConnectionCensus: Sendable {
    private let open = Atomic<Int>(0)
    private let bodyBytes = Atomic<Int>(0)
    private let maximumConnections: Int
    private let maximumBodyBytes: Int
    private let gate = Mutex<(@Sendable () -> Void)?>(nil)

    init(maximumConnections: Int, maximumBodyBytes: Int) {
        self.maximumConnections = maximumConnections
        self.maximumBodyBytes = maximumBodyBytes
    }

    /// Open connections.
    var count: Int { open.load(ordering: .relaxed) }

    /// True when no further connection may be accepted.
    var isFull: Bool { count >= maximumConnections }

    /// Counts a connection.
    func opened() {
        open.add(1, ordering: .relaxed)
    }

    /// Counts a connection no more, and opens the gate that waited for room.
    func closed() {
        let count = open.subtract(1, ordering: .relaxed).newValue
        guard count < maximumConnections else { return }
        gate.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }?()
    }

    /// Keeps what is to be called when there is room again.
    func waitForRoom(_ action: @escaping @Sendable () -> Void) {
        gate.withLock { $0 = action }
    }

    /// Accounts bytes of a body that is being received.
    ///
    /// - Returns: `false` when all bodies together would pass the bound; nothing is accounted then.
    func reserveBody(_ count: Int) -> Bool {
        let total = bodyBytes.add(count, ordering: .relaxed).newValue
        if total <= maximumBodyBytes { return true }
        bodyBytes.subtract(count, ordering: .relaxed)
        return false
    }

    /// Takes accounted bytes back.
    func releaseBody(_ count: Int) {
        bodyBytes.subtract(count, ordering: .relaxed)
    }
}
