import ModeluxCore
import Testing

struct PriceTests {
    private static func rates(_ nanos: Int64) -> Rates {
        Rates(input: Rate(nanoUSDPerMillion: nanos), output: Rate(nanoUSDPerMillion: nanos * 10))
    }

    @Test(arguments: [(0, 1), (100, 1), (101, 2), (200, 2), (201, 3), (.max, 3)] as [(Int64, Int64)])
    func `the last threshold that the prompt passes decides`(prompt: Int64, expected: Int64) {
        let price = Price(
            id: "p", effectiveFrom: Timestamp(microseconds: 0),
            standard: Tariff(
                base: Self.rates(1),
                contextTiers: [.init(above: 200, rates: Self.rates(3)), .init(above: 100, rates: Self.rates(2))]))
        #expect(price.rates(promptTokens: prompt).input.nanoUSDPerMillion == expected)
        #expect(price.rates(promptTokens: prompt, serviceTier: "default") == price.rates(promptTokens: prompt))
    }

    @Test func `what a rate sheet does not name costs as its plain kind`() {
        let (one, five) = (Rate(nanoUSDPerMillion: 1), Rate(nanoUSDPerMillion: 5))
        let plain = Rates(input: one, output: five)
        #expect(plain.cachedInput == one && plain.cacheWrite5m == one && plain.cacheWrite1h == one)
        #expect(plain.audioInput == one && plain.audioOutput == five && plain.image == .free && plain.request == .free)
        let writing = Rates(input: five, cacheWrite5m: one, output: five)
        #expect(writing.cacheWrite1h == Rate(nanoUSDPerMillion: 10))
        let huge = Rates(input: Rate(nanoUSDPerMillion: .max), cacheWrite5m: one, output: one)
        #expect(huge.cacheWrite1h == Rate(nanoUSDPerMillion: .max))
    }

    @Test func `the dearest rates look at every service tier`() {
        let price = Price(
            id: "p", effectiveFrom: Timestamp(microseconds: 0), standard: Tariff(base: Self.rates(5)),
            serviceTiers: ["flex": Tariff(base: Self.rates(2)), "priority": Tariff(base: Self.rates(9))])
        #expect(price.dearestRates(promptTokens: 1) == Self.rates(9))
    }

    @Test func `the price in force is the last that has begun`() {
        func price(_ day: Int64) -> Price {
            Price(
                id: "\(day)", effectiveFrom: Timestamp(microseconds: day * 86_400_000_000),
                standard: Tariff(base: .free))
        }
        let model = Model(name: "m", mode: "chat", prices: [price(20), price(10)])
        for (day, id) in [(0, "10"), (10, "10"), (19, "10"), (20, "20"), (99, "20")] as [(Int64, String)] {
            #expect(model.price(at: Timestamp(microseconds: day * 86_400_000_000))?.id == id)
        }
        #expect(Model(name: "m", mode: "chat").price(at: Timestamp(microseconds: 0)) == nil)
    }
}
