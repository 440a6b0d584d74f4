import ModeluxCore

/// The replay of a journal after a stop, as a pure value: takes every entry that is left, those included that the
/// ledger has seen, and gives the batches that it has not.
struct LedgerReplay {
    private(set) var batch: LedgerBatch
    private let progress: UInt64
    private var merge = LedgerMerge()

    /// Begins behind the last entry that the ledger holds, `progress`, with the attempts under way that it holds for a
    /// journal that has forgotten them.
    init(progress: UInt64, held: [LedgerIntent]) {
        self.progress = progress
        batch = LedgerBatch(after: progress)
        for intent in held { merge.takeHeld(intent) }
    }

    /// Takes the next entry. When the batch is full afterwards, write it and call `begin`.
    mutating func take(_ entry: JournalReader.Entry, sequence: UInt64) {
        if sequence > progress { return batch.take(entry, sequence: sequence, merge: &merge) }
        // Seen before: all that matters is which operations it leaves open.
        var seen = LedgerBatch(after: sequence)
        seen.take(entry, sequence: sequence, merge: &merge)
    }

    /// Begins the next batch: the last one has been written.
    mutating func begin() { batch = LedgerBatch(after: batch.sequence) }

    /// After the last entry, whose sequence is `last`: books the operations that nobody ended as unsettled, into the
    /// batch to be written last.
    /// - Returns: How many they are.
    mutating func finish(after last: UInt64) -> Int {
        let unsettled = merge.resolve()
        batch.append(unsettled, sequence: last)
        return unsettled.count
    }
}
