import Glibc
import ModeluxCore

/// What is in the journal's folder after a restart.
struct JournalRecovery {
    /// Segments that hold entries, in the order of their entries.
    private(set) var segments: [(path: String, first: UInt64)] = []
    /// Files without entries.
    private(set) var empty: [String] = []
    /// The greatest number of a segment file, 0 without files.
    private(set) var lastNumber: UInt64 = 0
    /// Entries that are missing between others, or do not decode; each was an intent or a record.
    private(set) var damaged: [JournalDamage] = []
    /// The sequence of the last entry.
    private(set) var lastSequence: UInt64 = 0

    private let progress: UInt64

    /// Looks through a folder, given the last sequence that the ledger holds. Nothing is changed.
    init(directory: String, progress: UInt64) throws {
        self.progress = progress
        for name in DayFile.names(in: directory) where name.hasSuffix(".seg") {
            guard let number = UInt64(name.dropLast(4)) else { continue }
            lastNumber = max(lastNumber, number)
            let path = directory + "/" + name
            let first = try unsafe JournalRecovery.withBytes(of: path) { bytes in unsafe lowestSequence(in: bytes) }
            if let first { segments.append((path, first)) } else { empty.append(path) }
        }
        segments.sort { $0.first < $1.first }
    }

    /// Calls `body` with every entry, in order, those included that the ledger has seen: they tell which intents of
    /// the same segments are closed.
    mutating func replay(_ body: (JournalReader.Entry, UInt64) throws -> Void) throws {
        for segment in segments {
            var last = lastSequence == 0 ? segment.first - 1 : lastSequence
            var damage: [JournalDamage] = []
            try unsafe JournalRecovery.withBytes(of: segment.path) { bytes in
                try unsafe JournalScan.entries(in: bytes, from: max(segment.first, last + 1)) { found in
                    // What the ledger has is no loss, and the first entry found has none before it.
                    if found.sequence > last + 1, found.sequence > progress + 1 {
                        damage.append(
                            JournalDamage(
                                path: segment.path, sequence: last + 1,
                                reason: "\(found.sequence - last - 1) entries are missing"))
                    }
                    last = found.sequence
                    let entry = unsafe JournalReader.Entry(
                        found.kind, UnsafeRawBufferPointer(rebasing: bytes[found.payload]))
                    guard let entry else {
                        damage.append(
                            JournalDamage(path: segment.path, sequence: last, reason: "it cannot be decoded"))
                        return
                    }
                    try body(entry, found.sequence)
                }
            }
            lastSequence = last
            damaged += damage
        }
    }

    /// The lowest sequence that is of this use of the file, nil without entries: the header says so, or, if the header
    /// is lost, it is the first that the ledger does not have.
    private func lowestSequence(in bytes: UnsafeRawBufferPointer) -> UInt64? {
        let header = unsafe JournalFrame.header(in: bytes)
        let lowest = header.map(\.firstSequence).flatMap { $0 > 0 ? $0 : nil } ?? progress + 1
        var isEmpty = true
        unsafe JournalScan.entries(in: bytes, from: lowest) { _ in isEmpty = false }
        return isEmpty ? nil : lowest
    }

    private static func withBytes<Value>(
        of path: String, _ body: (UnsafeRawBufferPointer) throws -> Value
    ) throws -> Value {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFailure("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw SystemFailure("fstat", path) }
        var bytes = [UInt8](repeating: 0, count: max(0, status.st_size))
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(descriptor, buffer.baseAddress.map { unsafe $0 + offset }, buffer.count - offset, offset)
            }
            guard count > 0 else { throw SystemFailure("pread", path) }
            offset += count
        }
        return unsafe try bytes.withUnsafeBytes { try unsafe body($0) }
    }
}
