/// What a budget's spending comes to if it goes on as it has.
public enum Forecast {
    /// The spending at the end of a period: what was spent so far, and the same again for the time that is left. Nil
    /// for a period without an end, and before it has begun.
    public static func atEnd(spend: Money, of window: BudgetWindow, at now: Timestamp) -> Money? {
        guard let start = window.beginning, let end = window.reset, now > start, end > start else { return nil }
        let elapsed = Int128(min(now, end).microseconds) - Int128(start.microseconds)
        let length = Int128(end.microseconds) - Int128(start.microseconds)
        return Money(nanoUSD: Int64(clamping: Int128(spend.nanoUSD) * length / elapsed))
    }

    /// When the cap is reached; nil when it is not within the period, or nothing was spent yet. A period without a
    /// beginning is judged from `origin`, the budget's own.
    public static func exhaustion(
        spend: Money, cap: Money, of window: BudgetWindow, from origin: Timestamp, at now: Timestamp
    ) -> Timestamp? {
        guard spend < cap else { return now }
        let start = window.beginning ?? origin
        guard spend > .zero, now > start else { return nil }
        let elapsed = Int128(now.microseconds) - Int128(start.microseconds)
        let needed = elapsed * Int128(cap.nanoUSD) / Int128(spend.nanoUSD)
        let moment = Timestamp(microseconds: Int64(clamping: Int128(start.microseconds) + needed))
        guard moment.microseconds < .max, moment < window.end else { return nil }
        return moment
    }
}
