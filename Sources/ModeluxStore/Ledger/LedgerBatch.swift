/// What one transaction writes: the ends of operations, and the attempts under way that the journal will forget.
struct LedgerBatch {
    private(set) var settlements: [LedgerMerge.Settlement] = []
    private(set) var held: [LedgerRow] = []
    /// The sequence of the last entry that is in it, or in a batch before it.
    private(set) var sequence: UInt64

    /// At most this many operations in one transaction.
    private static let maximumSettlements = 2000

    /// An empty batch behind the entry `sequence`.
    init(after sequence: UInt64) { self.sequence = sequence }

    var isFull: Bool { settlements.count >= LedgerBatch.maximumSettlements }

    /// Adds what an entry of the journal says.
    mutating func take(_ entry: JournalReader.Entry, sequence: UInt64, merge: inout LedgerMerge) {
        switch entry {
        case .intent(let intent): merge.take(intent, sequence: sequence)
        case .record(let record): settlements.append(merge.settle(record))
        }
        self.sequence = sequence
    }

    /// Adds operations whose end nobody wrote down, after the entry `sequence`.
    mutating func append(_ unsettled: [LedgerMerge.Settlement], sequence: UInt64) {
        settlements += unsettled
        self.sequence = max(self.sequence, sequence)
    }

    /// Adds the attempts under way whose intents the journal is about to forget.
    mutating func hold(_ merge: inout LedgerMerge) { held += merge.hold(through: sequence) }
}
