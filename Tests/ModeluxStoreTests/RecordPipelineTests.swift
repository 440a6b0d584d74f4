import Foundation
import ModeluxCore
import Testing

@testable import ModeluxStore

struct RecordPipelineTests {
    /// A pipeline's files as `kill -9` would leave them: a copy taken while it runs. The ledger is copied first, since
    /// the journal forgets nothing that an older ledger lacks as long as no segment is released in between.
    private static func killed(_ folder: TemporaryFolder) throws -> TemporaryFolder {
        let copy = try TemporaryFolder()
        let manager = FileManager.default
        for name in try manager.contentsOfDirectory(atPath: folder.path).sorted(by: >) {
            try manager.copyItem(atPath: folder.path + "/" + name, toPath: copy.path + "/" + name)
        }
        return copy
    }

    private static func pipeline(
        _ folder: TemporaryFolder, journal: JournalSettings = JournalSettings(segmentBytes: 64 << 10)
    ) throws -> RecordPipeline {
        try RecordPipeline(
            dataDirectory: folder.path, settings: PipelineSettings(journal: journal), logger: quietLogger)
    }

    @Test func `what was appended is there once after a stop and after a death`() async throws {
        let folder = try TemporaryFolder()
        let first = try RecordPipelineTests.pipeline(folder)
        let ids = (0..<400).map { Fixture.id(UInt64($0)) }
        for id in ids[..<200] {
            try first.journal.append(intent: Fixture.intent(id))
            try first.journal.append(record: Fixture.record(id))
        }
        // Not started: nothing of it is in the ledger yet.
        let dead = try RecordPipelineTests.killed(folder)
        try first.start()
        for id in ids[200...] {
            try first.journal.append(intent: Fixture.intent(id))
            try first.journal.append(record: Fixture.record(id))
        }
        await first.flush()
        await first.stop()
        for (place, count) in [(folder, 400), (dead, 200)] {
            for _ in 0..<2 {
                let again = try RecordPipelineTests.pipeline(place)
                #expect(again.statistics.unsettledAtStart == 0)
                #expect(again.statistics.damagedAtStart == 0)
                await again.stop()
                let sums = try await LedgerQuery(dataDirectory: place.path).sums()
                #expect(sums[.settled]?.attempts == Int64(count))
                #expect(sums[.settled]?.cost == Money(nanoUSD: Int64(count) * 1234))
                let report = try await AnalyticsQuery(dataDirectory: place.path).report(
                    AnalyticsRequest(start: someMoment, end: someMoment.advanced(byMicroseconds: 1)))
                #expect(report.totals.requests == Int64(count))
                #expect(report.totals.cost == Money(nanoUSD: Int64(count) * 1234))
                #expect(try await LogQuery(dataDirectory: place.path).record(ids[count - 1]) != nil)
            }
        }
    }

    @Test func `an operation that nobody ended is booked at what was held for it, once`() async throws {
        let folder = try TemporaryFolder()
        let first = try RecordPipelineTests.pipeline(folder)
        let id = Fixture.id(1)
        try first.journal.append(intent: Fixture.intent(id, attempt: 1, hold: 700))
        try first.journal.append(intent: Fixture.intent(id, attempt: 2, hold: 900))
        let dead = try RecordPipelineTests.killed(folder)
        await first.stop()
        for round in 0..<3 {
            let again = try RecordPipelineTests.pipeline(dead)
            #expect(again.statistics.unsettledAtStart == (round == 0 ? 1 : 0))
            await again.stop()
        }
        let rows = try await LedgerQuery(dataDirectory: dead.path).attempts(of: id)
        #expect(rows.map(\.state) == [.unsettled, .unsettled])
        #expect(rows.map(\.cost.total.nanoUSD) == [700, 900])
        #expect(rows.map(\.usage.isEstimated) == [true, true])
        let record = try #require(try await LogQuery(dataDirectory: dead.path).record(id))
        #expect(record.errorCode == "unsettled")
        #expect(record.status == 0)
        #expect(record.cost.total.nanoUSD == 1600)
    }

    @Test func `an operation longer than the journal's memory is held in the ledger`() async throws {
        let folder = try TemporaryFolder()
        let first = try RecordPipelineTests.pipeline(folder)
        try first.start()
        let (long, lost) = (Fixture.id(1), Fixture.id(2))
        try first.journal.append(intent: Fixture.intent(long, hold: 700))
        try first.journal.append(intent: Fixture.intent(lost, hold: 800))
        for number in 0..<600 { try first.journal.append(record: Fixture.record(Fixture.id(UInt64(number) + 10))) }
        await first.flush()
        let ledger = LedgerQuery(dataDirectory: folder.path)
        #expect(try await ledger.attempts(of: long).map(\.state) == [.held])
        try first.journal.append(record: Fixture.record(long, attempts: [Fixture.attempt(cost: 55)]))
        await first.flush()
        #expect(try await ledger.attempts(of: long).map(\.state) == [.settled])
        #expect(try await ledger.attempts(of: long).map(\.cost.total.nanoUSD) == [55])
        let dead = try RecordPipelineTests.killed(folder)
        await first.stop()
        let again = try RecordPipelineTests.pipeline(dead)
        #expect(again.statistics.unsettledAtStart == 1)
        await again.stop()
        let rows = try await LedgerQuery(dataDirectory: dead.path).attempts(of: lost)
        #expect(rows.map(\.state) == [.unsettled])
        #expect(rows.map(\.cost.total.nanoUSD) == [800])
        let sums = try await LedgerQuery(dataDirectory: dead.path).sums()
        #expect(sums[.held] == nil)
        #expect(sums[.settled]?.attempts == 601)
    }

    @Test func `an announced attempt that the record lacks is added to it, unsettled`() async throws {
        let folder = try TemporaryFolder()
        let pipeline = try RecordPipelineTests.pipeline(folder)
        try pipeline.start()
        let id = Fixture.id(1)
        try pipeline.journal.append(intent: Fixture.intent(id, attempt: 1, hold: 700))
        try pipeline.journal.append(intent: Fixture.intent(id, attempt: 2, hold: 900))
        try pipeline.journal.append(record: Fixture.record(id, attempts: [Fixture.attempt(2, cost: 100)]))
        await pipeline.flush()
        let rows = try await LedgerQuery(dataDirectory: folder.path).attempts(of: id)
        #expect(rows.map(\.state) == [.unsettled, .settled])
        let record = try #require(try await LogQuery(dataDirectory: folder.path).record(id))
        #expect(record.cost.total.nanoUSD == 800)
        await pipeline.stop()
    }

    @Test func `a record written twice counts once`() async throws {
        let folder = try TemporaryFolder()
        let pipeline = try RecordPipelineTests.pipeline(folder)
        try pipeline.start()
        for _ in 0..<3 {
            try pipeline.journal.append(record: Fixture.record(Fixture.id(1)))
            await pipeline.flush()
        }
        let report = try await AnalyticsQuery(dataDirectory: folder.path).report(
            AnalyticsRequest(start: someMoment, end: someMoment.advanced(byMicroseconds: 1)))
        #expect(report.totals.requests == 1)
        #expect(report.totals.cost.nanoUSD == 1234)
        await pipeline.stop()
    }

    @Test(arguments: ["text", "a flipped first page", "cut"])
    func `a damaged ledger refuses the start with its name and exit code 78`(damage: String) async throws {
        let folder = try TemporaryFolder()
        let first = try RecordPipelineTests.pipeline(folder)
        try first.start()
        for number in 0..<500 { try first.journal.append(record: Fixture.record(Fixture.id(UInt64(number)))) }
        await first.flush()
        await first.stop()
        let url = URL(fileURLWithPath: folder.path + "/ledger.db")
        var bytes = try Data(contentsOf: url)
        switch damage {
        case "text": bytes = Data("this is no database, but long enough to look like one".utf8)
        case "cut": bytes = bytes.prefix(20_000)
        default: for index in 0..<100 { bytes[index] ^= 0x55 }
        }
        try bytes.write(to: url)
        let failure = #expect(throws: StoreFailure.self) { try RecordPipelineTests.pipeline(folder) }
        #expect(failure?.exitCode == 78)
        #expect(failure?.path == url.path)
    }

    @Test func `a ledger older than the journal refuses the start`() async throws {
        let folder = try TemporaryFolder()
        let old = try TemporaryFolder()
        for round in 0..<3 {
            let pipeline = try RecordPipelineTests.pipeline(folder)
            try pipeline.start()
            try pipeline.journal.append(record: Fixture.record(Fixture.id(UInt64(round))))
            await pipeline.flush()
            let dead = round == 2 ? try RecordPipelineTests.killed(folder) : nil
            await pipeline.stop()
            let copy = old.path + "/ledger.db"
            if round == 0 { try FileManager.default.copyItem(atPath: folder.path + "/ledger.db", toPath: copy) }
            guard let dead else { continue }
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: dead.path + "/ledger.db" + suffix)
            }
            try FileManager.default.copyItem(atPath: copy, toPath: dead.path + "/ledger.db")
            let failure = #expect(throws: StoreFailure.self) { try RecordPipelineTests.pipeline(dead) }
            #expect(failure?.exitCode == 78)
        }
    }

    @Test func `a damaged file of records or bodies is moved aside, and the day goes on`() async throws {
        let folder = try TemporaryFolder()
        let first = try RecordPipelineTests.pipeline(folder)
        for name in ["records", "bodies"] {
            let path = folder.path + "/\(name)/2026-05-01.db"
            try Data(repeating: 0x41, count: 40_000).write(to: URL(fileURLWithPath: path))
        }
        try first.start()
        let id = Fixture.id(1)
        #expect(first.bodies.offer(RecordBodies(requestID: id, request: [1], response: [2])))
        try first.journal.append(record: Fixture.record(id))
        await first.flush()
        let query = LogQuery(dataDirectory: folder.path)
        #expect(try await query.record(id) != nil)
        #expect(try await query.bodies(of: id)?.request == [1])
        for name in ["records", "bodies"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + name)
            #expect(names.contains { $0.hasPrefix("2026-05-01.db.damaged-") })
        }
        #expect(first.journal.isHealthy)
        await first.stop()
    }

    @Test func `an unusable folder is named`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/file"
        try Data().write(to: URL(fileURLWithPath: path))
        let failure = #expect(throws: StoreFailure.self) {
            try RecordPipeline(dataDirectory: path, logger: quietLogger)
        }
        #expect(failure?.path.hasPrefix(path) == true)
        #expect(failure?.exitCode == 74)
    }
}
