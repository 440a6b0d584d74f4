import ModeluxCore
import Testing

struct RetryScheduleTests {
    @Test(
        arguments: [(1, nil, 1), (2, nil, 2), (3, nil, 4), (12, nil, 2048), (13, nil, 3600), (1_000_000, nil, 3600)]
            as [(Int, Int64?, Int64)])
    func `the wait doubles up to an hour`(failures: Int, asked: Int64?, seconds: Int64) {
        var generator = SeededGenerator(seed: UInt64(failures))
        let delay = RetrySchedule.delayMicroseconds(
            afterFailures: failures, retryAfterSeconds: asked, using: &generator)
        #expect((seconds * 1_000_000...seconds * 1_200_000).contains(delay))
    }

    @Test(
        arguments: [
            (1, 30, 30), (10, 30, 512), (1, 86_400, 3600), (1, -5, 1), (0, 0, 1), (Int.min, .min, 1), (1, .max, 3600),
        ]
            as [(Int, Int64, Int64)])
    func `a receiver is left alone for as long as it asks, an hour at most`(
        failures: Int, asked: Int64, seconds: Int64
    ) {
        var generator = SeededGenerator(seed: 7)
        let delay = RetrySchedule.delayMicroseconds(
            afterFailures: failures, retryAfterSeconds: asked, using: &generator)
        #expect((seconds * 1_000_000...seconds * 1_200_000).contains(delay))
    }
}
