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
        var record = record
        // Before the record, so that the record can tell what became of them.
        if let bodies, storesBodies {
            record.bodies = bodyRoom.isThere && pipeline.bodies.offer(bodies) ? .stored : .shed
        } else if record.bodies == .shed, storesBodies {
            pipeline.bodies.countShed(1)
        } else {
            record.bodies = .off
        }
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
