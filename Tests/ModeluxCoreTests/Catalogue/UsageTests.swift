import ModeluxCore
import Testing

struct UsageTests {
    @Test func `a sum adds every bucket and stays estimated`() {
        let usage = Usage(
            input: 1, cachedInput: 2, cacheWrite5m: 3, cacheWrite1h: 4, output: 5, reasoning: 6, audioInput: 7,
            audioOutput: 8, images: 9, requests: 10)
        let twice = Usage(
            input: 2, cachedInput: 4, cacheWrite5m: 6, cacheWrite1h: 8, output: 10, reasoning: 12, audioInput: 14,
            audioOutput: 16, images: 18, requests: 20)
        #expect(usage + usage == twice)
        #expect(usage + .none == usage)
        #expect((usage + Usage(isEstimated: true)).isEstimated)
        #expect(usage.promptTotal == 1 + 2 + 3 + 4 + 7)
    }

    @Test func `sums saturate`() {
        #expect((Usage(input: .max) + Usage(input: 1)).input == .max)
        #expect((Usage(output: .min) + Usage(output: -1)).output == .min)
        #expect(Usage(input: .max, cachedInput: .max).promptTotal == .max)
    }
}
