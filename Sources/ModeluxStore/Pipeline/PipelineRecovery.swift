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

    /// Replays the journal's folder and removes its files.
    /// - Throws: `StoreFailure` of kind `damaged` when the ledger is older than the journal.
    static func run(
        journalDirectory: String, ledger: LedgerWriter, records: RecordWriter, logger: Logger
    ) throws -> Outcome {
        let progress = try ledger.progress()
        var replay = LedgerReplay(progress: progress, held: try ledger.heldIntents())
        var journal = try JournalRecovery(directory: journalDirectory, progress: progress)
        if let lost = journal.lostByLedger {
            throw StoreFailure(
                .damaged, path: ledger.path, reason: "entry \(lost), once written to it, is missing",
                advice: "its -wal file is missing, or a backup was restored without its journal folder: "
                    + "put both back, or move the journal folder aside")
        }
        try journal.replay { entry, sequence in
            replay.take(entry, sequence: sequence)
            guard replay.batch.isFull else { return }
            try records.write(replay.batch.settlements)
            try ledger.write(replay.batch)
            replay.begin()
        }
        let unsettled = replay.finish(after: journal.lastSequence)
        try records.write(replay.batch.settlements)
        try ledger.write(replay.batch)
        let last = replay.batch.sequence
        report(journal.damaged, unsettled: unsettled, to: logger)
        remove(journal)
        return Outcome(
            continuation: Journal.Continuation(sequence: last + 1, segmentNumber: journal.lastNumber + 1),
            unsettled: unsettled, damaged: journal.damaged.count)
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
                unsafe unlink(segment)
            } else {
                _ = unsafe rename(segment, segment + ".damaged-\(now)")
            }
        }
        for path in journal.empty { unsafe unlink(path) }
    }
}
