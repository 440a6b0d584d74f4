import CLinux
import Glibc

/// What the process forbids itself before it touches a file or a socket.
enum ProcessGuards {
    /// The most callers' connections for which there are file descriptors, with as many left for providers and some for
    /// files and management: so the management listener answers while callers fill their share.
    static var connectionRoom: Int {
        var files = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 else { return 512 }
        let limit = Int(clamping: files.rlim_cur)
        // With thousands of descriptors most connections are idle and hold none upstream.
        return limit < 4096 ? max(16, (limit - 64) / 2) : limit / 5 * 3
    }

    /// Files for the owner only; no death by a closed pipe; no memory in core dumps, unless `allowsDumps`; as many
    /// open files as the system's administrator permits.
    static func apply(allowsDumps: Bool) {
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        if !allowsDumps {
            var none = rlimit(rlim_cur: 0, rlim_max: 0)
            setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
            // A failure leaves the limit above, which covers all but a debugger.
            _ = modelux_forbid_dumps()
        }
        var files = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0, files.rlim_cur < files.rlim_max {
            files.rlim_cur = files.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        }
    }
}
