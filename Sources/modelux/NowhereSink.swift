import ModeluxCore
import ModeluxGateway

/// Forgets everything, until the journal is there.
struct NowhereSink: RecordSink {
    func begin(_ intent: LedgerIntent) throws(Failure) {}
    func settle(_ record: RequestRecord, bodies: RecordBodies?) async throws(Failure) {}
}
