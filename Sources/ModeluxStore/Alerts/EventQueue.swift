public import ModeluxCore
import Synchronization

/// Events on their way from the request path to alerts.db. Handing one over is a lock and an append: nobody ever waits
/// for a disk or a receiver. Bounded: with the queue full an event is dropped and counted.
public final class EventQueue: Sendable {
    private let capacity: Int
    private let state = Mutex(State())

    private struct State {
        var events: [Event] = []
        var dropped: UInt64 = 0
        var handler: (@Sendable () -> Void)?
    }

    /// An empty queue for at most `capacity` events.
    public init(capacity: Int = 10_000) {
        self.capacity = capacity
    }

    /// Hands an event over. O(1); never waits.
    public func offer(_ event: Event) {
        let handler: (@Sendable () -> Void)? = state.withLock { state in
            guard state.events.count < capacity else {
                state.dropped &+= 1
                return nil
            }
            state.events.append(event)
            return state.handler
        }
        handler?()
    }

    /// Events that were dropped since the start.
    public var dropped: UInt64 { state.withLock { $0.dropped } }

    /// Events that wait.
    public var count: Int { state.withLock { $0.events.count } }

    /// Calls `handler` after every event. It must be quick.
    public func onOffer(_ handler: @escaping @Sendable () -> Void) { state.withLock { $0.handler = handler } }

    /// The oldest events; they stay until `removeFirst`, so that a disk that fails loses none. For one reader.
    public func first(_ limit: Int) -> [Event] { state.withLock { Array($0.events.prefix(limit)) } }

    /// Forgets the oldest events, once they are kept.
    public func removeFirst(_ count: Int) {
        state.withLock { $0.events.removeFirst(min(count, $0.events.count)) }
    }
}
