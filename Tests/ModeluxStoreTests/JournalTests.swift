import Foundation
import ModeluxCore
import Testing

@testable import ModeluxStore

struct JournalTests {
    private static let small = JournalSettings(
        segmentBytes: 64 << 10, maximumBytes: 512 << 10, readySegments: 2, syncInterval: .milliseconds(10))

    private static func journal(
        _ folder: TemporaryFolder, settings: JournalSettings = small, after sequence: UInt64 = 0
    ) throws -> Journal {
        try Journal(
            directory: folder.path, settings: settings,
            continuing: .init(sequence: sequence + 1, segmentNumber: 1), logger: quietLogger)
    }

    /// Every entry that a live journal holds, read as the drain reads.
    private static func entries(of journal: Journal) throws -> [JournalReader.Entry] {
        var reader = JournalReader(after: 0)
        defer { reader.close() }
        var entries: [JournalReader.Entry] = []
        for extent in journal.extents() {
            while let entry = try reader.next(in: extent) { entries.append(entry) }
        }
        return entries
    }

    @Test func `entries are read in the order in which they were appended, across segments`() async throws {
        let folder = try TemporaryFolder()
        let journal = try JournalTests.journal(folder)
        let ids = (0..<300).map { Fixture.id(UInt64($0)) }
        for id in ids {
            try journal.append(intent: Fixture.intent(id))
            try journal.append(record: Fixture.record(id))
        }
        #expect(journal.extents().count > 1)
        let found = try JournalTests.entries(of: journal).map { entry in
            switch entry {
            case .intent(let intent): "intent \(intent.requestID)"
            case .record(let entry): "record \(entry.record.requestID)"
            }
        }
        #expect(found == ids.flatMap { ["intent \($0)", "record \($0)"] })
        await journal.close()
    }

    @Test func `a full journal refuses intents, and never a record that an intent has announced`() async throws {
        let folder = try TemporaryFolder()
        let journal = try JournalTests.journal(folder)
        var open: [RequestID] = []
        var number: UInt64 = 0
        while true {
            let id = Fixture.id(number)
            number += 1
            do {
                try journal.append(intent: Fixture.intent(id))
                open.append(id)
            } catch {
                #expect(error == .full)
                break
            }
        }
        #expect(open.count > 50)
        // Records as long as they come, so that only the lean form fits into what was reserved.
        for id in open {
            var record = RandomRecord.longest(text: String(repeating: "x", count: 600), attempts: 1)
            record.requestID = id
            try journal.append(record: record)
        }
        #expect(throws: JournalFailure.full) {
            for number in 0..<5000 {
                try journal.append(record: Fixture.record(Fixture.id(UInt64(number) + 10_000), attempts: []))
            }
        }
        let records = try JournalTests.entries(of: journal).filter { if case .record = $0 { true } else { false } }
        #expect(records.count >= open.count)
        #expect(journal.figures.openOperations == 0)
        #expect(journal.figures.reservedBytes == 0)
        #expect(journal.figures.refused > 0)
        await journal.close()
    }

    @Test func `any interleaving of intents and long records keeps the promise`() async throws {
        for seed in 0..<30 {
            let folder = try TemporaryFolder()
            let journal = try JournalTests.journal(folder)
            var generator = SeededGenerator(seed: UInt64(seed))
            var open: [RequestID: Int] = [:]
            for step in 0..<600 {
                if Int.random(in: 0..<3, using: &generator) > 0 {
                    let again = Bool.random(using: &generator) ? open.keys.randomElement(using: &generator) : nil
                    let id = again ?? Fixture.id(UInt64(step) + UInt64(seed) * 1000)
                    do {
                        try journal.append(intent: Fixture.intent(id, attempt: open[id, default: 0] + 1))
                        open[id, default: 0] += 1
                    } catch { #expect(error == .full) }
                } else if let (id, attempts) = open.randomElement(using: &generator) {
                    open[id] = nil
                    let text = String(repeating: "y", count: Int.random(in: 0...700, using: &generator))
                    var record = RandomRecord.longest(text: text, attempts: attempts)
                    record.requestID = id
                    try journal.append(record: record)
                }
            }
            #expect(journal.figures.openOperations == open.count)
            await journal.close()
        }
    }

    @Test func `drained segments are used again, and the folder stays bounded`() async throws {
        let folder = try TemporaryFolder()
        let journal = try JournalTests.journal(folder)
        var reader = JournalReader(after: 0)
        var count = 0
        for number in 0..<3000 {
            let id = Fixture.id(UInt64(number))
            try journal.append(intent: Fixture.intent(id))
            try journal.append(record: Fixture.record(id))
            guard number % 50 == 49 else { continue }
            for extent in journal.extents() {
                while try reader.next(in: extent) != nil { count += 1 }
                guard extent.isClosed else { break }
                journal.drained(through: reader.sequence)
                journal.release(through: extent.number)
            }
        }
        #expect(count == 6000)
        #expect(journal.figures.allocatedBytes <= 512 << 10)
        await journal.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count <= 8)
        reader.close()
    }

    @Test(arguments: [JournalSettings.Durability.process, .power])
    func `eight threads append, and nothing is lost or torn`(durability: JournalSettings.Durability) async throws {
        let folder = try TemporaryFolder()
        var settings = JournalTests.small
        settings.durability = durability
        settings.maximumBytes = 16 << 20
        let journal = try JournalTests.journal(folder, settings: settings)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for thread in 0..<8 {
                group.addTask {
                    for number in 0..<200 {
                        let id = Fixture.id(UInt64(thread * 1000 + number))
                        try journal.append(intent: Fixture.intent(id))
                        let position = try journal.append(record: Fixture.record(id))
                        if number % 20 == 0 { try await journal.waitUntilDurable(position) }
                    }
                }
            }
            try await group.waitForAll()
        }
        let entries = try JournalTests.entries(of: journal)
        #expect(entries.count == 3200)
        await journal.close()
        var recovery = try JournalRecovery(directory: folder.path, progress: 0)
        var sequences: [UInt64] = []
        try recovery.replay { sequences.append($1) }
        #expect(sequences == Array(1...3200))
        #expect(recovery.damaged.isEmpty)
    }

    @Test func `a closed journal and a failed one refuse, and say which`() async throws {
        let folder = try TemporaryFolder()
        let journal = try JournalTests.journal(folder)
        journal.failClosed(because: "a test")
        #expect(!journal.isHealthy)
        #expect(throws: JournalFailure.unhealthy) { try journal.append(intent: Fixture.intent(Fixture.id(1))) }
        #expect(throws: JournalFailure.unhealthy) { try journal.append(record: Fixture.record(Fixture.id(1))) }
        await journal.close()
        #expect(throws: JournalFailure.unhealthy) { try journal.append(intent: Fixture.intent(Fixture.id(1))) }
        let other = try JournalTests.journal(TemporaryFolder())
        await other.close()
        #expect(throws: JournalFailure.closed) { try other.append(intent: Fixture.intent(Fixture.id(1))) }
    }

    @Test func `an entry that was waited for is durable, before and after the journal is closed`() async throws {
        let folder = try TemporaryFolder()
        var settings = JournalTests.small
        settings.durability = .power
        let journal = try JournalTests.journal(folder, settings: settings)
        let id = Fixture.id(1)
        try journal.append(intent: Fixture.intent(id))
        let position = try journal.append(record: Fixture.record(id))
        try await journal.waitUntilDurable(position)
        await journal.close()
        // Durable is durable, open or closed.
        try await journal.waitUntilDurable(position)
    }
}
