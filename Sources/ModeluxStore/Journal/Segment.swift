import Glibc

/// A segment file, allocated on disk and mapped for writing.
///
/// `@unchecked Sendable`: the memory is written only by `Journal.append`, under the journal's lock, and unmapped only
/// after the segment has left the journal's state, so no two threads ever touch it at once.
@safe
final class Segment: @unchecked Sendable {
    let number: UInt64
    let path: String
    let descriptor: Int32
    /// Where the next entry goes; guarded by the journal's lock.
    var offset = JournalFrame.segmentHeaderBytes
    private let base: UnsafeMutableRawPointer
    private let byteCount: Int

    /// Makes the file `path`, or takes the one that is there, and brings it to `bytes` allocated bytes. A `zeroed` one
    /// is also filled and synced, so that a later sync need not touch the file's metadata.
    init(number: UInt64, path: String, bytes: Int, zeroed: Bool) throws(SystemFailure) {
        let descriptor = unsafe path.withCString { name in
            unsafe Glibc.open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        }
        guard descriptor >= 0 else { throw SystemFailure("open", path) }
        do {
            try Segment.allocate(descriptor, path: path, bytes: bytes, zeroed: zeroed)
        } catch {
            close(descriptor)
            unsafe unlink(path)
            throw error
        }
        let mapped = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let mapped = unsafe mapped, unsafe mapped != UnsafeMutableRawPointer(bitPattern: -1) else {
            let failure = SystemFailure("mmap", path)
            close(descriptor)
            throw failure
        }
        self.number = number
        self.path = path
        self.descriptor = descriptor
        unsafe base = mapped
        byteCount = bytes
        unsafe JournalFrame.write(.init(number: number, firstSequence: 0, drainedSequence: 0), to: memory)
    }

    deinit {
        unsafe munmap(base, byteCount)
        close(descriptor)
    }

    var memory: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: base, count: byteCount)
    }

    /// Bytes after the last entry.
    var room: Int { byteCount - offset }

    /// Makes the segment the one in use from `sequence` on, while the ledger holds everything up to `drained`.
    func activate(firstSequence sequence: UInt64, drained: UInt64) {
        unsafe JournalFrame.write(
            .init(number: number, firstSequence: sequence, drainedSequence: drained), to: memory)
    }

    /// Waits until what was written is on the disk. False is final: after a failed sync the kernel may have dropped
    /// the pages, and a second sync that succeeds proves nothing.
    func sync() -> Bool { fdatasync(descriptor) == 0 }

    private static func allocate(
        _ descriptor: Int32, path: String, bytes: Int, zeroed: Bool
    ) throws(SystemFailure) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw SystemFailure("fstat", path) }
        // A file of full size was allocated, and zeroed if need be, by an earlier use.
        if status.st_size == bytes { return }
        guard ftruncate(descriptor, 0) == 0 else { throw SystemFailure("ftruncate", path) }
        let code = posix_fallocate(descriptor, 0, bytes)
        guard code == 0 else { throw SystemFailure("posix_fallocate", path, code: code) }
        guard zeroed else { return }
        try fill(descriptor, path: path, bytes: bytes)
        guard fsync(descriptor) == 0 else { throw SystemFailure("fsync", path) }
    }

    private static func fill(_ descriptor: Int32, path: String, bytes: Int) throws(SystemFailure) {
        let zeros = [UInt8](repeating: 0, count: 64 << 10)
        var offset = 0
        while offset < bytes {
            let count = min(zeros.count, bytes - offset)
            let written = unsafe zeros.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, count, offset) }
            guard written > 0 else { throw SystemFailure("pwrite", path) }
            offset += written
        }
    }
}
