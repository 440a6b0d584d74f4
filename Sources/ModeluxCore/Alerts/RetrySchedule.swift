/// When a delivery that failed is tried again: after a second, then after twice as long each time, at most an hour, for
/// 24 hours.
public enum RetrySchedule {
    /// The wait after the first failure.
    public static let firstSeconds: Int64 = 1
    /// The longest wait.
    public static let longestSeconds: Int64 = 3600
    /// How long a delivery is tried: it fails for good with the first failure after this.
    public static let lifetimeSeconds: Int64 = 24 * 3600

    /// How long to wait after a failure.
    /// - Parameters:
    ///   - failures: How many there were in a row, this one included, 1 or more.
    ///   - retryAfterSeconds: What the receiver asked for, if it did; honoured up to the longest wait.
    ///   - generator: Up to a fifth more at random, so that receivers that came back are not asked by all at once.
    /// - Returns: The wait in microseconds.
    public static func delayMicroseconds(
        afterFailures failures: Int, retryAfterSeconds: Int64? = nil, using generator: inout some RandomNumberGenerator
    ) -> Int64 {
        // 2^12 s is more than an hour already.
        let doubled = firstSeconds << Int64(min(max(failures, 1) - 1, 12))
        let asked = min(max(retryAfterSeconds ?? 0, 0), longestSeconds)
        let base = max(min(doubled, longestSeconds), asked) * 1_000_000
        return base + Int64.random(in: 0...base / 5, using: &generator)
    }
}
