/// Durations counted in buckets that grow by an eighth of an octave (9 %), so that a percentile read from it is within
/// 5 % of the true one, and histograms of different hours and keys can be added.
struct LatencyHistogram: Equatable {
    /// Eight buckets an octave from 1/8 ms to 2²¹ ms (35 minutes).
    static let bucketCount = 8 * 24
    private static let lowest = -3.0

    private(set) var counts: [UInt64] = []

    /// Counts one duration; negative and undefined ones go to the lowest bucket, too long ones to the highest.
    mutating func add(milliseconds: Double) {
        add(bucket: LatencyHistogram.bucket(of: milliseconds), count: 1)
    }

    mutating func add(_ other: LatencyHistogram) {
        for (bucket, count) in other.counts.enumerated() where count > 0 { add(bucket: bucket, count: count) }
    }

    private mutating func add(bucket: Int, count: UInt64) {
        if counts.isEmpty { counts = Array(repeating: 0, count: LatencyHistogram.bucketCount) }
        let (sum, overflow) = counts[bucket].addingReportingOverflow(count)
        counts[bucket] = overflow ? .max : sum
    }

    var total: UInt64 { counts.reduce(0) { $0 &+ $1 } }

    /// The duration that a share of `fraction` (0 … 1) does not exceed; nil without samples.
    func percentile(_ fraction: Double) -> Double? {
        let total = total
        guard total > 0 else { return nil }
        let rank = max(1, UInt64((fraction * Double(total)).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, count) in counts.enumerated() where count > 0 {
            seen &+= count
            if seen >= rank { return LatencyHistogram.middle(of: bucket) }
        }
        return nil
    }

    private static func bucket(of milliseconds: Double) -> Int {
        guard milliseconds > 0.125 else { return 0 }
        // The exponent and the top bits of the significand: no logarithm, and monotonic.
        let exponent = Double(milliseconds.exponent)
        guard exponent < 21 else { return bucketCount - 1 }
        return Int((exponent - lowest) * 8) + Int((milliseconds.significand - 1) * 8)
    }

    private static func middle(of bucket: Int) -> Double {
        let scale = Double(sign: .plus, exponent: bucket / 8 + Int(lowest), significand: 1)
        return scale * (1 + (Double(bucket % 8) + 0.5) / 8)
    }

    // MARK: Stored form

    /// Pairs of gap and count, each as a varint.
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        var previous = 0
        for (bucket, count) in counts.enumerated() where count > 0 {
            LatencyHistogram.append(UInt64(bucket - previous), to: &bytes)
            LatencyHistogram.append(count, to: &bytes)
            previous = bucket
        }
        return bytes
    }

    init() {}

    /// Reads the stored form; what is beyond the last bucket is left out.
    init(encoded: UnsafeRawBufferPointer) {
        var reader = unsafe ByteReader(encoded)
        var bucket = 0
        while !reader.isAtEnd, !reader.hasFailed {
            let gap = reader.varint()
            let count = reader.varint()
            guard gap < UInt64(LatencyHistogram.bucketCount - bucket), !reader.hasFailed else { return }
            bucket += Int(gap)
            add(bucket: bucket, count: count)
        }
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
