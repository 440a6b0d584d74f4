public import ModeluxCore
import Synchronization

/// The windows of all keys that have called lately, and how many of their requests are under way.
public final class RateLimiters: Sendable {
    private let keys = Mutex<[Identifier: Standing]>([:])

    private struct Standing {
        var requests = RateWindow()
        var tokens = RateWindow()
        var active = 0
    }

    /// What an admitted request has taken of its key's limits.
    struct Share: Sendable {
        let key: Identifier
        /// Tokens that were counted for it; nil without a limit.
        let tokens: Int?
        /// Whether it counts as under way.
        let isActive: Bool
        /// When.
        let takenAt: UInt64
    }

    /// The verdict of one limit.
    enum Verdict: Sendable {
        case admitted(Share, requests: RateWindow.Verdict?, tokens: RateWindow.Verdict?)
        case tooManyRequests(RateWindow.Verdict)
        case tooManyTokens(RateWindow.Verdict)
        case tooManyAtOnce
    }

    /// Makes an empty set.
    public init() {}

    /// Asks for one request of a key that will use about `tokens`; nil when the key has no limit at all. O(1).
    func admit(_ key: APIKey, tokens: Int, now: UInt64) -> Verdict? {
        guard key.requestsPerMinute > 0 || key.tokensPerMinute > 0 || key.concurrentRequests > 0 else { return nil }
        return keys.withLock { keys in
            var standing = keys[key.id, default: Standing()]
            if key.concurrentRequests > 0, standing.active >= key.concurrentRequests { return .tooManyAtOnce }
            var requests: RateWindow.Verdict?
            if key.requestsPerMinute > 0 {
                let verdict = standing.requests.admit(limit: key.requestsPerMinute, now: now)
                guard verdict.isAllowed else { return .tooManyRequests(verdict) }
                requests = verdict
            }
            // More than a whole minute's worth would never pass.
            let counted = key.tokensPerMinute > 0 ? min(tokens, key.tokensPerMinute) : nil
            var verdict: RateWindow.Verdict?
            if let counted {
                let answer = standing.tokens.admit(counted, limit: key.tokensPerMinute, now: now)
                guard answer.isAllowed else { return .tooManyTokens(answer) }
                verdict = answer
            }
            if key.concurrentRequests > 0 { standing.active += 1 }
            keys[key.id] = standing
            let share = Share(key: key.id, tokens: counted, isActive: key.concurrentRequests > 0, takenAt: now)
            return .admitted(share, requests: requests, tokens: verdict)
        }
    }

    /// Gives back what an ended request had taken: its place among those under way, and tokens that it did not use.
    func finish(_ share: Share, tokens: Int) {
        guard share.isActive || share.tokens != nil else { return }
        keys.withLock { keys in
            guard var standing = keys[share.key] else { return }
            if share.isActive { standing.active = max(0, standing.active - 1) }
            if let counted = share.tokens { standing.tokens.correct(counted, to: tokens, countedAt: share.takenAt) }
            keys[share.key] = standing
        }
    }

    /// Forgets the windows of keys that no longer exist, after a change of configuration.
    public func keepOnly(_ ids: Set<Identifier>) {
        keys.withLock { keys in keys = keys.filter { ids.contains($0.key) || $0.value.active > 0 } }
    }
}
