import ModeluxCore

/// What the journal's lock guards: the segments, the room that is promised, and who waits.
///
/// The promise behind "a settlement never fails": the bytes usable in allocated segments are never fewer than the
/// bytes reserved by open intents. Each segment counts without the largest entry that its end may be too short for.
struct JournalState {
    typealias Waiter = CheckedContinuation<JournalFailure?, Never>

    /// How far a segment has been written.
    struct Extent {
        let number: UInt64
        let path: String
        /// Where the next entry will go, or would have gone.
        let end: Int
        /// True when no more entries will come.
        let isClosed: Bool
    }

    /// What a sync has to cover.
    struct SyncWork {
        let segments: [Segment]
        let retired: Int
        let sequence: UInt64
    }

    /// A segment that is to be made.
    struct Order {
        let number: UInt64
        let path: String
        /// A drained file that may be renamed to `path`.
        let reusing: String?
    }

    /// Whether a waiter has to wait.
    enum Answer {
        case now(JournalFailure?)
        case later
    }

    private(set) var lastSequence: UInt64
    private(set) var failure: JournalFailure?
    var isStopping = false
    /// True while the ledger cannot be written: what space the disk has left, or gets back, is the ledger's.
    var leavesSpace = false
    private let settings: JournalSettings
    private let directory: String
    private var active: Segment
    private var ready: [Segment] = []
    /// Full segments that are not synced; kept alive so that their descriptors stay open.
    private var unsynced: [Segment] = []
    /// Full segments that are not drained.
    private var closed: [Extent] = []
    private var free: [String] = []
    private var nextNumber: UInt64
    private var isOrdering = false
    private var lastOrderFailed = false
    private var open: [RequestID: Int] = [:]
    private var reserved = 0
    private var durable: UInt64
    private var drainedSequence: UInt64
    private var turnSequence: UInt64 = 0
    private var waiters: [(sequence: UInt64, waiter: Waiter)] = []
    private var refused: UInt64 = 0
    private var omitted: UInt64 = 0

    private static let largestEntry = JournalFrame.size(payloadBytes: RecordCodec.maximumRecordBytes)
    private static let reservation = JournalFrame.size(payloadBytes: RecordCodec.reservedBytes)

    init(settings: JournalSettings, directory: String, active: Segment, continuing point: Journal.Continuation) {
        self.settings = settings
        self.directory = directory
        self.active = active
        nextNumber = point.segmentNumber + 1
        lastSequence = point.sequence - 1
        durable = point.sequence - 1
        drainedSequence = point.sequence - 1
        active.activate(firstSequence: point.sequence, drained: lastSequence)
    }

    // MARK: Appending

    mutating func append(
        intent id: RequestID, payload: UnsafeRawBufferPointer, checksum: UInt64
    ) -> Result<UInt64, JournalFailure> {
        if let failure { return .failure(failure) }
        let size = JournalFrame.size(payloadBytes: payload.count)
        while usable - size < reserved + JournalState.reservation {
            guard grow() else {
                refused += 1
                return .failure(.full)
            }
        }
        guard unsafe write(.intent, payload: payload, checksum: checksum, size: size) else { return .failure(.full) }
        reserved += JournalState.reservation
        open[id, default: 0] += 1
        return .success(lastSequence)
    }

    /// Takes a record that fits into the room that is nobody else's; `.full` asks for a leaner one.
    mutating func append(
        record id: RequestID, payload: UnsafeRawBufferPointer, checksum: UInt64
    ) -> Result<UInt64, JournalFailure> {
        if let failure { return .failure(failure) }
        let size = JournalFrame.size(payloadBytes: payload.count)
        let own = (open[id] ?? 0) * JournalState.reservation
        while size > own, usable - size < reserved - own {
            guard grow() else {
                if own == 0 { omitted += 1 }
                return .failure(.full)
            }
        }
        guard unsafe write(.record, payload: payload, checksum: checksum, size: size) else { return .failure(.full) }
        if own > 0 {
            reserved -= own
            open[id] = nil
        }
        return .success(lastSequence)
    }

    private var usable: Int {
        let each = settings.segmentBytes - JournalFrame.segmentHeaderBytes - JournalState.largestEntry
        return max(0, active.room - JournalState.largestEntry) + ready.count * each
    }

    private mutating func write(
        _ kind: JournalFrame.Kind, payload: UnsafeRawBufferPointer, checksum: UInt64, size: Int
    ) -> Bool {
        if active.room < size {
            guard !ready.isEmpty || grow() else { return false }
            switchSegment()
        }
        lastSequence += 1
        unsafe JournalFrame.write(
            kind, payload: payload, checksum: checksum, sequence: lastSequence, to: active.memory, at: active.offset)
        active.offset += size
        return true
    }

    private mutating func switchSegment() {
        closed.append(Extent(number: active.number, path: active.path, end: active.offset, isClosed: true))
        unsynced.append(active)
        active = ready.removeFirst()
        active.activate(firstSequence: lastSequence + 1, drained: drainedSequence)
    }

    /// Makes one more segment on the spot, when the background thread has not been fast enough.
    private mutating func grow() -> Bool {
        // After a failure only the background thread tries again: on a full disk the request path must stay cheap.
        guard mayAllocate, !lastOrderFailed else { return false }
        let number = takeNumber()
        guard
            let segment = try? Segment(
                number: number, path: Journal.path(directory, number), bytes: settings.segmentBytes, zeroed: false)
        else {
            lastOrderFailed = true
            return false
        }
        ready.append(segment)
        return true
    }

    private var fileCount: Int { closed.count + 1 + ready.count + (isOrdering ? 1 : 0) }

    private mutating func takeNumber() -> UInt64 {
        defer { nextNumber += 1 }
        return nextNumber
    }

    // MARK: Segments

    /// True when the background thread should not sleep: someone waits, or a segment is missing.
    var hasUrgentWork: Bool { isStopping || !waiters.isEmpty || (isShort && !lastOrderFailed) }

    private var isShort: Bool {
        ready.count < settings.readySegments && mayAllocate
    }

    private var mayAllocate: Bool { fileCount < settings.maximumBytes / settings.segmentBytes && !leavesSpace }

    mutating func orderSegment() -> Order? {
        guard isShort, !isStopping else { return nil }
        isOrdering = true
        let number = takeNumber()
        return Order(number: number, path: Journal.path(directory, number), reusing: free.popLast())
    }

    mutating func deliver(_ segment: Segment) {
        isOrdering = false
        lastOrderFailed = false
        ready.append(segment)
    }

    mutating func orderFailed() {
        isOrdering = false
        lastOrderFailed = true
    }

    func extents() -> [Extent] {
        closed + [Extent(number: active.number, path: active.path, end: active.offset, isClosed: false)]
    }

    /// Forgets drained segments; returns the files that are not worth keeping for another use.
    mutating func release(through number: UInt64) -> [String] {
        guard let last = closed.firstIndex(where: { $0.number == number }) else { return [] }
        let drained = closed[...last]
        closed.removeFirst(drained.count)
        unsynced.removeAll { segment in drained.contains { $0.number == segment.number } }
        free += drained.map(\.path)
        let surplus = free.count - max(0, settings.readySegments - ready.count)
        guard surplus > 0 else { return [] }
        defer { free.removeLast(surplus) }
        return Array(free.suffix(surplus))
    }

    // MARK: Durability

    mutating func await(_ sequence: UInt64, _ waiter: Waiter) -> Answer {
        if durable >= sequence { return .now(nil) }
        if let failure { return .now(failure) }
        waiters.append((sequence, waiter))
        return .later
    }

    mutating func syncWork() -> SyncWork? {
        guard durable < lastSequence, failure != .unhealthy else { return nil }
        // Without waiters, what the ledger has committed since the last turn need not be synced twice.
        defer { turnSequence = lastSequence }
        if settings.durability == .process, durable >= turnSequence, !isStopping { return nil }
        return SyncWork(segments: unsynced + [active], retired: unsynced.count, sequence: lastSequence)
    }

    /// Takes note of a sync; returns whose entries are safe now.
    mutating func synced(_ work: SyncWork) -> [Waiter] {
        let done = work.segments.prefix(work.retired)
        unsynced.removeAll { segment in done.contains { $0 === segment } }
        return makeDurable(through: work.sequence)
    }

    /// Takes note that the ledger holds everything up to `sequence`; returns whose entries are safe now.
    mutating func drained(through sequence: UInt64) -> [Waiter] {
        drainedSequence = max(drainedSequence, sequence)
        return makeDurable(through: sequence)
    }

    private mutating func makeDurable(through sequence: UInt64) -> [Waiter] {
        durable = max(durable, sequence)
        if waiters.isEmpty { return [] }
        let (safe, rest) = waiters.partitioned { $0.sequence <= durable }
        waiters = rest
        return safe.map(\.waiter)
    }

    mutating func fail(_ failure: JournalFailure) -> [Waiter] {
        if self.failure != .unhealthy { self.failure = failure }
        defer { waiters = [] }
        return waiters.map(\.waiter)
    }

    private var pendingBytes: Int {
        drainedSequence == lastSequence ? 0 : closed.reduce(active.offset) { $0 + $1.end }
    }

    var figures: JournalFigures {
        JournalFigures(
            lastSequence: lastSequence, pendingBytes: pendingBytes,
            allocatedBytes: fileCount * settings.segmentBytes, reservedBytes: reserved, openOperations: open.count,
            refused: refused, omittedRecords: omitted,
            isHealthy: failure != .unhealthy)
    }
}

extension Array {
    /// The elements that match, and the others, in order.
    func partitioned(_ matches: (Element) -> Bool) -> (matching: [Element], others: [Element]) {
        reduce(into: ([], [])) { parts, element in
            if matches(element) { parts.0.append(element) } else { parts.1.append(element) }
        }
    }
}
