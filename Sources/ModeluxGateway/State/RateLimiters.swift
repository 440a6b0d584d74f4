public import ModeluxCore
import Synchronization

/// The request windows of all keys that have called lately.
public final class RateLimiters: Sendable {
    private let windows = Mutex<[Identifier: RateWindow]>([:])

    /// Makes an empty set.
    public init() {}

    /// Asks for one request of a key; nil when the key has no limit. O(1).
    func admit(_ key: APIKey, now: UInt64) -> RateWindow.Verdict? {
        guard key.requestsPerMinute > 0 else { return nil }
        return windows.withLock { $0[key.id, default: RateWindow()].admit(limit: key.requestsPerMinute, now: now) }
    }

    /// Forgets the windows of keys that no longer exist, after a change of configuration.
    public func keepOnly(_ keys: Set<Identifier>) {
        windows.withLock { windows in windows = windows.filter { keys.contains($0.key) } }
    }
}
