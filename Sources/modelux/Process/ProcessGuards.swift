import CLinux
import Glibc

/// What the process forbids itself before it touches a file or a socket.
enum ProcessGuards {
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
