import Glibc
public import Logging
import ModeluxCore
public import ServiceLifecycle
import Synchronization

/// Everything between the gateway and the files of money and records: the journal it appends to, the queue for bodies,
/// and the threads that drain both.
///
/// Making one recovers what the last run left: entries that were not drained are drained, and operations that never
/// ended are booked as unsettled.
public final class RecordPipeline: Service {
    /// Where the gateway writes intents and records.
    public let journal: Journal
    /// Where the gateway offers bodies.
    public let bodies: BodyQueue
    private let recovery: PipelineRecovery.Outcome
    private let drain: RecordDrain
    private let bodyDrain: BodyDrain
    private let threads = Mutex<[BackgroundThread]>([])

    /// Opens `dataDirectory`, recovers it, and is ready to be appended to; nothing is drained before `start`.
    /// - Parameters:
    ///   - dataDirectory: The folder; made if it is missing.
    ///   - settings: Bounds and durability.
    ///   - logger: Told of damage, refusals and recovery.
    /// - Throws: `StoreFailure`; its `exitCode` and one-line description are for a start that refuses.
    public init(dataDirectory: String, settings: PipelineSettings = PipelineSettings(), logger: Logger) throws {
        do {
            for folder in ["", "/journal", "/records", "/bodies"] {
                try RecordPipeline.makeFolder(dataDirectory + folder)
            }
            let ledger = try LedgerWriter(LedgerFile.open(dataDirectory: dataDirectory))
            let records = RecordWriter(
                directory: dataDirectory + "/records",
                durability: settings.journal.durability == .power ? .full : .normal, logger: logger)
            recovery = try PipelineRecovery.run(
                journalDirectory: dataDirectory + "/journal", ledger: ledger, records: records, logger: logger)
            journal = try Journal(
                directory: dataDirectory + "/journal", settings: settings.journal,
                continuing: recovery.continuation, logger: logger)
            bodies = try BodyQueue(limits: settings.bodies)
            guard let bodyWriter = BodyWriter(directory: dataDirectory + "/bodies", logger: logger) else {
                throw StoreFailure(
                    .unusable, path: dataDirectory, reason: "no memory for the compressor", advice: "free memory")
            }
            drain = RecordDrain(
                journal: journal, ledger: ledger, records: records, after: recovery.continuation.sequence - 1,
                logger: logger)
            bodyDrain = BodyDrain(queue: bodies, writer: bodyWriter, logger: logger)
        } catch let failure as SystemFailure {
            throw failure.storeFailure
        }
    }

    /// Starts the threads that drain journal and bodies; call it once.
    public func start() throws {
        let started = [
            BackgroundThread(name: "mlx-records", niceness: 5) { [drain] in drain.run() },
            BackgroundThread(name: "mlx-bodies", niceness: 10) { [bodyDrain] in bodyDrain.run() },
        ]
        do {
            for thread in started { try thread.start() }
        } catch let failure {
            throw failure.storeFailure
        }
        threads.withLock { $0 = started }
    }

    /// Refuses new entries, writes everything that is left, closes the files. Afterwards nothing can be appended.
    public func stop() async {
        await journal.close()
        drain.stop()
        bodyDrain.stop()
        for thread in threads.withLock({ $0 }) { await thread.join() }
    }

    /// Runs until the graceful shutdown, then stops. Shut it down after whoever appends.
    public func run() async throws {
        try start()
        try? await gracefulShutdown()
        await stop()
    }

    /// Returns when everything that was appended and offered before the call can be queried.
    public func flush() async {
        await drain.progress.wait(for: journal.lastSequence)
        await bodyDrain.progress.wait(for: bodies.accepted)
    }

    /// Counters for metrics and the system page.
    public var statistics: PipelineStatistics {
        let figures = bodies.figures
        return PipelineStatistics(
            journal: journal.figures, drainedSequence: drain.progress.done, drainedRecords: drain.progress.items,
            unsettledAtStart: recovery.unsettled, damagedAtStart: recovery.damaged, bodyBytes: figures.bytes,
            bodiesWaiting: figures.count, bodiesStored: bodyDrain.progress.items, bodiesShed: figures.shed,
            lastError: drain.progress.lastError ?? bodyDrain.progress.lastError)
    }

    private static func makeFolder(_ path: String) throws(SystemFailure) {
        guard unsafe mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        throw SystemFailure("mkdir", path)
    }
}
