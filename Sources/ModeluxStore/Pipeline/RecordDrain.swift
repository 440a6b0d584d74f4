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

    /// At most this many records in one transaction.
    private static let batchRecords = 4000
    /// How long entries gather before they are written.
    private static let gatherMicroseconds: UInt32 = 40_000
    /// Empty rounds of gathering before the thread sleeps until it is signalled.
    private static let idleRounds = 25

    /// What one transaction writes.
    private struct Batch {
        var settlements: [LedgerMerge.Settlement] = []
        var records: [(record: RequestRecord, detail: [UInt8])] = []
        var held: [LedgerRow] = []
        /// The last segment of which everything is in this batch or before it.
        var drainedSegment: UInt64?
        var sequence: UInt64
        var isFull: Bool { records.count >= RecordDrain.batchRecords }
    }

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
            guard let batch = gather() else { return }
            if batch.sequence > progress.done || batch.drainedSegment != nil {
                guard commit(batch) else { return }
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

    /// Reads what has been appended, up to a batch; nil when the journal cannot be read, which is final.
    private func gather() -> Batch? {
        var batch = Batch(sequence: reader.sequence)
        do {
            for extent in journal.extents() {
                while !batch.isFull, let entry = try reader.next(in: extent) { take(entry, into: &batch) }
                if batch.isFull { break }
                batch.sequence = reader.sequence
                guard extent.isClosed else { break }
                batch.held += merge.hold(through: reader.sequence)
                batch.drainedSegment = extent.number
            }
        } catch {
            progress.report("\(error)")
            journal.failClosed(because: "\(error)")
            return nil
        }
        batch.sequence = reader.sequence
        return batch
    }

    private func take(_ entry: JournalReader.Entry, into batch: inout Batch) {
        switch entry {
        case .intent(let intent): merge.take(intent, sequence: reader.sequence)
        case .record(let record, let detail):
            let settlement = merge.settle(record)
            if settlement.isAmended {
                logger.error(
                    "a record lacks attempts that were announced; they are booked as unsettled",
                    metadata: ["request_id": "\(record.requestID)"])
            }
            batch.records.append(
                (settlement.record, settlement.isAmended ? RecordCodec.bytes(of: settlement.record) : detail))
            batch.settlements.append(settlement)
        }
    }

    /// Writes a batch, again and again while the disk refuses; false when it never will, or at a stop.
    private func commit(_ batch: Batch) -> Bool {
        var delay: UInt32 = 100_000
        while true {
            do {
                // Records first: once the ledger says that the batch is done, nobody would write them any more.
                try records.write(batch.records)
                try ledger.write(held: batch.held, settlements: batch.settlements, progress: batch.sequence)
                progress.reach(batch.sequence, items: batch.records.count)
                journal.drained(through: batch.sequence)
                if let segment = batch.drainedSegment { journal.release(through: segment) }
                return true
            } catch {
                progress.report("\(error)")
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
            // The write-ahead log stays and grows; the next round tries again.
            logger.error("a checkpoint failed", metadata: ["error": "\(error)"])
        }
    }
}
