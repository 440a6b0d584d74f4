import Glibc
import ModeluxCore

/// Reads the entries of a live journal in order, with plain reads of the files, so that no mapping is needed.
struct JournalReader {
    /// One entry, decoded.
    enum Entry {
        case intent(LedgerIntent)
        case record(RecordEntry)
    }

    /// The sequence of the last entry that was read.
    private(set) var sequence: UInt64
    private let texts = TextCache()
    private var number: UInt64?
    private var descriptor: Int32 = -1
    private var path = ""
    private var offset = 0
    private var buffer: [UInt8] = []
    /// Where in `buffer` the next entry begins.
    private var start = 0

    private static let chunkBytes = 256 << 10

    /// Begins after the entry `sequence`.
    init(after sequence: UInt64) { self.sequence = sequence }

    /// The next entry of the segment that `extent` describes, or nil when all that is written of it was read.
    /// - Throws: `JournalDamage` when the file does not hold what was written, or cannot be read.
    mutating func next(in extent: JournalState.Extent) throws -> Entry? {
        if number != extent.number { try begin(extent) }
        while true {
            let found = unsafe buffer.withUnsafeBytes { bytes in
                unsafe JournalFrame.entry(in: bytes, at: start)
            }
            if let found { return try take(found) }
            guard offset < extent.end else {
                if start == buffer.count { return nil }
                throw JournalDamage(path: extent.path, sequence: sequence + 1, reason: "an entry does not verify")
            }
            try fill(extent)
        }
    }

    /// Closes the file.
    mutating func close() {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
        number = nil
    }

    private mutating func begin(_ extent: JournalState.Extent) throws {
        close()
        descriptor = unsafe open(extent.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFailure("open", extent.path) }
        (number, path, offset, start) = (extent.number, extent.path, JournalFrame.segmentHeaderBytes, 0)
        buffer.removeAll(keepingCapacity: true)
    }

    private mutating func take(_ found: JournalFrame.Entry) throws -> Entry {
        guard found.sequence == sequence + 1 else {
            throw JournalDamage(path: path, sequence: sequence + 1, reason: "found entry \(found.sequence) instead")
        }
        let entry = unsafe buffer.withUnsafeBytes { bytes in
            unsafe Entry(found.kind, UnsafeRawBufferPointer(rebasing: bytes[found.payload]), texts: texts)
        }
        guard let entry else {
            throw JournalDamage(path: path, sequence: found.sequence, reason: "an entry cannot be decoded")
        }
        sequence = found.sequence
        start = found.end
        return entry
    }

    /// Reads more bytes behind those that are not yet used.
    private mutating func fill(_ extent: JournalState.Extent) throws {
        buffer.removeSubrange(..<start)
        start = 0
        let wanted = min(extent.end - offset, JournalReader.chunkBytes)
        let kept = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: wanted))
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe pread(descriptor, bytes.baseAddress.map { unsafe $0 + kept }, wanted, offset)
        }
        guard count > 0 else { throw SystemFailure("pread", path) }
        buffer.removeLast(wanted - count)
        offset += count
    }
}

extension JournalReader.Entry {
    /// Decodes a payload; nil when it is not of its kind.
    init?(_ kind: JournalFrame.Kind, _ payload: UnsafeRawBufferPointer, texts: TextCache? = nil) {
        switch kind {
        case .intent:
            guard let intent = unsafe RecordCodec.decodeIntent(payload, texts: texts) else { return nil }
            self = .intent(intent)
        case .record:
            guard let record = unsafe RecordCodec.decodeRecord(payload, texts: texts) else { return nil }
            self = unsafe .record(RecordEntry(record, detail: Array(payload)))
        }
    }
}

/// The journal does not hold what was written to it.
struct JournalDamage: Error, CustomStringConvertible {
    let path: String
    let sequence: UInt64
    let reason: String

    var description: String { "\(path): entry \(sequence): \(reason)" }
}
