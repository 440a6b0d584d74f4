import Foundation
import ModeluxCore
import Testing

@testable import ModeluxStore

struct DamagedFilesTests {
    private static let files = ["ledger.db", "ledger.db-wal", "records/2026-05-01.db", "bodies/2026-05-01.db"]

    @Test func `damage anywhere in the files refuses, recovers or is told, and never traps`() async throws {
        let folder = try TemporaryFolder()
        let first = try RecordPipeline(dataDirectory: folder.path, logger: quietLogger)
        try first.start()
        for number in 0..<800 {
            let id = Fixture.id(UInt64(number))
            _ = first.bodies.offer(
                RecordBodies(requestID: id, request: [UInt8](repeating: 1, count: 300), response: []))
            try first.journal.append(record: Fixture.record(id))
        }
        await first.flush()
        let manager = FileManager.default
        let copies = try (0..<24).map { _ in
            let copy = try TemporaryFolder()
            for name in try manager.contentsOfDirectory(atPath: folder.path) {
                try manager.copyItem(atPath: folder.path + "/" + name, toPath: copy.path + "/" + name)
            }
            return copy
        }
        await first.stop()
        var generator = SeededGenerator(seed: 11)
        for (round, copy) in copies.enumerated() {
            try DamagedFilesTests.damage(copy.path + "/" + DamagedFilesTests.files[round % 4], using: &generator)
            do {
                let again = try RecordPipeline(dataDirectory: copy.path, logger: quietLogger)
                try again.start()
                _ = again.bodies.offer(RecordBodies(requestID: Fixture.id(5000), request: [1], response: [2]))
                for number in 900..<950 {
                    _ = try? again.journal.append(record: Fixture.record(Fixture.id(UInt64(number))))
                }
                await again.flush()
                _ = try? await LogQuery(dataDirectory: copy.path).list(LogFilter(), limit: 200)
                _ = try? await LogQuery(dataDirectory: copy.path).bodies(of: Fixture.id(3))
                _ = try? await AnalyticsQuery(dataDirectory: copy.path).report(
                    AnalyticsRequest(start: someMoment, end: someMoment.advanced(byMicroseconds: 1)))
                await again.stop()
            } catch let failure as StoreFailure {
                #expect(failure.path.hasPrefix(copy.path))
                #expect(!failure.reason.isEmpty && !failure.advice.isEmpty)
            }
        }
    }

    private static func damage(_ path: String, using generator: inout SeededGenerator) throws {
        let url = URL(fileURLWithPath: path)
        guard var bytes = try? Data(contentsOf: url), !bytes.isEmpty else { return }
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes = bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator))
        case 1:
            let page = Int.random(in: 0...(bytes.count - 1) / 16384, using: &generator) * 16384
            bytes.resetBytes(in: page..<min(page + 16384, bytes.count))
        case 2: bytes = Data("no longer a database\n".utf8)
        case 3: return try FileManager.default.removeItem(at: url)
        default:
            for _ in 0..<Int.random(in: 1...64, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= UInt8.random(
                    in: 1...255, using: &generator)
            }
        }
        try bytes.write(to: url)
    }
}
