import CoreMetrics
import Synchronization

/// One line (or, for a histogram, one block) of the exposition: a name with its labels and what was counted.
protocol PrometheusSeries: AnyObject, Sendable {
    /// Appends the current value. `labels` is `{status="2xx"}` or empty.
    func write(name: String, labels: PrometheusLabels, to text: inout String)
}

/// The labels of a series, escaped once when it is made.
struct PrometheusLabels: Hashable, Sendable {
    private let inner: String

    init(_ dimensions: [(String, String)]) {
        inner = dimensions.map { key, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(PrometheusRegistry.sanitized(key))=\"\(escaped)\""
        }.joined(separator: ",")
    }

    /// `{status="2xx"}`, or nothing.
    var text: String { inner.isEmpty ? "" : "{\(inner)}" }

    /// The labels with a bucket's upper end among them.
    func text(upTo bound: String) -> String { "{\(inner)\(inner.isEmpty ? "" : ",")le=\"\(bound)\"}" }
}

/// A number that only grows. One atomic addition an increment.
final class PrometheusCounter: CounterHandler, PrometheusSeries {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() {
        value.store(0, ordering: .relaxed)
    }

    func write(name: String, labels: PrometheusLabels, to text: inout String) {
        text += "\(name)\(labels.text) \(value.load(ordering: .relaxed))\n"
    }
}

/// A number that goes up and down: what was last set, kept as the bits of a double.
final class PrometheusGauge: MeterHandler, PrometheusSeries {
    private let bits = Atomic<UInt64>(Double.zero.bitPattern)

    func set(_ value: Int64) { set(Double(value)) }

    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func increment(by amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let result = bits.compareExchange(expected: old, desired: new, ordering: .relaxed)
            if result.exchanged { return }
            old = result.original
        }
    }

    func decrement(by amount: Double) { increment(by: -amount) }

    func write(name: String, labels: PrometheusLabels, to text: inout String) {
        text += "\(name)\(labels.text) \(Double(bitPattern: bits.load(ordering: .relaxed)))\n"
    }
}

/// A number that is asked for when somebody looks.
final class PrometheusReading: PrometheusSeries {
    private let read: @Sendable () -> Int64

    init(_ read: @escaping @Sendable () -> Int64) {
        self.read = read
    }

    func write(name: String, labels: PrometheusLabels, to text: inout String) {
        text += "\(name)\(labels.text) \(read())\n"
    }
}

/// How many values fell below each bound. One short lock a value: recording is a handful of additions.
final class PrometheusHistogram: RecorderHandler, TimerHandler, PrometheusSeries {
    /// Upper ends for durations in seconds, from a tenth of a millisecond to the longest answers.
    static let seconds: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120,
        300, 600,
    ]
    /// Upper ends for sizes and counts: powers of four.
    static let counts: [Double] = [
        1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
    ]

    private struct State {
        var buckets: [UInt64]
        var count: UInt64 = 0
        var sum: Double = 0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(buckets: Array(repeating: 0, count: bounds.count)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 }
        state.withLock { state in
            if let bucket { state.buckets[bucket] += 1 }
            state.count += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func write(name: String, labels: PrometheusLabels, to text: inout String) {
        let (buckets, count, sum) = state.withLock { ($0.buckets, $0.count, $0.sum) }
        var below: UInt64 = 0
        for (bound, bucket) in zip(bounds, buckets) {
            below += bucket
            text += "\(name)_bucket\(labels.text(upTo: "\(bound)")) \(below)\n"
        }
        text += "\(name)_bucket\(labels.text(upTo: "+Inf")) \(count)\n"
        text += "\(name)_sum\(labels.text) \(sum)\n\(name)_count\(labels.text) \(count)\n"
    }
}
