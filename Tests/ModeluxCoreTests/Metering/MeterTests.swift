import ModeluxCore
import Testing

struct MeterTests {
    private static func dollars(_ text: String) -> Rate { Rate(nanoUSDPerMillion: Money(usd: text)?.nanoUSD ?? 0) }

    private static let price = Price(
        id: "v/m@2026-01-01", effectiveFrom: Timestamp(microseconds: 0),
        standard: Tariff(
            base: Rates(
                input: dollars("2.5"), cachedInput: dollars("0.25"), cacheWrite5m: dollars("3.125"),
                output: dollars("15")),
            contextTiers: [
                .init(above: 1000, rates: Rates(input: dollars("9"), output: dollars("40"))),
                .init(above: 272, rates: Rates(input: dollars("5"), output: dollars("22.5"))),
            ]),
        serviceTiers: ["flex": Tariff(base: Rates(input: dollars("1.25"), output: dollars("7.5")))])

    @Test(
        arguments: [
            (Usage(input: 100, output: 10), nil, "0.0004"), (Usage(input: 100, output: 10), "default", "0.0004"),
            (Usage(input: 100, output: 10), "flex", "0.0002"),
            (Usage(input: 100, cachedInput: 100, output: 10), nil, "0.000425"),
            (Usage(cacheWrite5m: 100), nil, "0.0003125"), (Usage(cacheWrite1h: 100), nil, "0.0005"),
            // At the threshold the short rates hold, one token past it the long ones, for the whole request.
            (Usage(input: 272), nil, "0.00068"), (Usage(input: 273), nil, "0.001365"),
            (Usage(input: 200, cachedInput: 73, output: 1), nil, "0.0013875"), (Usage(input: 1001), nil, "0.009009"),
            (Usage(output: 10, reasoning: 10), nil, "0.00015"), (Usage(), nil, "0"),
        ] as [(Usage, String?, String)])
    func `usage is priced by bucket, length and returned tier`(usage: Usage, tier: String?, total: String) {
        let cost = Meter.cost(of: usage, at: Self.price, serviceTier: tier)
        #expect(cost.total == Money(usd: total))
        #expect(cost.priceID == "v/m@2026-01-01")
    }

    @Test func `without a price nothing is booked and no price is named`() {
        #expect(Meter.cost(of: Usage(input: 100), at: nil) == Cost())
        #expect(Meter.worstCase(inputTokens: 1, outputTokens: 1, at: nil) == .zero)
    }

    @Test func `buckets sum to the total, and costs bucket by bucket`() {
        var generator = SeededGenerator(seed: 5)
        func count() -> Int64 { Int64.random(in: 0...500, using: &generator) }
        for _ in 0..<500 {
            let usages = (0..<3).map { _ in
                Usage(
                    input: count(), cachedInput: count(), cacheWrite5m: count(), cacheWrite1h: count(), output: count(),
                    audioInput: count(), audioOutput: count())
            }
            let costs = usages.map { Meter.cost(of: $0, at: Self.price) }
            let sum = costs.reduce(Cost(), +)
            #expect(sum.total == costs.reduce(.zero) { $0 + $1.total })
            #expect(sum.total == sum.input + sum.cachedInput + sum.cacheWrite + sum.output + sum.other)
        }
    }

    @Test func `no usage within its bounds costs more than the worst case`() {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<2000 {
            let limits = (Int64.random(in: 0...2000, using: &generator), Int64.random(in: 0...2000, using: &generator))
            let worst = Meter.worstCase(inputTokens: limits.0, outputTokens: limits.1, at: Self.price)
            let cached = Int64.random(in: 0...limits.0, using: &generator)
            let written = Int64.random(in: 0...(limits.0 - cached), using: &generator)
            let usage = Usage(
                input: limits.0 - cached - written, cachedInput: cached, cacheWrite1h: written, output: limits.1)
            let tier = ["flex", nil].randomElement(using: &generator) ?? nil
            // Rounding by bucket can add half a nano-dollar each.
            #expect(Meter.cost(of: usage, at: Self.price, serviceTier: tier).total.nanoUSD <= worst.nanoUSD + 2)
        }
    }

    @Test func `foreign counts never trap`() {
        let huge = Usage(
            input: .max, cachedInput: .max, cacheWrite5m: .min, output: .max, audioInput: .max, images: .max,
            requests: .min)
        #expect(huge.promptTotal == .max || huge.promptTotal > 0)
        #expect(Meter.cost(of: huge + huge, at: Self.price).total > .zero)
        #expect(Estimate.tokens(textBytes: .max) > 0)
        #expect(Estimate.inputTokens(requestBytes: .max) > 0)
    }

    @Test(arguments: [(0, 0), (1, 1), (4, 1), (5, 2), (400, 100)] as [(Int, Int64)])
    func `observed text is about four bytes a token`(bytes: Int, tokens: Int64) {
        #expect(Estimate.tokens(textBytes: bytes) == tokens)
    }
}

@Suite struct EstimateTests {
    @Test(arguments: [
        (300, 0, false, false, nil as Int64?, 364), (300, 0, false, true, nil, 1388), (300, 0, true, false, nil, 8556),
        (10_300, 10_000, false, false, nil, 2864), (1_000_000, 0, false, false, 128_000, 128_000),
        (0, 0, false, false, nil, 64), (10, 999, false, false, nil, 66), (-5, -5, false, false, nil, 64),
    ])
    func `an input bound is one token a byte, but for attachments`(
        bytes: Int, attachments: Int, hasImages: Bool, hasTools: Bool, context: Int64?, expected: Int64
    ) {
        let bound = Estimate.inputBound(
            requestBytes: bytes, attachmentBytes: attachments, hasImages: hasImages, hasTools: hasTools,
            contextTokens: context)
        #expect(bound == expected)
    }
}
