import Glibc
import Logging
import ModeluxCore

/// What happens at start: everything that the last run wrote to the journal reaches ledger and records, once.
enum PipelineRecovery {
    /// What was found and done.
    struct Outcome {
        /// Where the journal goes on.
        var continuation: Journal.Continuation
        /// Operations that were booked as unsettled.
        var unsettled = 0
        /// Entries that were damaged.
        var damaged = 0
    }

    private static let batchRecords = 4000

    /// Replays the journal's folder and removes its files.
    /// - Throws: `StoreFailure` of kind `damaged` when the ledger is older than the journal.
    static func run(
        journalDirectory: String, ledger: LedgerWriter, records: RecordWriter, logger: Logger
    ) throws -> Outcome {
        let progress = try ledger.progress()
        var merge = LedgerMerge()
        for intent in try ledger.heldIntents() { merge.takeHeld(intent) }
        var journal = try JournalRecovery(directory: journalDirectory, progress: progress)
        if let first = journal.segments.first?.first, first > progress + 1 {
            throw StoreFailure(
                .damaged, path: ledger.path, reason: "it ends at entry \(progress), the journal begins at \(first)",
                advice: "its -wal file is missing, or a backup was restored without its journal folder: "
                    + "put both back, or move the journal folder aside")
        }
        var settlements: [LedgerMerge.Settlement] = []
        var details: [(record: RequestRecord, detail: [UInt8])] = []
        try journal.replay { entry, sequence in
            switch entry {
            case .intent(let intent): merge.take(intent, sequence: sequence)
            case .record(let record, let detail):
                let settlement = merge.settle(record)
                guard sequence > progress else { return }
                details.append(
                    (settlement.record, settlement.isAmended ? RecordCodec.bytes(of: settlement.record) : detail))
                settlements.append(settlement)
                guard settlements.count >= batchRecords else { return }
                try records.write(details)
                try ledger.write(held: [], settlements: settlements, progress: sequence)
                (settlements, details) = ([], [])
            }
        }
        let unsettled = merge.resolve()
        let last = max(progress, journal.lastSequence)
        try records.write(details + unsettled.map { ($0.record, RecordCodec.bytes(of: $0.record)) })
        try ledger.write(held: [], settlements: settlements + unsettled, progress: last)
        report(journal.damaged, unsettled: unsettled.count, to: logger)
        remove(journal)
        return Outcome(
            continuation: Journal.Continuation(sequence: last + 1, segmentNumber: journal.lastNumber + 1),
            unsettled: unsettled.count, damaged: journal.damaged.count)
    }

    private static func report(_ damaged: [JournalDamage], unsettled: Int, to logger: Logger) {
        for damage in damaged {
            logger.critical("the journal is damaged; its files are kept", metadata: ["damage": "\(damage)"])
        }
        guard unsettled > 0 else { return }
        logger.warning(
            "operations that the last run left open are booked as unsettled", metadata: ["count": "\(unsettled)"])
    }

    /// Everything is in the ledger, synced; a damaged journal is kept under another name for a human to look at.
    private static func remove(_ journal: JournalRecovery) {
        let now = monotonicNanoseconds()
        for segment in journal.segments {
            if journal.damaged.isEmpty {
                unsafe unlink(segment.path)
            } else {
                _ = unsafe rename(segment.path, segment.path + ".damaged-\(now)")
            }
        }
        for path in journal.empty { unsafe unlink(path) }
    }
}
