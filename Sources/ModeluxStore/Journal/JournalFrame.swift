/// How entries and segment headers lie in a file, as pure functions over bytes.
///
/// A segment is a header and a run of entries with consecutive sequence numbers. An entry is a head of 24 bytes
/// (payload length, kind, two marking bytes, sequence, checksum of all that and the payload) and its payload, padded to
/// eight bytes. What follows the last entry may be the rests of an earlier use of the file: their sequences are lower.
enum JournalFrame {
    static let headBytes = 24
    static let segmentHeaderBytes = 64
    /// No payload is longer; anything that claims to be is no entry.
    static let maximumPayloadBytes = RecordCodec.maximumRecordBytes

    private static let mark: UInt32 = 0x4D4C_0000
    private static let segmentMark: UInt64 = 0x314C_4E52_4A58_4C4D

    /// What an entry holds.
    enum Kind: UInt8 {
        case intent = 1
        case record = 2
    }

    /// An entry as it was found: its payload lies at `payload` in the bytes that were read.
    struct Entry {
        let kind: Kind
        let sequence: UInt64
        let payload: Range<Int>
        /// Where the next entry begins.
        let end: Int
    }

    /// Bytes that an entry with a payload of `count` bytes takes.
    static func size(payloadBytes count: Int) -> Int { headBytes + (count + 7) & ~7 }

    /// The part of an entry's checksum that depends on the payload alone: computed before the sequence is known.
    static func payloadChecksum(_ payload: UnsafeRawBufferPointer) -> UInt64 { unsafe Checksum.of(payload) }

    /// Writes an entry at `offset`; the caller has checked that `size(payloadBytes:)` bytes are there.
    static func write(
        _ kind: Kind, payload: UnsafeRawBufferPointer, checksum: UInt64, sequence: UInt64,
        to target: UnsafeMutableRawBufferPointer, at offset: Int
    ) {
        let lengthAndKind = UInt64(payload.count) | UInt64(mark | UInt32(kind.rawValue)) << 32
        unsafe target.storeBytes(of: lengthAndKind, toByteOffset: offset, as: UInt64.self)
        unsafe target.storeBytes(of: sequence, toByteOffset: offset + 8, as: UInt64.self)
        unsafe target.storeBytes(
            of: seal(checksum, lengthAndKind, sequence), toByteOffset: offset + 16, as: UInt64.self)
        guard let source = payload.baseAddress, let base = target.baseAddress else { return }
        unsafe (base + offset + headBytes).copyMemory(from: source, byteCount: payload.count)
    }

    /// The entry at `offset`, if a whole and sound one lies there.
    static func entry(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Entry? {
        guard offset >= 0, bytes.count - offset >= headBytes else { return nil }
        let lengthAndKind = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let length = Int(lengthAndKind & 0xFFFF_FFFF)
        let marked = UInt32(truncatingIfNeeded: lengthAndKind >> 32)
        guard marked & 0xFFFF_FF00 == mark, let kind = Kind(rawValue: UInt8(truncatingIfNeeded: marked)),
            length <= maximumPayloadBytes, bytes.count - offset >= size(payloadBytes: length)
        else { return nil }
        let sequence = unsafe bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
        let sealed = unsafe bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self)
        let payload = offset + headBytes..<offset + headBytes + length
        let checksum = unsafe payloadChecksum(UnsafeRawBufferPointer(rebasing: bytes[payload]))
        guard seal(checksum, lengthAndKind, sequence) == sealed else { return nil }
        return Entry(kind: kind, sequence: sequence, payload: payload, end: offset + size(payloadBytes: length))
    }

    /// What a segment says of itself.
    struct Header: Equatable {
        /// The number in the file's name.
        var number: UInt64
        /// The sequence of its first entry; 0 while it holds none.
        var firstSequence: UInt64
        /// The sequence up to which the ledger held everything when the segment came into use.
        var drainedSequence: UInt64

        fileprivate var seal: UInt64 {
            Checksum.mix(JournalFrame.seal(segmentMark, number, firstSequence), drainedSequence)
        }
    }

    /// Writes a segment's header.
    static func write(_ header: Header, to target: UnsafeMutableRawBufferPointer) {
        guard target.count >= segmentHeaderBytes else { return }
        unsafe target.storeBytes(of: segmentMark, toByteOffset: 0, as: UInt64.self)
        unsafe target.storeBytes(of: header.number, toByteOffset: 8, as: UInt64.self)
        unsafe target.storeBytes(of: header.firstSequence, toByteOffset: 16, as: UInt64.self)
        unsafe target.storeBytes(of: header.drainedSequence, toByteOffset: 24, as: UInt64.self)
        unsafe target.storeBytes(of: header.seal, toByteOffset: 32, as: UInt64.self)
    }

    /// A segment's header, if it is sound.
    static func header(in bytes: UnsafeRawBufferPointer) -> Header? {
        guard bytes.count >= segmentHeaderBytes,
            unsafe bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self) == segmentMark
        else { return nil }
        let header = Header(
            number: unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
            firstSequence: unsafe bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
            drainedSequence: unsafe bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
        let sealed = unsafe bytes.loadUnaligned(fromByteOffset: 32, as: UInt64.self)
        return header.seal == sealed ? header : nil
    }

    private static func seal(_ checksum: UInt64, _ first: UInt64, _ second: UInt64) -> UInt64 {
        Checksum.mix(Checksum.mix(checksum, first), second)
    }
}
