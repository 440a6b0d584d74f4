import ModeluxCore
import Synchronization

/// Counts requests a minute by name: of management keys, and of addresses that try to sign in.
final class RequestLimiter: Sendable {
    /// Names that are remembered at most; past it, all start anew.
    private static let maximumNames = 10_000
    private let windows = Mutex<[String: RateWindow]>([:])
    private let started = ContinuousClock.now

    /// What a limit leaves.
    struct Standing: Sendable {
        let limit: Int
        let remaining: Int
        let resetSeconds: Int
    }

    /// Counts one request.
    /// - Returns: What is left; nil without a limit.
    /// - Throws: `Failure` of kind `rateLimited` with the seconds to wait.
    func admit(_ name: String, limit: Int) throws(Failure) -> Standing? {
        guard limit > 0 else { return nil }
        let elapsed = ContinuousClock.now - started
        let now =
            UInt64(clamping: elapsed.components.seconds) &* 1_000_000_000
            &+ UInt64(clamping: elapsed.components.attoseconds / 1_000_000_000)
        let verdict = windows.withLock { windows in
            if windows.count >= Self.maximumNames { windows.removeAll() }
            return windows[name, default: RateWindow()].admit(limit: limit, now: now)
        }
        let seconds = Int(clamping: (verdict.resetNanoseconds + 999_999_999) / 1_000_000_000)
        guard verdict.isAllowed else {
            throw Failure(
                .rateLimited, "more than \(limit) requests a minute: wait \(seconds) s, or raise the key's rate_limit",
                retryAfterSeconds: seconds)
        }
        return Standing(limit: limit, remaining: verdict.remaining, resetSeconds: seconds)
    }
}
