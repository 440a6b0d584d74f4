import ModeluxCore
import ModeluxHTTP

/// Where a key stands with its limits, told in OpenAI's header names.
struct RateStanding {
    let requestLimit: Int
    let requests: RateWindow.Verdict?
    let tokenLimit: Int
    let tokens: RateWindow.Verdict?

    /// Adds the headers to an answer.
    func add(to headers: inout HeaderBlock) {
        if let requests {
            headers.add("x-ratelimit-limit-requests", String(requestLimit))
            headers.add("x-ratelimit-remaining-requests", String(requests.remaining))
            headers.add("x-ratelimit-reset-requests", RateStanding.goDuration(requests.resetNanoseconds))
        }
        if let tokens {
            headers.add("x-ratelimit-limit-tokens", String(tokenLimit))
            headers.add("x-ratelimit-remaining-tokens", String(tokens.remaining))
            headers.add("x-ratelimit-reset-tokens", RateStanding.goDuration(tokens.resetNanoseconds))
        }
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
