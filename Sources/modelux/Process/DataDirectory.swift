import FoundationEssentials
import Glibc

/// The data directory, held by this process alone.
///
/// Two processes on one ledger would each believe in their own counters, so the second one is refused. The lock is the
/// kernel's (`flock`): it ends with the process, however that ends.
final class DataDirectory: Sendable {
    /// Its absolute path.
    let path: String
    /// Where the local command line connects.
    var socket: String { path + "/admin.sock" }

    /// Whether nothing was ever stored in it.
    var isEmpty: Bool { !FileManager.default.fileExists(atPath: path + "/control.db") }

    private let lock: Int32

    /// Makes the directory if it is new (mode 0700) and takes its lock.
    /// - Throws: `CommandFailure`: 75 when another process has the lock, 77 when the directory cannot be used, 78 when
    ///   its path is too long for a socket.
    init(_ name: String) throws {
        path = URL(filePath: name).standardizedFileURL.path
        // sun_path has 108 bytes with the terminator.
        guard path.utf8.count + "/admin.sock".utf8.count < 108 else {
            throw CommandFailure(
                .settings,
                "the data directory \(path) has too long a path: a socket in it must have less than 108 bytes")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure(
                .permission, "the data directory \(path) cannot be made: name another one with --data")
        }
        lock = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw CommandFailure(
                .permission, "the data directory \(path) cannot be written to: \(String(cString: strerror(errno)))")
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let holder = FileManager.default.contents(atPath: path + "/lock").map {
                String(decoding: $0, as: UTF8.self)
            }
            close(lock)
            throw CommandFailure(
                .busy,
                "another modelux\(holder.map { " (process \($0.filter(\.isNumber)))" } ?? "") uses \(path): stop it, "
                    + "or name another data directory with --data")
        }
        ftruncate(lock, 0)
        let text = "\(getpid())\n"
        _ = text.withCString { write(lock, $0, strlen($0)) }
    }

    deinit {
        close(lock)
    }
}
