/// How the journal keeps its promise, and how much room it may take.
public struct JournalSettings: Sendable {
    /// What an answered operation survives.
    public var durability: Durability
    /// Bytes of one segment file, 64 KiB … 1 GiB.
    public var segmentBytes: Int
    /// Bytes of all segment files together; at least six segments. When undrained entries and reservations fill
    /// them, new intents are refused.
    public var maximumBytes: Int
    /// Segments kept ready beyond the one in use. They are allocated on disk, so they are also the reserve that
    /// carries on when the disk is full.
    public var readySegments: Int
    /// How often `.process` syncs; what a power cut may take.
    public var syncInterval: Duration
    /// How long `.power` waits for more waiters before it syncs, 0 … 5 ms. While one sync runs, the next waiters
    /// gather anyway.
    public var groupCommit: Duration

    /// What an answered operation survives.
    public enum Durability: String, Sendable {
        /// The death of the process.
        case process
        /// A power cut.
        case power
    }

    /// Makes settings; what is not named is the default.
    public init(
        durability: Durability = .process, segmentBytes: Int = 4 << 20, maximumBytes: Int = 256 << 20,
        readySegments: Int = 4, syncInterval: Duration = .seconds(1), groupCommit: Duration = .zero
    ) {
        self.durability = durability
        self.segmentBytes = min(max(segmentBytes, 64 << 10), 1 << 30) & ~4095
        self.readySegments = max(1, readySegments)
        self.maximumBytes = max(maximumBytes, self.segmentBytes * (self.readySegments + 2))
        self.syncInterval = syncInterval
        self.groupCommit = min(max(groupCommit, .zero), .milliseconds(5))
    }
}

/// Why the journal did not take an entry.
public enum JournalFailure: Error, Sendable {
    /// No room for the entry and the record it promises: answer 503 and try again later.
    case full
    /// A sync failed, or the ledger is damaged: nothing is accepted until a restart.
    case unhealthy
    /// The journal has been closed.
    case closed
    /// A record of more attempts than any operation may have.
    case tooLarge
}

/// A place in the journal; later entries have greater ones.
public struct JournalPosition: Sendable, Hashable, Comparable {
    /// The entry's number since the first start, from 1.
    public let sequence: UInt64

    /// Whether `left` was written before `right`.
    public static func < (left: JournalPosition, right: JournalPosition) -> Bool { left.sequence < right.sequence }
}
