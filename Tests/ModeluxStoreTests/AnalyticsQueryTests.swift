import ModeluxCore
import Testing

@testable import ModeluxStore

struct AnalyticsQueryTests {
    @Test(arguments: [AnalyticsRequest.Granularity.minute, .hour, .day])
    func `a report equals what the records add up to`(granularity: AnalyticsRequest.Granularity) async throws {
        let folder = try TemporaryFolder()
        let pipeline = try RecordPipeline(dataDirectory: folder.path, logger: quietLogger)
        try pipeline.start()
        var generator = SeededGenerator(seed: 7)
        var records: [RequestRecord] = []
        for number in 0..<500 {
            let spread: Int64 = granularity == .minute ? 3_000_000_000 : 200_000_000_000
            let moment = someMoment.advanced(byMicroseconds: Int64.random(in: 0..<spread, using: &generator))
            let id = Fixture.id(UInt64(number), at: moment)
            var first = Fixture.attempt(1, cost: Int64.random(in: 0..<9999, using: &generator))
            first.model = ["gpt-4o", "gpt-4o-mini"][number % 2]
            first.outcome = .serverError
            let second = Fixture.attempt(2, cost: Int64.random(in: 0..<9999, using: &generator))
            var record = Fixture.record(
                id, attempts: number % 3 == 0 ? [] : number % 3 == 1 ? [second] : [first, second])
            record.status = number % 3 == 0 ? 401 : 200
            record.latency.totalMilliseconds = Double.random(in: 1..<2000, using: &generator)
            records.append(record)
            try pipeline.journal.append(record: record)
        }
        await pipeline.flush()
        let query = AnalyticsQuery(dataDirectory: folder.path)
        let report = try await query.report(
            AnalyticsRequest(
                start: someMoment, end: someMoment.advanced(byMicroseconds: 259_200_000_000),
                granularity: granularity, groupBy: .model))
        #expect(report.totals.requests == 500)
        #expect(report.totals.errors == Int64(records.count { $0.status == 401 }))
        #expect(report.totals.attempts == Int64(records.reduce(0) { $0 + $1.attempts.count }))
        #expect(report.totals.cost == records.reduce(.zero) { $0 + $1.cost.total })
        #expect(report.totals.usage == records.reduce(.none) { $0 + $1.usage })
        let expected = records.flatMap(\.attempts).filter { $0.model == "gpt-4o" }
        #expect(report.groups["gpt-4o"]?.cost == expected.reduce(.zero) { $0 + $1.cost.total })
        #expect(report.groups[""]?.requests == Int64(records.count { $0.attempts.isEmpty }))
        #expect(report.series.map(\.start) == report.series.map(\.start).sorted())
        let latencies = records.map(\.latency.totalMilliseconds).sorted()
        for fraction in [0.5, 0.95, 0.99] {
            let exact = latencies[Int((fraction * 500).rounded(.up)) - 1]
            let read = try #require(report.totals.latencyPercentile(fraction))
            #expect(abs(read - exact) <= exact * 0.07)
        }
        let sums = try await LedgerQuery(dataDirectory: folder.path).sums()
        #expect(sums[.settled]?.cost == report.totals.cost)
        #expect(sums[.settled]?.usage == report.totals.usage)
        #expect(sums[.settled]?.attempts == report.totals.attempts)
        await pipeline.stop()
    }

    @Test func `a report holds one project's and one key's numbers only, when asked`() async throws {
        let folder = try TemporaryFolder()
        let pipeline = try RecordPipeline(dataDirectory: folder.path, logger: quietLogger)
        try pipeline.start()
        for number in 0..<10 {
            var record = Fixture.record(Fixture.id(UInt64(number)))
            if number < 3 { record.projectID = Identifier("proj_other") }
            if number < 5 { record.keyID = Identifier("key_other") }
            try pipeline.journal.append(record: record)
        }
        await pipeline.flush()
        let query = AnalyticsQuery(dataDirectory: folder.path)
        var request = AnalyticsRequest(start: someMoment, end: someMoment.advanced(byMicroseconds: 1), groupBy: .key)
        #expect(try await query.report(request).totals.requests == 10)
        request.projectID = "proj_other"
        #expect(try await query.report(request).totals.requests == 3)
        (request.projectID, request.keyID) = (nil, "key_other")
        #expect(try await query.report(request).groups.mapValues(\.requests) == ["key_other": 5])
        await pipeline.stop()
    }
}
