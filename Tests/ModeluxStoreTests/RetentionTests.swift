import Foundation
import ModeluxCore
import ModeluxStore
import Testing

struct RetentionTests {
    /// 2026-05-10, at noon.
    private let now = Timestamp(iso8601: "2026-05-10T12:00:00Z") ?? Timestamp(microseconds: 0)

    @Test(
        arguments: [
            (days: 3, expected: ["2026-05-07", "2026-05-08", "2026-05-09", "2026-05-10"]),
            (days: 1, expected: ["2026-05-09", "2026-05-10"]), (days: 0, expected: []), (days: 400, expected: nil),
        ] as [(days: Int, expected: [String]?)])
    func `bodies are kept for their days and today`(days: Int, expected: [String]?) throws {
        let folder = try makeFolder()
        let limits = Retention.Limits(recordDays: 400, bodyDays: days, bodyBytes: .max)
        _ = Retention(dataDirectory: folder, limits: limits).run(now: now)
        #expect(try self.days(folder, "bodies") == expected ?? allDays)
        #expect(try self.days(folder, "records") == allDays)
    }

    @Test
    func `records are kept for their days, and their logs go with them`() throws {
        let folder = try makeFolder()
        let limits = Retention.Limits(recordDays: 2, bodyDays: 400, bodyBytes: .max)
        let outcome = Retention(dataDirectory: folder, limits: limits).run(now: now)
        #expect(try days(folder, "records") == ["2026-05-08", "2026-05-09", "2026-05-10"])
        #expect(outcome.removed.count == allDays.count - 3)
        #expect(!FileManager.default.fileExists(atPath: folder + "/records/2026-05-01.db-wal"))
    }

    @Test
    func `the oldest bodies go first when there are too many bytes`() throws {
        let folder = try makeFolder()
        let limits = Retention.Limits(recordDays: 400, bodyDays: 400, bodyBytes: 4 * 8192)
        let outcome = Retention(dataDirectory: folder, limits: limits).run(now: now)
        #expect(try days(folder, "bodies") == ["2026-05-07", "2026-05-08", "2026-05-09", "2026-05-10"])
        #expect(outcome.bodyBytes == 4 * 8192)
        #expect(!outcome.isFull)
    }

    @Test
    func `today's bodies stay, and the outcome says that they fill the store`() throws {
        let folder = try makeFolder()
        let limits = Retention.Limits(recordDays: 400, bodyDays: 400, bodyBytes: 1)
        let outcome = Retention(dataDirectory: folder, limits: limits).run(now: now)
        #expect(try days(folder, "bodies") == ["2026-05-10"])
        #expect(outcome.isFull)
    }

    @Test
    func `what is no day file stays`() throws {
        let folder = try makeFolder()
        let foreign = folder + "/bodies/2026-04-01.db.damaged-1"
        try Data("x".utf8).write(to: URL(filePath: foreign))
        let limits = Retention.Limits(recordDays: 1, bodyDays: 0, bodyBytes: 0)
        _ = Retention(dataDirectory: folder, limits: limits).run(now: now)
        #expect(FileManager.default.fileExists(atPath: foreign))
    }

    private var allDays: [String] { (1...10).map { "2026-05-" + ($0 < 10 ? "0" : "") + String($0) } }

    /// Ten days of files, each with a log; 8 KiB on disk together.
    private func makeFolder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "modelux-\(UUID().uuidString)").path
        for kind in ["records", "bodies"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(kind)", withIntermediateDirectories: true)
            for day in allDays {
                for suffix in [".db", ".db-wal"] {
                    try Data(repeating: 1, count: 4096).write(to: URL(filePath: "\(folder)/\(kind)/\(day)\(suffix)"))
                }
            }
        }
        return folder
    }

    private func days(_ folder: String, _ kind: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(kind)")
            .filter { $0.hasSuffix(".db") }.map { String($0.dropLast(3)) }.sorted()
    }
}
