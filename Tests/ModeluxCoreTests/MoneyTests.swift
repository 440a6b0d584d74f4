import ModeluxCore
import Testing

struct MoneyTests {
    @Test(
        arguments: [
            ("0", 0), ("12", 12_000_000_000), ("0.000000001", 1), ("1.5e-3", 1_500_000), ("1.5E-3", 1_500_000),
            ("-2.50", -2_500_000_000), ("+1", 1_000_000_000), ("1.", 1_000_000_000), (".5", 500_000_000),
            ("1e2", 100_000_000_000),
            ("0.1500000000000000", 150_000_000), ("0e-30", 0), ("9223372036.854775807", .max), ("0.0000000010", 1),
        ] as [(String, Int64)])
    func `a decimal number of dollars is read exactly`(text: String, nanos: Int64) {
        #expect(Money(usd: text)?.nanoUSD == nanos)
    }

    @Test(arguments: [
        "", "-", ".", "e5", "1e", "1e99", "1..2", "0x1", "1,5", " 1", "1 ", "nan", "inf", "0.0000000001",
        "9223372036.854775808", "99999999999999999999", "1e400", "٣", String(repeating: "9", count: 100),
    ])
    func `what is no exact amount is refused`(text: String) {
        #expect(Money(usd: text) == nil)
    }

    @Test(
        arguments: [
            (0, "0"), (1, "0.000000001"), (151_000, "0.000151"), (1_500_000_000, "1.5"), (-2_000_000_000, "-2"),
            (.max, "9223372036.854775807"), (.min, "-9223372036.854775808"), (-1, "-0.000000001"),
        ] as [(Int64, String)])
    func `an amount is written without trailing zeros`(nanos: Int64, text: String) {
        #expect(Money(nanoUSD: nanos).usdText == text)
    }

    @Test func `what is written is read back`() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<5000 {
            let shift = Int64.random(in: 0...62, using: &generator)
            let money = Money(nanoUSD: Int64.random(in: (-.max)...(.max), using: &generator) >> shift)
            #expect(Money(usd: money.usdText) == money)
        }
    }

    @Test(
        arguments: [
            (105_000_000_000, "105.00"), (0, "0.00"), (4_999_999, "0.00"), (5_000_000, "0.01"),
            (-1_005_000_000, "-1.01"),
            (999_995_000_000, "1000.00"),
        ] as [(Int64, String)])
    func `cents are rounded half up`(nanos: Int64, text: String) {
        #expect(Money(nanoUSD: nanos).centsText == text)
    }

    @Test func `arithmetic saturates instead of trapping`() {
        let (most, least, one) = (Money(nanoUSD: .max), Money(nanoUSD: .min), Money(nanoUSD: 1))
        #expect(most + one == most)
        #expect(least - one == least)
        #expect(least + least == least)
        #expect(most - least == most)
        #expect(Money(dollars: .max) == most)
        #expect(Money(dollars: .min) == least)
        #expect(Money(dollars: -3) == Money(nanoUSD: -3_000_000_000))
        var sum = Money.zero
        sum += one
        #expect(sum == one && Money.zero < one)
    }
}
