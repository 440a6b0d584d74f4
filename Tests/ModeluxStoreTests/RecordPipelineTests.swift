import Logging
import ModeluxCore
import Testing

@testable import ModeluxStore

struct RecordPipelineTests {
    @Test func `what is appended can be queried, and is there once after a restart`() async throws {
        let folder = try TemporaryFolder()
        let pipeline = try RecordPipeline(dataDirectory: folder.path, logger: quietLogger)
        try pipeline.start()
        for number in 1...100 {
            let id = Fixture.id(UInt64(number))
            try pipeline.journal.append(intent: Fixture.intent(id))
            try pipeline.journal.append(record: Fixture.record(id))
        }
        await pipeline.flush()
        #expect(pipeline.statistics.drainedRecords == 100)
        await pipeline.stop()
        let again = try RecordPipeline(dataDirectory: folder.path, logger: quietLogger)
        #expect(again.statistics.unsettledAtStart == 0)
        #expect(again.statistics.journal.lastSequence == 200)
        await again.stop()
    }
}
