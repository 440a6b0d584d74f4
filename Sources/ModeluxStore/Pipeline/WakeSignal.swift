import Glibc
import Synchronization

/// Wakes one sleeping thread: `signal` costs a system call only when the thread sleeps.
final class WakeSignal: Sendable {
    /// Both ends of a pipe that never blocks.
    private let (reading, writing): (Int32, Int32)
    private let isArmed = Atomic(false)

    init() throws(SystemFailure) {
        var ends: (Int32, Int32) = (-1, -1)
        let code = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
            unsafe pipe(bytes.assumingMemoryBound(to: Int32.self).baseAddress)
        }
        guard code == 0 else { throw SystemFailure("pipe", "") }
        for end in [ends.0, ends.1] {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (reading, writing) = ends
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// Wakes the thread if it sleeps or is about to.
    func signal() {
        // A plain load first: while the thread works, this is all that the request path pays.
        guard isArmed.load(ordering: .sequentiallyConsistent),
            isArmed.exchange(false, ordering: .sequentiallyConsistent)
        else { return }
        var byte: UInt8 = 1
        _ = unsafe write(writing, &byte, 1)
    }

    /// Announces that the thread is about to sleep; look for work once more after this, before `wait`.
    func arm() { isArmed.store(true, ordering: .sequentiallyConsistent) }

    /// Takes the announcement back.
    func disarm() { isArmed.store(false, ordering: .sequentiallyConsistent) }

    /// Sleeps until a signal comes after `arm`, or the time has passed.
    func wait(milliseconds: Int32) {
        var poll = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        _ = unsafe Glibc.poll(&poll, 1, milliseconds)
        disarm()
        var bytes: UInt64 = 0
        _ = unsafe read(reading, &bytes, 8)
    }
}
