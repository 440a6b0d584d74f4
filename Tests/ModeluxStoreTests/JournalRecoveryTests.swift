import Foundation
import ModeluxCore
import Testing

@testable import ModeluxStore

struct JournalRecoveryTests {
    /// A folder whose journal holds 40 pairs of intent and record, and the file they are in.
    private static func written(_ folder: TemporaryFolder) async throws -> String {
        let journal = try Journal(
            directory: folder.path, settings: JournalSettings(segmentBytes: 64 << 10, readySegments: 1),
            continuing: .init(sequence: 1, segmentNumber: 1), logger: quietLogger)
        for number in 0..<40 {
            let id = Fixture.id(UInt64(number))
            try journal.append(intent: Fixture.intent(id))
            try journal.append(record: Fixture.record(id))
        }
        await journal.close()
        return Journal.path(folder.path, 1)
    }

    private static func replay(_ folder: TemporaryFolder, progress: UInt64 = 0) throws -> ([UInt64], [JournalDamage]) {
        var recovery = try JournalRecovery(directory: folder.path, progress: progress)
        var sequences: [UInt64] = []
        try recovery.replay { sequences.append($1) }
        return (sequences, recovery.damaged)
    }

    private static func ends(of bytes: [UInt8]) -> [Int] {
        var ends: [Int] = []
        bytes.withUnsafeBytes { bytes in JournalScan.entries(in: bytes, from: 1) { ends.append($0.end) } }
        return ends
    }

    @Test func `a tail torn at any byte costs the torn entry only`() async throws {
        let folder = try TemporaryFolder()
        let path = try await JournalRecoveryTests.written(folder)
        let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        let ends = JournalRecoveryTests.ends(of: whole)
        #expect(ends.count == 80)
        // From a byte after the 78th entry's end, what was there before the file was used.
        for cut in stride(from: ends[77], through: ends[79], by: 7) {
            var torn = whole
            torn.replaceSubrange(cut..., with: repeatElement(0, count: whole.count - cut))
            try Data(torn).write(to: URL(fileURLWithPath: path))
            let (sequences, damaged) = try JournalRecoveryTests.replay(folder)
            let count = ends.count { $0 <= cut }
            #expect(sequences.count >= count && sequences.count <= count + 1)
            #expect(sequences == Array(1...UInt64(sequences.count)))
            #expect(damaged.isEmpty)
        }
    }

    @Test func `damage in the middle costs what was hit, and is reported`() async throws {
        let folder = try TemporaryFolder()
        let path = try await JournalRecoveryTests.written(folder)
        let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        let ends = JournalRecoveryTests.ends(of: whole)
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            var bytes = whole
            let place = Int.random(in: JournalFrame.segmentHeaderBytes..<ends[78], using: &generator)
            bytes[place] ^= UInt8.random(in: 1...255, using: &generator)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let (sequences, damaged) = try JournalRecoveryTests.replay(folder)
            // A flipped bit in the padding behind a payload hits nothing.
            let hit = UInt64(ends.count { $0 <= place }) + 1
            #expect(sequences == (1...80).filter { $0 != hit } || sequences == Array(1...80))
            #expect(damaged.count == 80 - sequences.count)
            if let damage = damaged.first { #expect(damage.sequence == hit) }
        }
    }

    @Test func `what the ledger has is no damage`() async throws {
        let folder = try TemporaryFolder()
        let path = try await JournalRecoveryTests.written(folder)
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        bytes[JournalRecoveryTests.ends(of: bytes)[10] - 20] ^= 0xFF
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try JournalRecoveryTests.replay(folder, progress: 5).1.count == 1)
        #expect(try JournalRecoveryTests.replay(folder, progress: 60).1.isEmpty)
    }

    @Test func `a lost header hides nothing that the ledger lacks`() async throws {
        let folder = try TemporaryFolder()
        let path = try await JournalRecoveryTests.written(folder)
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        bytes.replaceSubrange(0..<64, with: repeatElement(0, count: 64))
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let (sequences, damaged) = try JournalRecoveryTests.replay(folder, progress: 30)
        #expect(sequences == Array(31...80))
        #expect(damaged.isEmpty)
    }

    @Test func `no bytes in the folder trap a start`() async throws {
        var generator = SeededGenerator(seed: 4)
        for round in 0..<60 {
            let folder = try TemporaryFolder()
            let path = try await JournalRecoveryTests.written(folder)
            var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
            for _ in 0..<Int.random(in: 1...64, using: &generator) {
                bytes[Int.random(in: 0..<40_000, using: &generator)] = UInt8(truncatingIfNeeded: generator.next())
            }
            if round % 3 == 0 { bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator)) }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let (sequences, _) = try JournalRecoveryTests.replay(folder)
            #expect(sequences == sequences.sorted())
        }
    }
}
