import ModeluxCore
import Testing

@testable import ModeluxStore

struct LogQueryTests {
    /// A pipeline's folder with 300 records over three days, every field told by its number.
    private static func filled(_ folder: TemporaryFolder) async throws -> [RequestRecord] {
        let pipeline = try RecordPipeline(dataDirectory: folder.path, logger: quietLogger)
        try pipeline.start()
        var records: [RequestRecord] = []
        for number in 0..<300 {
            let moment = someMoment.advanced(byMicroseconds: Int64(number) * 600_000_000)
            let id = Fixture.id(UInt64(number), at: moment)
            var record = Fixture.record(id, attempts: [Fixture.attempt(cost: Int64(number) * 1000)])
            record.status = [200, 404, 503][number % 3]
            record.errorCode = [nil, "unknown_model", "overloaded"][number % 3]
            record.endUser = number % 5 == 0 ? "ada" : nil
            record.traceID = "trace-\(number / 10)"
            record.conversationID = "talk-\(number / 100)"
            record.latency.totalMilliseconds = Double(number)
            record.keyID = number % 2 == 0 ? Fixture.key : nil
            record.errorMessage = number == 77 ? "the needle" : nil
            try record.tags.set("team", to: number % 4 == 0 ? "x" : "y")
            try record.tags.set("half", to: "\(number / 150)")
            try pipeline.journal.append(intent: Fixture.intent(id))
            try pipeline.journal.append(record: record)
            records.append(record)
        }
        await pipeline.flush()
        await pipeline.stop()
        return records
    }

    private struct Case: CustomStringConvertible, Sendable {
        let description: String
        let filter: @Sendable (inout LogFilter) -> Void
        let expected: @Sendable (Int, RequestRecord) -> Bool
    }

    private static let cases: [Case] = [
        Case(description: "everything", filter: { _ in }, expected: { _, _ in true }),
        Case(
            description: "a project", filter: { $0.projectID = Fixture.project.text }, expected: { _, _ in true }),
        Case(
            description: "another project", filter: { $0.projectID = "proj_other" }, expected: { _, _ in false }),
        Case(description: "a key", filter: { $0.keyID = Fixture.key.text }, expected: { $1.keyID != nil && $0 >= 0 }),
        Case(
            description: "a class of status", filter: { $0.status = 500...599 },
            expected: { number, _ in number % 3 == 2 }),
        Case(
            description: "an error code", filter: { $0.errorCode = "unknown_model" },
            expected: { number, _ in number % 3 == 1 }),
        Case(description: "a model", filter: { $0.model = "gpt-4o-mini" }, expected: { _, _ in true }),
        Case(description: "a provider", filter: { $0.provider = "anthropic" }, expected: { _, _ in false }),
        Case(description: "an end user", filter: { $0.endUser = "ada" }, expected: { number, _ in number % 5 == 0 }),
        Case(description: "a trace", filter: { $0.traceID = "trace-3" }, expected: { number, _ in number / 10 == 3 }),
        Case(
            description: "a conversation", filter: { $0.conversationID = "talk-2" },
            expected: { number, _ in number / 100 == 2 }),
        Case(
            description: "slow ones", filter: { $0.minimumLatencyMilliseconds = 250 },
            expected: { number, _ in number >= 250 }),
        Case(
            description: "dear ones", filter: { $0.minimumCost = Money(nanoUSD: 290_000) },
            expected: { number, _ in number >= 290 }),
        Case(
            description: "one tag", filter: { try? $0.tags.set("team", to: "x") },
            expected: { number, _ in number % 4 == 0 }),
        Case(
            description: "two tags",
            filter: {
                try? $0.tags.set("team", to: "x")
                try? $0.tags.set("half", to: "1")
            },
            expected: { number, _ in number % 4 == 0 && number >= 150 }),
        Case(description: "a text", filter: { $0.text = "needle" }, expected: { number, _ in number == 77 }),
        Case(
            description: "an id as text", filter: { $0.text = Fixture.id(5, at: moment(5)).description },
            expected: { number, _ in number == 5 }),
        Case(
            description: "a period", filter: { ($0.start, $0.end) = (moment(100), moment(200)) },
            expected: { number, _ in (100..<200).contains(number) }),
        Case(
            description: "a period and a status",
            filter: {
                ($0.start, $0.end) = (moment(100), moment(200))
                $0.status = 200...299
            }, expected: { number, _ in (100..<200).contains(number) && number % 3 == 0 }),
    ]

    private static func moment(_ number: Int) -> Timestamp {
        someMoment.advanced(byMicroseconds: Int64(number) * 600_000_000)
    }

    @Test func `a list holds what its filter says, newest first, whatever the page length`() async throws {
        let folder = try TemporaryFolder()
        let records = try await LogQueryTests.filled(folder)
        let query = LogQuery(dataDirectory: folder.path, timeLimit: .seconds(60))
        for row in LogQueryTests.cases {
            var filter = LogFilter()
            row.filter(&filter)
            let expected = records.enumerated().filter { row.expected($0.offset, $0.element) }.map(\.element.requestID)
            for limit in [7, 100, 200] {
                var found: [RequestID] = []
                var cursor: RequestID?
                repeat {
                    let page = try await query.list(filter, before: cursor, limit: limit)
                    #expect(page.records.count <= limit)
                    #expect(!page.isPartial)
                    found += page.records.map(\.requestID)
                    cursor = page.next
                    #expect(cursor == nil || page.records.count == limit)
                } while cursor != nil
                #expect(found == expected.reversed(), "\(row.description), \(limit) a page")
            }
        }
    }

    @Test func `a list without time still ends, and its cursor carries on`() async throws {
        let folder = try TemporaryFolder()
        let records = try await LogQueryTests.filled(folder)
        let query = LogQuery(dataDirectory: folder.path, timeLimit: .zero)
        var found: [RequestID] = []
        var cursor: RequestID?
        repeat {
            let page = try await query.list(LogFilter(), before: cursor, limit: 50)
            found += page.records.map(\.requestID)
            cursor = page.next
        } while cursor != nil
        #expect(found == records.map(\.requestID).reversed())
    }

    @Test func `a record is read back as it was written`() async throws {
        let folder = try TemporaryFolder()
        let records = try await LogQueryTests.filled(folder)
        let query = LogQuery(dataDirectory: folder.path)
        let record = try #require(try await query.record(records[123].requestID))
        #expect(RecordCodec.bytes(of: record) == RecordCodec.bytes(of: records[123]))
        #expect(try await query.record(Fixture.id(9999)) == nil)
        #expect(try await query.record(RequestID(high: .max, low: .max)) == nil)
    }
}
