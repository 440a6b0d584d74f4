import ModeluxCore
import ModeluxHTTP

/// Step 5: the key's rate limit. Budgets are admitted here too.
struct Admit {
    let limiters: RateLimiters

    /// Counts the request against its key's limit.
    /// - Returns: where the caller stands; nil without a limit.
    /// - Throws: `Failure` of kind `rateLimited`.
    func callAsFunction(_ caller: Caller, now: UInt64) throws(Failure) -> RateStanding? {
        guard let verdict = limiters.admit(caller.key, now: now) else { return nil }
        guard verdict.isAllowed else {
            let seconds = Int(verdict.resetNanoseconds / 1_000_000_000) + 1
            throw Failure(
                .rateLimited,
                "rate limit reached for key \(caller.key.display): \(caller.key.requestsPerMinute) requests per minute; "
                    + "retry in \(seconds) s",
                retryAfterSeconds: seconds)
        }
        return RateStanding(limit: caller.key.requestsPerMinute, verdict: verdict)
    }
}

/// Where a key stands with its request limit, told in OpenAI's header names.
struct RateStanding {
    let limit: Int
    let verdict: RateWindow.Verdict

    /// Adds the headers to an answer.
    func add(to headers: inout HeaderBlock) {
        headers.add("x-ratelimit-limit-requests", String(limit))
        headers.add("x-ratelimit-remaining-requests", String(verdict.remaining))
        headers.add("x-ratelimit-reset-requests", RateStanding.goDuration(verdict.resetNanoseconds))
    }

    /// A duration as OpenAI writes it: `6ms`, `1.5s`, `1m30s`.
    static func goDuration(_ nanoseconds: UInt64) -> String {
        let milliseconds = nanoseconds / 1_000_000
        guard milliseconds >= 1000 else { return "\(milliseconds)ms" }
        let (minutes, rest) = milliseconds.quotientAndRemainder(dividingBy: 60_000)
        let tenths = rest / 100
        let seconds = tenths % 10 == 0 ? "\(tenths / 10)s" : "\(tenths / 10).\(tenths % 10)s"
        return minutes > 0 ? "\(minutes)m\(seconds)" : seconds
    }
}
