public import ModeluxCore
import Synchronization

/// Hands records to whoever watches, as they are written. A watcher that does not keep up misses the oldest ones; the
/// writer never waits.
public final class RecordFeed: Sendable {
    /// Records that wait for a slow watcher at most.
    static let bufferedRecords = 256
    /// Watchers at most.
    static let maximumWatchers = 32

    private let watchers = Mutex(Watchers())

    private struct Watchers {
        var next = 0
        var continuations: [Int: AsyncStream<RequestRecord?>.Continuation] = [:]
    }

    /// A feed without watchers.
    public init() {}

    /// Hands a record out. O(watchers); with none, one uncontended lock.
    public func publish(_ record: RequestRecord) {
        let continuations = watchers.withLock { Array($0.continuations.values) }
        for continuation in continuations { continuation.yield(record) }
    }

    /// Begins to watch.
    /// - Returns: The records from now on, and a nil every ten seconds as a sign of life; nil when there are 32 watchers
    ///   already.
    func watch() -> AsyncStream<RequestRecord?>? {
        let (stream, continuation) = AsyncStream.makeStream(
            of: RequestRecord?.self, bufferingPolicy: .bufferingNewest(Self.bufferedRecords))
        let number: Int? = watchers.withLock { watchers in
            guard watchers.continuations.count < Self.maximumWatchers else { return nil }
            watchers.next += 1
            watchers.continuations[watchers.next] = continuation
            return watchers.next
        }
        guard let number else { return nil }
        let pulse = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(10))
                continuation.yield(nil)
            }
        }
        continuation.onTermination = { [weak self] _ in
            pulse.cancel()
            self?.watchers.withLock { _ = $0.continuations.removeValue(forKey: number) }
        }
        return stream
    }
}
