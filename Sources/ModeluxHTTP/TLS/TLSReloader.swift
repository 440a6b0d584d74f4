import Logging
import NIOCore
import NIOSSL
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The certificate of a listener, read anew when its files change. A pair that does not work is logged, and the old one
/// stays.
final class TLSReloader: Sendable {
    /// What tells one state of a file from another: size, time, and which file it is.
    private struct Stamp: Equatable {
        var size = 0
        var seconds = 0
        var nanoseconds = 0
        var inode: UInt64 = 0
    }

    private struct State {
        var context: NIOSSLContext
        var stamps: [Stamp]
    }

    private let files: TLSFiles
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the pair.
    ///
    /// - Throws: when the first pair does not work.
    init(_ files: TLSFiles, logger: Logger) throws {
        self.files = files
        self.logger = logger
        let stamps = TLSReloader.stamps(files)
        state = Mutex(State(context: try TLSPolicy.makeServerContext(files), stamps: stamps))
    }

    /// The context for a new connection.
    var context: NIOSSLContext { state.withLock(\.context) }

    /// Looks at the files and reads them if they changed. Touches the disk: not on an event loop's busy path.
    func poll() {
        let stamps = TLSReloader.stamps(files)
        guard state.withLock({ $0.stamps != stamps }) else { return }
        do {
            let context = try TLSPolicy.makeServerContext(files)
            state.withLock { $0 = State(context: context, stamps: stamps) }
            logger.info("the TLS certificate was replaced", metadata: ["file": "\(files.certificatePath)"])
        } catch {
            // Remembered, so that a bad pair is reported once and not at every poll.
            state.withLock { $0.stamps = stamps }
            logger.error(
                "the new TLS certificate or key does not work; the old pair stays",
                metadata: ["file": "\(files.certificatePath)", "error": "\(error)"]
            )
        }
    }

    private static func stamps(_ files: TLSFiles) -> [Stamp] {
        [stamp(files.certificatePath), stamp(files.privateKeyPath)]
    }

    private static func stamp(_ path: String) -> Stamp {
        var status = stat()
        guard stat(path, &status) == 0 else { return Stamp() }
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        return Stamp(
            size: Int(status.st_size),
            seconds: Int(time.tv_sec),
            nanoseconds: Int(time.tv_nsec),
            inode: UInt64(status.st_ino)
        )
    }
}
