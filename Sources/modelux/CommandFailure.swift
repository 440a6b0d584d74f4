import Glibc
import ModeluxCore
import ModeluxStore
import NIOCore

/// A command that cannot do what it was asked: one sentence for standard error, and the process's exit code.
struct CommandFailure: Error {
    /// What a script can tell apart; the numbers are those of `sysexits.h` where it has one.
    enum Code: Int32 {
        /// The server refused the request; its sentence says why.
        case refused = 1
        /// The command line makes no sense. (ArgumentParser uses it too.)
        case usage = 64
        /// No server answers at the data directory's socket.
        case unavailable = 69
        /// A fault of the program itself.
        case software = 70
        /// A system call failed: a port is taken, a disk is full.
        case system = 71
        /// The disk is full or fails.
        case storage = 74
        /// Another process uses the data directory.
        case busy = 75
        /// A file may not be read or written.
        case permission = 77
        /// The settings are wrong.
        case settings = 78
    }

    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// A listener that cannot be opened: the address is taken or not ours (71), or its certificate does not work (78).
    init(listening address: ListenAddress, section: String, _ error: any Error) {
        guard let system = error as? IOError else {
            self.init(.settings, "\(section).tls_certificate, \(section).tls_key: they do not work together: \(error)")
            return
        }
        self.init(
            .system,
            "cannot listen at \(address): \(String(cString: strerror(system.errnoCode))); choose another one "
                + "with \(section).address")
    }

    /// A file of the data directory that cannot be used.
    init(_ failure: StoreFailure) {
        self.init(failure.kind == .damaged ? .settings : .storage, failure.description)
    }
}
