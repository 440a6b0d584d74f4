public import ModeluxCore

/// Where the gateway's money and records go. The store is behind it, and the gateway never sees SQL.
public protocol RecordSink: Sendable {
    /// Writes down that money may be about to be spent. Called before the provider is dialled.
    /// - Throws: `Failure` of kind `overloaded` when nothing more can be written down: then nothing may be spent.
    func begin(_ intent: LedgerIntent) throws(Failure)

    /// Books an operation and hands its bodies on. Called before the last byte of the answer goes to the caller, and
    /// returns once the record is as durable as the settings ask.
    /// - Throws: `Failure` of kind `overloaded` when it could not be booked: then the answer must not be completed.
    func settle(_ record: RequestRecord, bodies: RecordBodies?) async throws(Failure)
}
