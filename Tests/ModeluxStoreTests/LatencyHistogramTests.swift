import Testing

@testable import ModeluxStore

struct LatencyHistogramTests {
    @Test func `a percentile is within seven percent of the truth`() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20 {
            let scale = Double.random(in: 0.2...50_000, using: &generator)
            let samples = (0..<1000).map { _ in 0.13 + Double.random(in: 0...1, using: &generator) * scale }.sorted()
            var histogram = LatencyHistogram()
            for sample in samples { histogram.add(milliseconds: sample) }
            for fraction in [0.01, 0.5, 0.9, 0.99, 1] {
                let exact = samples[max(0, Int((fraction * 1000).rounded(.up)) - 1)]
                #expect(abs(try #require(histogram.percentile(fraction)) - exact) <= exact * 0.07)
            }
        }
    }

    @Test(arguments: [-1, 0, .nan, .infinity, -.infinity, 1e300, .leastNonzeroMagnitude, 2_097_152, 2_097_151.9, 0.125])
    func `a strange duration is counted and traps nothing`(milliseconds: Double) {
        var histogram = LatencyHistogram()
        histogram.add(milliseconds: milliseconds)
        #expect(histogram.total == 1)
    }

    @Test func `the stored form gives the same histogram, and any bytes give some histogram`() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<500 {
            var histogram = LatencyHistogram()
            for _ in 0..<Int.random(in: 0...50, using: &generator) {
                histogram.add(milliseconds: Double.random(in: 0...5000, using: &generator))
            }
            let bytes = histogram.encoded
            #expect(unsafe bytes.withUnsafeBytes { unsafe LatencyHistogram(encoded: $0) } == histogram)
            let junk = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                UInt8(truncatingIfNeeded: generator.next())
            }
            _ = unsafe junk.withUnsafeBytes { unsafe LatencyHistogram(encoded: $0) }
        }
    }

    @Test func `sums of histograms count every sample once`() {
        var (left, right) = (LatencyHistogram(), LatencyHistogram())
        for value in 1...10 { left.add(milliseconds: Double(value)) }
        for value in 5...20 { right.add(milliseconds: Double(value)) }
        left.add(right)
        #expect(left.total == 26)
        #expect(left.percentile(0) != nil)
        #expect(LatencyHistogram().percentile(0.5) == nil)
    }
}
