import Glibc
import ModeluxCore

/// What is in the journal's folder after a restart.
struct JournalRecovery {
    /// Files that hold entries.
    private(set) var segments: [String] = []
    /// Files without entries.
    private(set) var empty: [String] = []
    /// The greatest number of a segment file, 0 without files.
    private(set) var lastNumber: UInt64 = 0
    /// Entries that are missing between others, or do not decode.
    private(set) var damaged: [JournalDamage] = []

    private var index: JournalIndex

    /// Looks through a folder, given the last sequence that the ledger holds. Nothing is changed.
    init(directory: String, progress: UInt64) throws {
        index = JournalIndex(progress: progress)
        for name in DayFile.names(in: directory).sorted() where name.hasSuffix(".seg") {
            guard let number = UInt64(name.dropLast(4)) else { continue }
            lastNumber = max(lastNumber, number)
            let path = directory + "/" + name
            let bytes = try JournalRecovery.bytes(of: path)
            let holdsEntries = unsafe bytes.withUnsafeBytes { bytes in
                unsafe index.add(bytes, segment: segments.count)
            }
            if holdsEntries { segments.append(path) } else { empty.append(path) }
        }
        index.sort()
        damaged = index.gaps.map { gap in
            JournalDamage(path: directory, sequence: gap.lowerBound, reason: "\(gap.count) entries are missing")
        }
    }

    /// The first entry that the ledger once held, holds no more, and that the journal has forgotten.
    var lostByLedger: UInt64? { index.lostByLedger }

    /// The sequence of the last entry, 0 without entries.
    var lastSequence: UInt64 { index.last }

    /// Calls `body` with every entry, in order, those included that the ledger has seen: they tell which intents of
    /// the same segments are closed.
    mutating func replay(_ body: (JournalReader.Entry, UInt64) throws -> Void) throws {
        var loaded: (segment: Int, bytes: [UInt8])?
        for place in index.places {
            if loaded?.segment != place.segment {
                loaded = (place.segment, try JournalRecovery.bytes(of: segments[place.segment]))
            }
            guard let bytes = loaded?.bytes, place.payload.upperBound <= bytes.count else { continue }
            let entry = unsafe bytes.withUnsafeBytes { bytes in
                unsafe JournalReader.Entry(place.kind, UnsafeRawBufferPointer(rebasing: bytes[place.payload]))
            }
            guard let entry else {
                damaged.append(
                    JournalDamage(
                        path: segments[place.segment], sequence: place.sequence, reason: "it cannot be decoded"))
                continue
            }
            try body(entry, place.sequence)
        }
    }

    private static func bytes(of path: String) throws -> [UInt8] {
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
        return bytes
    }
}
