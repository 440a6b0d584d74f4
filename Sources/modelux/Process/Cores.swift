import Glibc

/// The processor cores that this process may run on.
enum Cores {
    /// How many there are, by the affinity mask rather than by the machine: a process pinned to one core gains nothing
    /// from a second event loop and pays for the switching; at least 1.
    static var usable: Int {
        var mask = cpu_set_t()
        guard sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &mask) == 0 else {
            return max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        }
        let count = withUnsafeBytes(of: mask) { bytes in
            bytes.reduce(0) { $0 + $1.nonzeroBitCount }
        }
        return max(1, count)
    }
}
