import NIOCore

extension TimeAmount {
    /// A duration in NIO's unit; one that does not fit becomes 73 years.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        self = overflows ? .nanoseconds(.max / 4) : .nanoseconds(whole.addingClamped(attoseconds / 1_000_000_000))
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max / 4 : sum
    }
}

extension NIODeadline {
    /// That long from now; far away when the sum does not fit.
    static func after(_ duration: Duration, from start: NIODeadline = .now()) -> NIODeadline {
        after(TimeAmount(duration), from: start)
    }

    /// That long from now; far away when the sum does not fit. What is asked for at every request is kept as an amount:
    /// a `Duration` is divided with 128 bits each time.
    static func after(_ amount: TimeAmount, from start: NIODeadline = .now()) -> NIODeadline {
        guard amount.nanoseconds < Int64.max / 4 else { return .distantFuture }
        return start + amount
    }
}
