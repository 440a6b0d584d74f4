public import ModeluxCore
import Synchronization

/// The one snapshot that is in force. Requests read it once; a change of configuration replaces it whole.
public final class LiveSnapshot: Sendable {
    private let current: Mutex<Snapshot>

    /// Starts with a snapshot.
    public init(_ snapshot: Snapshot) {
        current = Mutex(snapshot)
    }

    /// The snapshot in force. One lock and one retain.
    public var value: Snapshot {
        current.withLock { $0 }
    }

    /// Puts a newer snapshot in force; one that is older than the current is ignored, so that publications may race.
    public func publish(_ snapshot: Snapshot) {
        current.withLock { if snapshot.version >= $0.version { $0 = snapshot } }
    }
}
