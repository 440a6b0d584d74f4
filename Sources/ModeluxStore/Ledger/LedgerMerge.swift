import ModeluxCore

/// The accounting core: turns the journal's entries, in order, into ledger rows. A pure value, so that the same code
/// drains a live journal, replays one after a crash, and runs in the simulation.
struct LedgerMerge {
    /// Intents whose record has not come yet.
    private var open: [RequestID: Operation] = [:]

    private struct Operation {
        var intents: [LedgerIntent]
        /// The sequence of the first of them.
        let since: UInt64
        /// How many of them the ledger has as held rows.
        var heldCount: Int
    }

    /// An operation's end: its record and one row for each of its attempts.
    struct Settlement {
        let entry: RecordEntry
        let rows: [LedgerRow]
        /// True when the record lacked attempts, which were added to it.
        var isAmended = false
    }

    /// Operations under way.
    var openCount: Int { open.count }

    /// An attempt is about to start. Told twice, it counts once.
    mutating func take(_ intent: LedgerIntent, sequence: UInt64) {
        var operation = open[intent.requestID] ?? Operation(intents: [], since: sequence, heldCount: 0)
        guard !operation.intents.contains(where: { $0.attempt == intent.attempt }) else { return }
        operation.intents.append(intent)
        open[intent.requestID] = operation
    }

    /// An attempt that the ledger already has as a held row, found there at start.
    mutating func takeHeld(_ intent: LedgerIntent) {
        take(intent, sequence: 0)
        open[intent.requestID]?.heldCount += 1
    }

    /// An operation has ended.
    mutating func settle(_ entry: RecordEntry) -> Settlement {
        let intents = open.removeValue(forKey: entry.record.requestID)?.intents ?? []
        let rows = LedgerMerge.rows(of: entry, announced: intents)
        let missing = intents.filter { intent in
            !entry.record.attempts.contains { $0.number == intent.attempt }
        }
        guard !missing.isEmpty else { return Settlement(entry: entry, rows: rows) }
        // Providers may have been called, and the record does not say what came of it.
        var record = entry.record
        record.attempts += missing.map { AttemptRecord(unsettled: $0) }
        return Settlement(
            entry: RecordEntry(record, detail: RecordCodec.bytes(of: record)),
            rows: rows + missing.map { LedgerRow($0, state: .unsettled) }, isAmended: true)
    }

    /// A row for each attempt of a record.
    private static func rows(of entry: RecordEntry, announced intents: [LedgerIntent]) -> [LedgerRow] {
        // A record that had little room came without its tags; its intents have them.
        let labels = entry.record.tags.isEmpty ? intents.first?.tags ?? Tags() : entry.record.tags
        let tags = labels.isEmpty ? nil : TagText.json(labels)
        let config = entry.record.config.map { "\($0.slug)@\($0.version)" }
        return entry.record.attempts.map { attempt in
            let held = intents.first { $0.attempt == attempt.number }?.hold ?? .zero
            return LedgerRow(attempt, of: entry, held: held, tags: tags, config: config)
        }
    }

    /// The attempts under way that the journal is about to forget: rows for the ledger to hold on to.
    mutating func hold(through sequence: UInt64) -> [LedgerRow] {
        var rows: [LedgerRow] = []
        for (id, operation) in open where operation.since <= sequence && operation.heldCount < operation.intents.count {
            rows += operation.intents.dropFirst(operation.heldCount).map { LedgerRow($0, state: .held) }
            open[id]?.heldCount = operation.intents.count
        }
        return rows
    }

    /// After a crash, when every entry has been taken: the operations whose end nobody wrote down. They are booked at
    /// what was held for them, and get a record so that they can be seen.
    mutating func resolve() -> [Settlement] {
        defer { open = [:] }
        return open.values.sorted { $0.since < $1.since }.compactMap { operation in
            guard let first = operation.intents.first, let last = operation.intents.last else { return nil }
            let record = RequestRecord(
                requestID: first.requestID, createdAt: first.createdAt, projectID: first.projectID,
                keyID: first.keyID, endpoint: "", provider: last.provider, model: last.model, config: first.config,
                status: 0,
                errorCode: "unsettled",
                errorMessage: "the gateway stopped before this operation ended; its cost is what was held for it",
                endUser: first.endUser, tags: first.tags,
                attempts: operation.intents.map { AttemptRecord(unsettled: $0) })
            let rows = operation.intents.map { LedgerRow($0, state: .unsettled) }
            return Settlement(entry: RecordEntry(record, detail: RecordCodec.bytes(of: record)), rows: rows)
        }
    }
}

/// A record and its binary form. An object: a copy of a record counts a reference for each of its twenty texts, and it
/// passes through many hands.
final class RecordEntry {
    let record: RequestRecord
    let detail: [UInt8]

    init(_ record: RequestRecord, detail: [UInt8]) {
        self.record = record
        self.detail = detail
    }
}

extension AttemptRecord {
    /// An attempt whose end nobody knows, at the cost that was held for it.
    init(unsettled intent: LedgerIntent) {
        self.init(
            number: intent.attempt, providerID: intent.providerID, provider: intent.provider, model: intent.model,
            outcome: .cancelled, usage: Usage(isEstimated: true),
            cost: Cost(other: intent.hold, priceID: intent.priceID),
            reason: "unsettled: the gateway stopped before the attempt ended")
    }
}
