import ModeluxCore
import Testing

struct RateTests {
    @Test(
        arguments: [
            (150_000_000, 1000, 150_000), (150_000_000, 0, 0), (150_000_000, -5, 0), (1, 499_999, 0), (1, 500_000, 1),
            (1, 1_499_999, 1), (1, 1_500_000, 2), (0, .max, 0), (-7, 1_000_000, 0), (.max, 1_000_000, .max),
            (.max, .max, .max), (1_000_000, .max, .max), (999_999, 1_000_000, 999_999),
        ] as [(Int64, Int64, Int64)])
    func `a cost is rounded half up and saturates`(rate: Int64, units: Int64, nanos: Int64) {
        #expect(Rate(nanoUSDPerMillion: rate).cost(of: units).nanoUSD == nanos)
    }

    @Test func `the cost of parts differs from that of the whole by rounding alone`() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<2000 {
            let rate = Rate(nanoUSDPerMillion: Int64.random(in: 0...600_000_000_000, using: &generator))
            let parts = (0..<8).map { _ in Int64.random(in: 0...2_000_000, using: &generator) }
            let whole = rate.cost(of: parts.reduce(0, +))
            let sum = parts.reduce(Money.zero) { $0 + rate.cost(of: $1) }
            #expect(abs(whole.nanoUSD - sum.nanoUSD) <= 4)
            #expect(rate.cost(of: parts[0]) <= rate.cost(of: parts[0] + 1))
        }
    }
}
