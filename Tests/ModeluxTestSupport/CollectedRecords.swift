public import ModeluxCore
import Synchronization

/// Keeps what an operation writes down, in the order it was written: the ledger of a gateway under test.
public final class CollectedRecords: Sendable {
    /// One entry.
    public enum Entry: Sendable {
        /// Money may be about to be spent.
        case intent(LedgerIntent)
        /// An operation was booked.
        case record(RequestRecord, RecordBodies?)
    }

    private let entries = Mutex<[Entry]>([])
    private let isFull = Mutex(false)

    /// Makes an empty collection.
    public init() {}

    /// Makes every further write fail, as a full journal does.
    public func fill() { isFull.withLock { $0 = true } }

    /// Whether writes fail.
    public var refusesWrites: Bool { isFull.withLock { $0 } }

    /// Adds an entry.
    public func append(_ entry: Entry) { entries.withLock { $0.append(entry) } }

    /// The records so far.
    public var records: [RequestRecord] {
        entries.withLock { entries in
            entries.compactMap { if case .record(let record, _) = $0 { record } else { nil } }
        }
    }

    /// The bodies so far.
    public var bodies: [RecordBodies] {
        entries.withLock { entries in
            entries.compactMap { if case .record(_, let bodies?) = $0 { bodies } else { nil } }
        }
    }

    /// The intents so far.
    public var intents: [LedgerIntent] {
        entries.withLock { entries in
            entries.compactMap { if case .intent(let intent) = $0 { intent } else { nil } }
        }
    }
}
