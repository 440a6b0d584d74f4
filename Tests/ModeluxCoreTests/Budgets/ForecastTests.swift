import ModeluxCore
import Testing

@Suite struct ForecastTests {
    private let window = BudgetWindow(
        start: Timestamp(microseconds: 1_000_000), end: Timestamp(microseconds: 101_000_000))

    @Test(arguments: [
        (11, 5, 50 as Int64?), (51, 5, 10), (101, 5, 5), (500, 5, 5), (1, 5, nil), (0, 5, nil), (11, 0, 0),
    ])
    func `a period ends as it went on so far`(second: Int64, spend: Int64, expected: Int64?) {
        let forecast = Forecast.atEnd(
            spend: Money(nanoUSD: spend), of: window, at: Timestamp(microseconds: second * 1_000_000))
        #expect(forecast?.nanoUSD == expected)
    }

    @Test(arguments: [(11, 20, 51 as Int64?), (11, 100, 11), (11, 5, nil), (11, 0, nil), (51, 60, 84)])
    func `a cap is reached when the rate says so`(second: Int64, spend: Int64, expected: Int64?) {
        let moment = Forecast.exhaustion(
            spend: Money(nanoUSD: spend), cap: Money(nanoUSD: 100), of: window, from: window.start,
            at: Timestamp(microseconds: second * 1_000_000))
        #expect(moment.map { $0.microseconds / 1_000_000 } == expected)
    }

    @Test func `all time has no end to forecast`() {
        let now = Timestamp(microseconds: 11_000_000)
        #expect(Forecast.atEnd(spend: Money(nanoUSD: 5), of: .always, at: now) == nil)
        let moment = Forecast.exhaustion(
            spend: Money(nanoUSD: 50), cap: Money(nanoUSD: 100), of: .always, from: window.start, at: now)
        #expect(moment?.microseconds == 21_000_000)
    }
}
