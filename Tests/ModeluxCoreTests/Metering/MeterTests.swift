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
    struct Row: Sendable {
        var text = 0
        var prompt = 0
        var request = 0
        var attachments = 0
        var hasImages = false
        var hasTools = false
        var context: Int64?
        let expected: Int64
    }

    @Test(arguments: [
        Row(text: 200, prompt: 260, request: 360, expected: 326),
        Row(text: 200, prompt: 260, request: 500, expected: 438),
        Row(text: 200, prompt: 260, request: 500, hasTools: true, expected: 1620),
        Row(text: 200, prompt: 260, request: 300, hasImages: true, expected: 8518),
        Row(text: 200, prompt: 10_260, request: 10_300, attachments: 10_000, expected: 2826),
        Row(text: 900_000, prompt: 900_030, request: 900_050, context: 128_000, expected: 128_000),
        Row(expected: 96), Row(text: -1, prompt: -1, request: -1, attachments: -1, expected: 96),
        Row(text: 10, prompt: 999, request: 5, attachments: 999, expected: 107),
    ])
    func `an input bound is one token a byte of text, and less for what frames it`(row: Row) {
        let bound = Estimate.inputBound(
            text: row.text, prompt: row.prompt, request: row.request, attachments: row.attachments,
            hasImages: row.hasImages, hasTools: row.hasTools, context: row.context)
        #expect(bound == row.expected)
    }
}
