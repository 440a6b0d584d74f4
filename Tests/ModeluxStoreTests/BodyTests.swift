import ModeluxCore
import Testing

@testable import ModeluxStore

struct BodyTests {
    private static func pipeline(_ folder: TemporaryFolder, limits: BodyQueue.Limits) throws -> RecordPipeline {
        try RecordPipeline(
            dataDirectory: folder.path, settings: PipelineSettings(bodies: limits), logger: quietLogger)
    }

    @Test func `bodies of any size come back as they went, over days and restarts`() async throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: 5)
        var sent: [RequestID: ([UInt8], [UInt8])] = [:]
        for _ in 0..<3 {
            let pipeline = try BodyTests.pipeline(folder, limits: .init())
            try pipeline.start()
            for _ in 0..<60 {
                let moment = someMoment.advanced(
                    byMicroseconds: Int64.random(in: 0...200_000_000_000, using: &generator))
                let id = RequestID(at: moment, using: &generator)
                let bodies = (0..<2).map { _ in
                    let count = [0, 1, 200, 5000, 90_000][Int.random(in: 0..<5, using: &generator)]
                    let letter = UInt8(truncatingIfNeeded: generator.next())
                    return (0..<count).map { $0 % 7 == 0 ? letter : UInt8(truncatingIfNeeded: $0) }
                }
                #expect(pipeline.bodies.offer(RecordBodies(requestID: id, request: bodies[0], response: bodies[1])))
                sent[id] = (bodies[0], bodies[1])
                if sent.count % 20 == 0 { await pipeline.flush() }
            }
            await pipeline.stop()
        }
        let query = LogQuery(dataDirectory: folder.path)
        for (id, bodies) in sent {
            let found = try #require(try await query.bodies(of: id))
            #expect(found.request == bodies.0 && found.response == bodies.1)
            #expect(!found.isRequestCut && !found.isResponseCut)
        }
        #expect(try await query.bodies(of: Fixture.id(77)) == nil)
    }

    @Test func `a body over the limit is cut and says so`() async throws {
        let folder = try TemporaryFolder()
        let pipeline = try BodyTests.pipeline(folder, limits: .init(bodyBytes: 10))
        try pipeline.start()
        let id = Fixture.id(1)
        #expect(pipeline.bodies.offer(RecordBodies(requestID: id, request: Array(0..<11), response: Array(0..<10))))
        await pipeline.flush()
        let found = try #require(try await LogQuery(dataDirectory: folder.path).bodies(of: id))
        #expect(found.request == Array(0..<10) && found.isRequestCut)
        #expect(found.response == Array(0..<10) && !found.isResponseCut)
        await pipeline.stop()
    }

    @Test func `a full queue sheds, counts, and takes again when it has been drained`() async throws {
        let folder = try TemporaryFolder()
        let pipeline = try BodyTests.pipeline(folder, limits: .init(queueBytes: 10_000))
        let body = [UInt8](repeating: 7, count: 1000)
        let taken = (0..<20).count {
            pipeline.bodies.offer(RecordBodies(requestID: Fixture.id(UInt64($0)), request: body, response: []))
        }
        #expect(taken == 9)
        #expect(pipeline.statistics.bodiesShed == 11)
        #expect(pipeline.statistics.bodyBytes == 9 * 1064)
        try pipeline.start()
        await pipeline.flush()
        #expect(pipeline.statistics.bodyBytes == 0)
        #expect(pipeline.bodies.offer(RecordBodies(requestID: Fixture.id(99), request: body, response: body)))
        await pipeline.stop()
        #expect(pipeline.statistics.bodiesStored == 10)
        #expect(try await LogQuery(dataDirectory: folder.path).bodies(of: Fixture.id(99))?.response == body)
    }
}
