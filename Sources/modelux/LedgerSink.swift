import ModeluxAdmin
import ModeluxCore
import ModeluxGateway
import ModeluxStore

/// Where gateway and store meet: intents and records go to the journal, bodies to their queue, and whoever watches the
/// live tail sees the record.
struct LedgerSink: RecordSink {
    let pipeline: RecordPipeline
    let feed: RecordFeed
    /// Whether bodies are kept at all: `records.payload_days` above 0.
    let storesBodies: Bool
    /// Whether `records.store_limit` leaves room for them.
    let bodyRoom: BodyRoom

    func begin(_ intent: LedgerIntent) throws(Failure) {
        do throws(JournalFailure) {
            try pipeline.journal.append(intent: intent)
        } catch {
            throw refusal(error)
        }
    }

    func settle(_ record: RequestRecord, bodies: RecordBodies?) async throws(Failure) {
        // Before the record, so that the record can tell what became of them.
        let fate = keep(bodies, of: record)
        // Mostly it says so already, and need not be copied.
        guard fate != record.bodies else { return try await book(record) }
        var changed = record
        changed.bodies = fate
        try await book(changed)
    }

    private func keep(_ bodies: RecordBodies?, of record: RequestRecord) -> RequestRecord.Bodies {
        guard storesBodies else { return .off }
        if let bodies { return bodyRoom.isThere && pipeline.bodies.offer(bodies) ? .stored : .shed }
        guard record.bodies == .shed else { return .off }
        pipeline.bodies.countShed(1)
        return .shed
    }

    private func book(_ record: RequestRecord) async throws(Failure) {
        do throws(JournalFailure) {
            let position = try pipeline.journal.append(record: record)
            try await pipeline.journal.waitUntilDurable(position)
        } catch {
            throw refusal(error)
        }
        feed.publish(record)
    }

    /// Nothing may be spent that cannot be written down.
    private func refusal(_ failure: JournalFailure) -> Failure {
        switch failure {
        case .full:
            Failure(
                .overloaded, "the ledger is full for the moment: try again", cause: "journal full", retryAfterSeconds: 1
            )
        case .unhealthy, .closed:
            Failure(.overloaded, "the ledger does not take entries", cause: "journal \(failure)", retryAfterSeconds: 30)
        case .tooLarge:
            Failure(.internalError, "the operation has too many attempts for the ledger", cause: "record too large")
        }
    }
}
