import ModeluxCore
import Testing

struct RateWindowTests {
    private static let second: UInt64 = 1_000_000_000

    @Test func `a window admits its limit and no more`() {
        var window = RateWindow()
        let verdicts = (0..<12).map { window.admit(limit: 10, now: UInt64($0)) }
        #expect(verdicts.map(\.isAllowed) == Array(repeating: true, count: 10) + [false, false])
        #expect(verdicts.prefix(10).map(\.remaining) == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    }

    @Test func `the last minute's share fades`() {
        var window = RateWindow()
        for _ in 0..<10 { _ = window.admit(limit: 10, now: 0) }
        #expect(!window.admit(limit: 10, now: 60 * Self.second).isAllowed)
        // A tenth into the next minute nine of the ten still count: one is free.
        #expect(window.admit(limit: 10, now: 66 * Self.second).isAllowed)
        #expect(!window.admit(limit: 10, now: 66 * Self.second).isAllowed)
        #expect(window.admit(limit: 10, now: 300 * Self.second).remaining == 9)
    }

    @Test func `after the wait that it names a request passes, and hardly sooner`() {
        var generator = SeededGenerator(seed: 13)
        for _ in 0..<500 {
            var window = RateWindow()
            let limit = Int.random(in: 1...20, using: &generator)
            var now = UInt64.random(in: 0..<200, using: &generator) * Self.second
            for _ in 0..<60 {
                now += UInt64.random(in: 0...(4 * Self.second), using: &generator)
                let verdict = window.admit(limit: limit, now: now)
                guard !verdict.isAllowed else { continue }
                var later = window
                #expect(later.admit(limit: limit, now: now + verdict.resetNanoseconds + 1000).isAllowed)
                var sooner = window
                let early = verdict.resetNanoseconds > 2000 ? verdict.resetNanoseconds - 2000 : 0
                #expect(!sooner.admit(limit: limit, now: now + early).isAllowed)
            }
        }
    }

    @Test func `no limit of zero or less admits anything, and clock jumps do not trap`() {
        var window = RateWindow()
        #expect(!window.admit(limit: 0, now: 0).isAllowed)
        #expect(!window.admit(limit: -5, now: 0).isAllowed)
        #expect(window.admit(limit: 1, now: .max).isAllowed)
        #expect(window.admit(limit: 1, now: 0).isAllowed)
        #expect(window.admit(limit: .max, now: 1).isAllowed)
    }
}

struct TokenWindowTests {
    @Test func `tokens are reserved and corrected to what was used`() {
        var window = RateWindow()
        #expect(window.admit(60, limit: 100, now: 0).remaining == 40)
        #expect(!window.admit(41, limit: 100, now: 1).isAllowed)
        window.correct(60, to: 10, countedAt: 0)
        #expect(window.admit(90, limit: 100, now: 2).isAllowed)
        // A minute later the correction goes to the last minute's share.
        window.correct(90, to: 0, countedAt: 2)
        #expect(window.admit(90, limit: 100, now: 60_000_000_000).isAllowed)
        window.correct(5, to: 500, countedAt: 400_000_000_000)
        #expect(!window.admit(1000, limit: 100, now: 60_000_000_000).isAllowed)
    }

    @Test func `after the wait that it names an amount passes`() {
        var generator = SeededGenerator(seed: 21)
        for _ in 0..<2000 {
            var window = RateWindow()
            let limit = Int.random(in: 1...1000, using: &generator)
            var now = UInt64.random(in: 0..<100_000_000_000, using: &generator)
            for _ in 0..<20 {
                now += UInt64.random(in: 0...20_000_000_000, using: &generator)
                let amount = Int.random(in: 1...limit, using: &generator)
                let verdict = window.admit(amount, limit: limit, now: now)
                guard !verdict.isAllowed else { continue }
                var later = window
                #expect(later.admit(amount, limit: limit, now: now + verdict.resetNanoseconds + 1000).isAllowed)
            }
        }
    }
}
