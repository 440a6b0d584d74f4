/// Every entry that is left in a journal's segments, as a pure value: where each lies, and what is missing.
///
/// Entries are ordered by their own sequence, not by their files': after a power cut the header of a reused file may
/// be the one of its earlier use, while the entries behind it are new.
struct JournalIndex {
    /// Where an entry lies.
    struct Place {
        let sequence: UInt64
        let kind: JournalFrame.Kind
        /// The segment, in the order in which they were added.
        let segment: Int
        let payload: Range<Int>
    }

    /// The places, ascending by sequence once `sort` has been called.
    private(set) var places: [Place] = []
    /// The sequence up to which the ledger once held everything, as the segments tell.
    private var drained: UInt64 = 0
    private let progress: UInt64

    /// An empty index; `progress` is the sequence of the last entry that the ledger holds.
    init(progress: UInt64) { self.progress = progress }

    /// Adds the entries of a segment's bytes.
    /// - Returns: Whether there were any.
    mutating func add(_ bytes: UnsafeRawBufferPointer, segment: Int) -> Bool {
        // A header that is lost, or that was never given a sequence, leaves what the ledger does not have.
        let header = unsafe JournalFrame.header(in: bytes).flatMap { $0.firstSequence > 0 ? $0 : nil }
        drained = max(drained, header?.drainedSequence ?? 0)
        let lowest = header?.firstSequence ?? progress + 1
        let before = places.count
        unsafe JournalScan.entries(in: bytes, from: lowest) { entry in
            places.append(
                Place(sequence: entry.sequence, kind: entry.kind, segment: segment, payload: entry.payload))
        }
        return places.count > before
    }

    /// Brings the places into order.
    mutating func sort() { places.sort { $0.sequence < $1.sequence } }

    /// The sequence of the last entry, 0 without entries.
    var last: UInt64 { places.last?.sequence ?? 0 }

    /// The first entry that the ledger once held, holds no more, and that the journal has forgotten: then the ledger is
    /// an older one than the journal belongs to.
    var lostByLedger: UInt64? {
        var expected = progress + 1
        for place in places where place.sequence >= expected {
            if place.sequence > expected { break }
            expected += 1
        }
        return expected <= drained ? expected : nil
    }

    /// The gaps between entries that the ledger does not have: what a torn page or a rotten sector took.
    var gaps: [ClosedRange<UInt64>] {
        var gaps: [ClosedRange<UInt64>] = []
        var expected = progress + 1
        for place in places where place.sequence >= expected {
            if place.sequence > expected { gaps.append(expected...place.sequence - 1) }
            expected = place.sequence + 1
        }
        return gaps
    }
}
