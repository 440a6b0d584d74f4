import NIOCore

/// Who is told that a deadline passed. On the loop only.
protocol DeadlineOwner: AnyObject {
    /// The deadline that was set has passed; it is cleared before the call.
    func deadlinePassed()
}

/// The deadlines of all connections and calls of one event loop.
///
/// Setting one writes eight bytes into an array. The loop's timer is armed only for the earliest, and only when an
/// earlier one comes, so a request costs no timer of its own; a sweep reads the array once. On the loop only.
final class DeadlineTable {
    private static let never = UInt64.max

    private let eventLoop: any EventLoop
    private let executor: EventLoopTaskExecutor
    private var deadlines: ContiguousArray<UInt64> = []
    private var owners: ContiguousArray<(any DeadlineOwner)?> = []
    private var free: [Int] = []
    private var nextSweep = DeadlineTable.never
    private var timer: Scheduled<Void>?

    init(executor: EventLoopTaskExecutor) {
        self.executor = executor
        eventLoop = executor.eventLoop
    }

    /// A slot for an owner, held until ``remove(_:)``.
    func add(_ owner: any DeadlineOwner) -> Int {
        if let slot = free.popLast() {
            owners[slot] = owner
            return slot
        }
        deadlines.append(DeadlineTable.never)
        owners.append(owner)
        return owners.count - 1
    }

    /// Gives the slot back; its deadline is gone.
    func remove(_ slot: Int) {
        deadlines[slot] = DeadlineTable.never
        owners[slot] = nil
        free.append(slot)
    }

    /// Sets or moves the deadline of a slot.
    @inline(__always)
    func set(_ slot: Int, _ deadline: NIODeadline) {
        let time = deadline.uptimeNanoseconds
        deadlines[slot] = time
        if time < nextSweep { arm(time) }
    }

    /// Takes the deadline of a slot away.
    @inline(__always)
    func clear(_ slot: Int) {
        deadlines[slot] = DeadlineTable.never
    }

    private func arm(_ time: UInt64) {
        timer?.cancel()
        nextSweep = time
        // The table outlives every timer: it lives as long as the server or client, whose loops run them.
        let table = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(deadline: .uptimeNanoseconds(time)) {
            table.value.executor.perform { table.value.sweep() }
        }
    }

    private func sweep() {
        timer = nil
        nextSweep = DeadlineTable.never
        let now = NIODeadline.now().uptimeNanoseconds
        var slot = 0
        while slot < deadlines.count {
            if deadlines[slot] <= now {
                deadlines[slot] = DeadlineTable.never
                owners[slot]?.deadlinePassed()
            }
            slot += 1
        }
        let earliest = deadlines.min() ?? DeadlineTable.never
        // At most one sweep per 5 ms, however close together the deadlines lie.
        if earliest < nextSweep { arm(max(earliest, now &+ 5_000_000)) }
    }
}
