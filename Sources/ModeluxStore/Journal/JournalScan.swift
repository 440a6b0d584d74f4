/// Finds the entries of a segment after a restart, when nobody knows how far it was written.
enum JournalScan {
    /// Calls `body` with every sound entry whose sequence is `lowest` or more.
    ///
    /// Lower sequences are the rests of an earlier use of the file. A damaged entry does not hide the ones behind it:
    /// the search goes on at the next multiple of eight, and the caller sees the gap in the sequence.
    static func entries(
        in bytes: UnsafeRawBufferPointer, from lowest: UInt64, _ body: (JournalFrame.Entry) throws -> Void
    ) rethrows {
        var offset = JournalFrame.segmentHeaderBytes
        while offset < bytes.count {
            guard let entry = unsafe JournalFrame.entry(in: bytes, at: offset) else {
                offset += 8
                continue
            }
            offset = entry.end
            if entry.sequence >= lowest { try body(entry) }
        }
    }
}
