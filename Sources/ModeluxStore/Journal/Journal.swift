import Glibc
import Logging
public import ModeluxCore
import Synchronization

/// The write-ahead journal of money: an entry is a checksummed copy into a mapped file, with no system call, and
/// survives the death of the process.
///
/// An intent reserves room for its record, so that a settlement never fails for lack of space: only intents are
/// refused. A background thread keeps allocated segments ready, syncs, and wakes who waits for durability.
public final class Journal: Sendable {
    let settings: JournalSettings
    /// Signalled when entries are there to be drained.
    let entrySignal: WakeSignal
    private let directory: String
    private let logger: Logger
    private let state: Mutex<JournalState>
    private let workSignal: WakeSignal
    private let thread = Mutex<BackgroundThread?>(nil)

    /// Where the journal goes on after a restart.
    struct Continuation {
        /// The sequence of the first entry to come.
        var sequence: UInt64
        /// The number of the first segment file to come.
        var segmentNumber: UInt64
    }

    /// Opens the journal for appending in a folder whose old segments have been drained.
    /// - Throws: `SystemFailure` when the first segment cannot be allocated.
    init(
        directory: String, settings: JournalSettings, continuing point: Continuation, logger: Logger
    ) throws(SystemFailure) {
        self.directory = directory
        self.settings = settings
        self.logger = logger
        entrySignal = try WakeSignal()
        workSignal = try WakeSignal()
        let first = try Segment(
            number: point.segmentNumber, path: Journal.path(directory, point.segmentNumber),
            bytes: settings.segmentBytes, zeroed: settings.durability == .power)
        try Journal.syncDirectory(directory)
        state = Mutex(JournalState(settings: settings, directory: directory, active: first, continuing: point))
        let thread = BackgroundThread(name: "mlx-journal", niceness: 0) { [self] in run() }
        try thread.start()
        self.thread.withLock { $0 = thread }
    }

    /// Writes down that a provider is about to be called, and reserves the room for the record to come. About half a
    /// microsecond.
    /// - Throws: `full` when there is no room for entry and record; `unhealthy` or `closed`.
    public func append(intent: LedgerIntent) throws(JournalFailure) {
        let outcome =
            append(intent, room: Journal.stackBytes) ?? append(intent, room: RecordCodec.maximumIntentBytes)
        try finish(outcome ?? .failure(.tooLarge))
    }

    /// Nil when the intent does not fit into `room` bytes.
    private func append(_ intent: LedgerIntent, room: Int) -> Result<UInt64, JournalFailure>? {
        unsafe withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { buffer in
            var writer = unsafe ByteWriter(buffer)
            RecordCodec.encode(intent, to: &writer)
            guard !writer.hasOverflowed else { return nil }
            let payload = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<writer.count])
            let checksum = unsafe JournalFrame.payloadChecksum(payload)
            return state.withLock { unsafe $0.append(intent: intent.requestID, payload: payload, checksum: checksum) }
        }
    }

    /// Writes down how an operation ended and what it cost, and gives back the room that its intents reserved. An
    /// operation's record holds every attempt for which there was an intent, under the same numbers; an intent whose
    /// attempt is missing is booked as unsettled.
    /// - Returns: The place to wait for in `waitUntilDurable`.
    /// - Throws: `full` only for an operation without intents; `unhealthy`, `closed`, or `tooLarge` beyond some 25
    ///   attempts.
    @discardableResult
    public func append(record: RequestRecord) throws(JournalFailure) -> JournalPosition {
        let outcome =
            append(record, form: .full, room: Journal.stackBytes)
            ?? append(record, form: .full, room: RecordCodec.maximumRecordBytes)
        switch outcome {
        case .success(let sequence): return noted(sequence)
        case .failure(.full), nil: break
        case .failure(let failure): throw failure
        }
        let lean = append(record, form: .lean, room: RecordCodec.maximumRecordBytes)
        return try finish(lean ?? .failure(.tooLarge))
    }

    /// What a temporary allocation takes from the stack; most records fit, and the allocator is not asked.
    private static let stackBytes = 1024

    /// Nil when the record does not fit into `room` bytes.
    @inline(__always)
    private func append(
        _ record: RequestRecord, form: RecordCodec.Form, room: Int
    ) -> Result<UInt64, JournalFailure>? {
        unsafe withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { buffer in
            var writer = unsafe ByteWriter(buffer)
            RecordCodec.encode(record, form: form, to: &writer)
            guard !writer.hasOverflowed, !(writer.isShortened && room < RecordCodec.maximumRecordBytes) else {
                return nil
            }
            let payload = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<writer.count])
            let checksum = unsafe JournalFrame.payloadChecksum(payload)
            return state.withLock { unsafe $0.append(record: record.requestID, payload: payload, checksum: checksum) }
        }
    }

    /// Returns when the entry survives a power cut; at once with durability `process`.
    /// - Throws: `unhealthy` when the disk failed to sync: the entry may or may not survive.
    public func waitUntilDurable(_ position: JournalPosition) async throws(JournalFailure) {
        guard settings.durability == .power else { return }
        let failure: JournalFailure? = await withCheckedContinuation { continuation in
            let answer = state.withLock { $0.await(position.sequence, continuation) }
            switch answer {
            case .now(let failure): continuation.resume(returning: failure)
            case .later: workSignal.signal()
            }
        }
        if let failure { throw failure }
    }

    /// False once a sync has failed or the ledger is damaged: every append is refused until a restart.
    public var isHealthy: Bool { state.withLock { $0.failure != .unhealthy } }

    /// Refuses everything from now on: what is written can no longer be trusted to be kept.
    func failClosed(because reason: String) {
        logger.critical("the journal fails closed", metadata: ["reason": "\(reason)"])
        let waiters = state.withLock { $0.fail(.unhealthy) }
        for waiter in waiters { waiter.resume(returning: .unhealthy) }
    }

    /// Takes no more entries, syncs, and ends the background thread.
    public func close() async {
        let waiters = state.withLock { state in
            state.failure == nil ? state.fail(.closed) : []
        }
        for waiter in waiters { waiter.resume(returning: .closed) }
        state.withLock { $0.isStopping = true }
        workSignal.signal()
        await thread.withLock { $0 }?.join()
    }

    // MARK: For the drain

    /// How far the segments have been written, oldest first.
    func extents() -> [JournalState.Extent] { state.withLock { $0.extents() } }

    /// The sequence of the last entry, 0 before the first.
    var lastSequence: UInt64 { state.withLock { $0.lastSequence } }

    /// Gives back the files of the oldest segments, up to the one named `number`: all they hold is in the ledger.
    func release(through number: UInt64) {
        let surplus = state.withLock { $0.release(through: number) }
        for path in surplus { unsafe unlink(path) }
        workSignal.signal()
    }

    /// Takes note that the ledger has committed, with a sync of its own, everything up to `sequence`.
    func drained(through sequence: UInt64) {
        let waiters = state.withLock { $0.drained(through: sequence) }
        for waiter in waiters { waiter.resume(returning: nil) }
    }

    /// Allocates nothing more, or again, on a disk that does not take the ledger's pages.
    func leaveSpace(_ leaves: Bool) {
        state.withLock { $0.leavesSpace = leaves }
        if !leaves { workSignal.signal() }
    }

    /// Counters for the system page.
    var figures: JournalFigures { state.withLock { $0.figures } }

    static func path(_ directory: String, _ number: UInt64) -> String {
        let digits = String(number)
        return directory + "/" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits + ".seg"
    }

    // MARK: Background

    @discardableResult
    private func finish(_ outcome: Result<UInt64, JournalFailure>) throws(JournalFailure) -> JournalPosition {
        noted(try outcome.get())
    }

    private func noted(_ sequence: UInt64) -> JournalPosition {
        entrySignal.signal()
        return JournalPosition(sequence: sequence)
    }

    private func run() {
        let interval = Int32(clamping: settings.syncInterval.wholeMilliseconds)
        while true {
            workSignal.arm()
            let mustWork = state.withLock { $0.hasUrgentWork }
            if mustWork { workSignal.disarm() } else { workSignal.wait(milliseconds: interval) }
            if !mustWork, settings.groupCommit > .zero { usleep(UInt32(settings.groupCommit.wholeMicroseconds)) }
            synchronise()
            prepareOne()
            if state.withLock({ $0.isStopping }) { break }
        }
        synchronise()
    }

    private func synchronise() {
        guard let work = state.withLock({ $0.syncWork() }) else { return }
        for segment in work.segments where !segment.sync() {
            failClosed(because: SystemFailure("fdatasync", segment.path).description)
            return
        }
        let waiters = state.withLock { $0.synced(work) }
        for waiter in waiters { waiter.resume(returning: nil) }
    }

    /// Allocates one segment ahead, if one is missing; a failure is tried again at the next turn.
    private func prepareOne() {
        guard let order = state.withLock({ $0.orderSegment() }) else { return }
        do {
            if let old = order.reusing, unsafe rename(old, order.path) != 0 { throw SystemFailure("rename", old) }
            let segment = try Segment(
                number: order.number, path: order.path, bytes: settings.segmentBytes,
                zeroed: settings.durability == .power)
            try Journal.syncDirectory(directory)
            state.withLock { $0.deliver(segment) }
        } catch {
            logger.error("no journal segment can be allocated", metadata: ["error": "\(error)"])
            unsafe unlink(order.path)
            state.withLock { $0.orderFailed() }
        }
    }

    private static func syncDirectory(_ path: String) throws(SystemFailure) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFailure("open", path) }
        defer { _ = Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemFailure("fsync", path) }
    }
}

/// What the journal has done and holds, for metrics and the system page.
public struct JournalFigures: Sendable {
    /// The sequence of the last entry, 0 before the first.
    public var lastSequence: UInt64 = 0
    /// Bytes of the segments that hold entries that are not drained; 0 when all are.
    public var pendingBytes = 0
    /// Bytes of all segment files.
    public var allocatedBytes = 0
    /// Bytes that records of open operations may still take.
    public var reservedBytes = 0
    /// Operations with an intent and no record.
    public var openOperations = 0
    /// Intents that were refused for lack of room.
    public var refused: UInt64 = 0
    /// Records of operations without an intent that were left out for lack of room.
    public var omittedRecords: UInt64 = 0
    /// Whether entries are taken.
    public var isHealthy = true
}

extension Duration {
    /// Whole milliseconds, rounded down, saturating.
    var wholeMilliseconds: Int64 { wholeMicroseconds / 1000 }

    /// Whole microseconds, rounded down, saturating.
    var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, carry) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return overflow || carry ? .max : sum
    }
}
