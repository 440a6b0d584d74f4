/// The latest attempts at one target: success rate and latencies, in fixed memory (about 3 KB). Time is an argument.
public struct HealthWindow: Sendable {
    /// At most this many attempts are remembered.
    public static let capacity = 256

    /// Monotonic nanoseconds of each attempt's end.
    private var times: [UInt64] = []
    /// Milliseconds, or a negative number for a failure.
    private var latencies: [Float] = []
    private var next = 0

    /// An empty window.
    public init() {}

    /// Remembers an attempt that ended at `now`. O(1).
    public mutating func record(success milliseconds: Double?, at now: UInt64) {
        let value = Float(max(0, min(milliseconds ?? 0, 1e9)))
        let entry = milliseconds == nil ? -1 : value
        if times.count < HealthWindow.capacity {
            times.append(now)
            latencies.append(entry)
            return
        }
        times[next] = now
        latencies[next] = entry
        next = (next + 1) % HealthWindow.capacity
    }

    /// What the attempts of the last `window` before `now` say together. O(capacity).
    public func summary(of window: Duration, at now: UInt64) -> Summary {
        var successes: [Float] = []
        successes.reserveCapacity(times.count)
        var failures = 0
        let start = HealthWindow.start(of: window, before: now)
        for index in times.indices where times[index] >= start {
            if latencies[index] < 0 { failures += 1 } else { successes.append(latencies[index]) }
        }
        successes.sort()
        return Summary(latencies: successes, failures: failures)
    }

    /// The number of attempts and failures of the last `window` before `now`. O(capacity), no allocation.
    public func counts(of window: Duration, at now: UInt64) -> (attempts: Int, failures: Int) {
        var attempts = 0
        var failures = 0
        let start = HealthWindow.start(of: window, before: now)
        for index in times.indices where times[index] >= start {
            attempts += 1
            if latencies[index] < 0 { failures += 1 }
        }
        return (attempts, failures)
    }

    private static func start(of window: Duration, before now: UInt64) -> UInt64 {
        let length = window.nanoseconds
        return now > length ? now - length : 0
    }

    /// What a window says.
    public struct Summary: Sendable, Hashable {
        /// Milliseconds of the successes, ascending.
        let latencies: [Float]
        /// How many failed.
        public let failures: Int

        /// How many attempts there were.
        public var attempts: Int { latencies.count + failures }

        /// The share that succeeded; nil without attempts.
        public var successRate: Double? {
            attempts == 0 ? nil : Double(latencies.count) / Double(attempts)
        }

        /// The latency that `percent` of the successes did not pass, in milliseconds; nil without successes.
        public func percentile(_ percent: Double) -> Double? {
            guard let last = latencies.indices.last else { return nil }
            let rank = Int((Double(latencies.count) * min(max(percent, 0), 100) / 100).rounded(.up)) - 1
            return Double(latencies[min(max(rank, 0), last)])
        }
    }
}

extension Duration {
    /// The duration in nanoseconds, held at the ends of the range.
    public var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = product.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
        return overflow || carry ? .max : sum
    }
}
