import CLinux
import Glibc

/// The processor cores that this process may run on.
enum Cores {
    /// How many there are, by the affinity mask rather than by the machine: a process pinned to one core gains nothing
    /// from a second event loop and pays for the switching; at least 1.
    static var usable: Int {
        let allowed = Int(modelux_usable_cores())
        return max(1, allowed > 0 ? allowed : Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }
}
