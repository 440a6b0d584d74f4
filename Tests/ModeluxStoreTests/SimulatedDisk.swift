import ModeluxCore

@testable import ModeluxStore

/// A journal's files as the simulation has them: what the page cache holds, and what the platter holds.
struct SimulatedDisk {
    struct File {
        var number: UInt64
        var memory: [UInt8]
        var platter: [UInt8]
        /// Where the next entry goes; volatile.
        var offset = JournalFrame.segmentHeaderBytes
    }

    static let segmentBytes = 8192
    private static let pageBytes = 512

    private(set) var files: [File] = []
    private(set) var sequence: UInt64 = 0
    /// What the ledger holds, as the journal was told.
    var drainedSequence: UInt64 = 0
    private var free: [File] = []
    private var nextNumber: UInt64 = 1

    /// Appends an entry. With `tornAt`, the process dies when that many bytes of it have been copied.
    mutating func append(_ kind: JournalFrame.Kind, _ payload: [UInt8], tornAt: Int? = nil) {
        let size = JournalFrame.size(payloadBytes: payload.count)
        if (files.last.map { $0.memory.count - $0.offset } ?? 0) < size { openFile() }
        sequence += 1
        var entry = [UInt8](repeating: 0, count: size)
        payload.withUnsafeBytes { payload in
            entry.withUnsafeMutableBytes { target in
                JournalFrame.write(
                    kind, payload: payload, checksum: JournalFrame.payloadChecksum(payload), sequence: sequence,
                    to: target, at: 0)
            }
        }
        let last = files.count - 1
        let copied = min(tornAt ?? size, size)
        let start = files[last].offset
        files[last].memory.replaceSubrange(start..<start + copied, with: entry[..<copied])
        files[last].offset += size
    }

    /// A new file, or a drained one with its old entries still in it.
    private mutating func openFile() {
        var file =
            free.popLast()
            ?? File(
                number: 0, memory: [UInt8](repeating: 0, count: SimulatedDisk.segmentBytes),
                platter: [UInt8](repeating: 0, count: SimulatedDisk.segmentBytes))
        file.number = nextNumber
        file.offset = JournalFrame.segmentHeaderBytes
        nextNumber += 1
        file.memory.withUnsafeMutableBytes {
            JournalFrame.write(
                .init(number: file.number, firstSequence: sequence + 1, drainedSequence: drainedSequence), to: $0)
        }
        files.append(file)
    }

    /// Everything that was written reaches the platter.
    mutating func sync() {
        for index in files.indices { files[index].platter = files[index].memory }
    }

    /// Gives drained files to be used again.
    mutating func release(through number: UInt64) {
        free += files.filter { $0.number <= number }
        files.removeAll { $0.number <= number }
    }

    /// The power fails: of what was not synced, each page is there or not, as chance has it. Files that were free are
    /// in the folder like all others.
    mutating func cutPower(using generator: inout SeededGenerator) {
        files += free
        free = []
        for index in files.indices {
            for page in stride(from: 0, to: SimulatedDisk.segmentBytes, by: SimulatedDisk.pageBytes) {
                let range = page..<page + SimulatedDisk.pageBytes
                if Bool.random(using: &generator) {
                    files[index].platter.replaceSubrange(range, with: files[index].memory[range])
                }
            }
            files[index].memory = files[index].platter
        }
        files.shuffle(using: &generator)
    }

    /// The process dies: memory outlives it.
    mutating func kill() {
        files += free
        free = []
    }

    /// A new start has replayed everything up to `sequence`: the files go, and the journal goes on behind it.
    mutating func restart(after sequence: UInt64) {
        files = []
        self.sequence = sequence
        drainedSequence = sequence
    }
}
