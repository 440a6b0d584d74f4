import Glibc
import Logging
import ModeluxCore
import Synchronization

/// The thread that moves the journal's entries into ledger and records.
///
/// `@unchecked Sendable`: connections, reader and merge are touched by the thread that runs `run()` alone; whoever
/// makes the drain hands it over before that thread starts.
final class RecordDrain: @unchecked Sendable {
    let progress = DrainProgress()
    private let journal: Journal
    private let ledger: LedgerWriter
    private let records: RecordWriter
    private let logger: Logger
    private let isStopping = Atomic(false)
    private var reader: JournalReader
    private var merge = LedgerMerge()

    /// How long entries gather before they are written. Every batch costs two commits, one with an fsync, and some 20
    /// pages that are written again with each: at 10,000 requests a second 40 ms cost 2 µs a request more than this.
    private static let gatherMicroseconds: UInt32 = 150_000
    /// Empty rounds of gathering before the thread sleeps until it is signalled.
    private static let idleRounds = 7

    init(journal: Journal, ledger: LedgerWriter, records: RecordWriter, after sequence: UInt64, logger: Logger) {
        self.journal = journal
        self.ledger = ledger
        self.records = records
        self.logger = logger
        reader = JournalReader(after: sequence)
        progress.reach(sequence, items: 0)
    }

    /// Asks the thread to write what is left and end.
    func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        journal.entrySignal.signal()
    }

    /// The thread's body.
    func run() {
        defer {
            reader.close()
            records.close()
            progress.end()
        }
        var emptyRounds = 0
        var lastSync = monotonicNanoseconds()
        while true {
            let mustStop = isStopping.load(ordering: .sequentiallyConsistent)
            guard let (batch, segment) = gather() else { return }
            if batch.sequence > progress.done || segment != nil {
                guard commit(batch, releasing: segment) else { return }
                emptyRounds = 0
                checkpoint(isIdle: false)
            } else {
                if mustStop { break }
                emptyRounds += 1
            }
            if monotonicNanoseconds() - lastSync > 1_000_000_000 {
                records.sync()
                lastSync = monotonicNanoseconds()
            }
            if !mustStop, !batch.isFull { rest(emptyRounds) }
        }
        checkpoint(isIdle: true)
    }

    /// Lets entries gather; after a second without any, sleeps until the first one.
    private func rest(_ emptyRounds: Int) {
        guard emptyRounds > RecordDrain.idleRounds else {
            usleep(RecordDrain.gatherMicroseconds)
            return
        }
        records.sync()
        checkpoint(isIdle: true)
        journal.entrySignal.arm()
        if journal.lastSequence > reader.sequence || isStopping.load(ordering: .sequentiallyConsistent) {
            journal.entrySignal.disarm()
            return
        }
        journal.entrySignal.wait(milliseconds: 60_000)
        usleep(RecordDrain.gatherMicroseconds)
    }

    /// Reads what has been appended, up to a batch, and names the last segment of which everything is in this batch or
    /// before it; nil when the journal cannot be read, which is final.
    private func gather() -> (LedgerBatch, UInt64?)? {
        var batch = LedgerBatch(after: reader.sequence)
        var drained: UInt64?
        do {
            for extent in journal.extents() {
                while !batch.isFull, let entry = try reader.next(in: extent) {
                    batch.take(entry, sequence: reader.sequence, merge: &merge)
                }
                guard extent.isClosed, !batch.isFull else { break }
                batch.hold(&merge)
                drained = extent.number
            }
        } catch {
            progress.report("\(error)")
            journal.failClosed(because: "\(error)")
            return nil
        }
        for settlement in batch.settlements where settlement.isAmended {
            logger.error(
                "a record lacks attempts that were announced; they are booked as unsettled",
                metadata: ["request_id": "\(settlement.entry.record.requestID)"])
        }
        return (batch, drained)
    }

    /// Writes a batch, again and again while the disk refuses; false when it never will, or at a stop.
    private func commit(_ batch: LedgerBatch, releasing segment: UInt64?) -> Bool {
        var delay: UInt32 = 100_000
        var hasFailed = false
        while true {
            do {
                // Records first: once the ledger says that the batch is done, nobody would write them any more.
                try records.write(batch.settlements)
                try ledger.write(batch)
                progress.reach(batch.sequence, items: batch.settlements.count)
                journal.drained(through: batch.sequence)
                if hasFailed { journal.leaveSpace(false) }
                if let segment { journal.release(through: segment) }
                return true
            } catch {
                progress.report("\(error)")
                hasFailed = true
                journal.leaveSpace(true)
                let failure = error as? StoreFailure
                if failure?.kind == .damaged || failure?.isFailedSync == true {
                    journal.failClosed(because: "\(error)")
                    return false
                }
                logger.error("records wait in the journal", metadata: ["error": "\(error)"])
            }
            if isStopping.load(ordering: .sequentiallyConsistent) { return false }
            usleep(delay)
            delay = min(delay * 2, 2_000_000)
        }
    }

    private func checkpoint(isIdle: Bool) {
        do {
            try ledger.checkpoint(isIdle: isIdle)
            try records.checkpoint(isIdle: isIdle)
        } catch {
            if (error as? StoreFailure)?.isFailedSync == true { journal.failClosed(because: "\(error)") }
            // Else the write-ahead log stays and grows; the next round tries again.
            logger.error("a checkpoint failed", metadata: ["error": "\(error)"])
        }
    }
}
