/// A sliding-window limit of one key, of requests or of tokens: the count of the current minute plus the share of the
/// last one that the window still covers. Pure: the monotonic moment is an argument, so that a clock jump changes nothing.
public struct RateWindow: Sendable {
    /// The window's length in nanoseconds.
    public static let windowNanoseconds: UInt64 = 60_000_000_000

    private var index: UInt64 = 0
    private var current: Int = 0
    private var previous: Int = 0

    /// An empty window.
    public init() {}

    /// The verdict on one more request.
    public struct Verdict: Sendable, Hashable {
        /// Whether it may pass.
        public let isAllowed: Bool
        /// What is left in the window after this one.
        public let remaining: Int
        /// Nanoseconds until the next request would pass (refused) or until the window is empty again (allowed).
        public let resetNanoseconds: UInt64
    }

    /// Asks for one request, or for `amount` tokens, at `now` (monotonic nanoseconds) under `limit` a minute and counts
    /// it when it may pass. O(1), no allocation.
    public mutating func admit(_ amount: Int = 1, limit: Int, now: UInt64) -> Verdict {
        let length = RateWindow.windowNanoseconds
        let slot = now / length
        if slot != index {
            previous = slot == index &+ 1 ? current : 0
            current = 0
            index = slot
        }
        let elapsed = now % length
        let covered = Double(previous) * Double(length - elapsed) / Double(length)
        let used = Double(current) + covered
        guard used + Double(amount) <= Double(limit) else {
            return Verdict(
                isAllowed: false, remaining: Int(max(0, min(Double(limit) - used, 1e15))),
                resetNanoseconds: waitNanoseconds(amount, limit, elapsed))
        }
        current = current.addingReportingOverflow(amount).overflow ? .max : current + amount
        return Verdict(
            isAllowed: true, remaining: Int(max(0, min(Double(limit) - used - Double(amount), 1e15))),
            resetNanoseconds: length - elapsed + (current > 0 ? length : 0))
    }

    /// Replaces an amount that was counted at `then` by what it came to, as far as the window still covers it.
    public mutating func correct(_ amount: Int, to actual: Int, countedAt then: UInt64) {
        let slot = then / RateWindow.windowNanoseconds
        if slot == index {
            current = max(0, current &- amount &+ actual)
        } else if slot &+ 1 == index {
            previous = max(0, previous &- amount &+ actual)
        }
    }

    /// How long until an amount fits, given how far the current slot has run.
    private func waitNanoseconds(_ amount: Int, _ limit: Int, _ elapsed: UInt64) -> UInt64 {
        let length = Double(RateWindow.windowNanoseconds)
        let rest = length - Double(elapsed)
        let wanted = Double(current) + Double(amount)
        if wanted <= Double(limit), previous > 0 {
            // Wait until the covered share of the previous slot leaves room for it.
            let needed = (wanted - Double(limit) + Double(previous) * rest / length) / Double(previous)
            return UInt64(max(0, min(rest, needed * length)).rounded(.up))
        }
        guard current > 0, limit > 0 else { return UInt64(length) }
        // The current slot is full by itself: wait for the next one, and there until its share has shrunk.
        let share = min(1, max(0, wanted - Double(limit)) / Double(current))
        return UInt64((rest + share * length).rounded(.up))
    }
}
