import Logging
import ModeluxCore
import NIOCore

/// Step 8: what happened → the ledger and the log, once, whatever happened.
struct Settle {
    let sink: any RecordSink
    let limiters: RateLimiters
    let budgets: BudgetBook
    let clock: OperationClock
    let metrics: GatewayMetrics
    let health: HealthBoard
    let keptBodies: KeptBodies
    let logger: Logger

    /// Books the operation. The answer's last byte must not go out before this returns.
    /// - Throws: `Failure` of kind `overloaded` when it could not be booked.
    func callAsFunction(_ operation: inout Operation) async throws(Failure) {
        guard !operation.isSettled else { return }
        operation.isSettled = true
        let now = clock.monotonic()
        operation.record.latency.totalMilliseconds = operation.milliseconds(at: now)
        operation.record.latency.gatewayMilliseconds =
            Double(now &- operation.started &- min(operation.waited, now &- operation.started)) / 1_000_000
        metrics.finished(operation.record)
        if let config = operation.configID, let last = operation.record.attempts.last, last.outcome == .success {
            health.record(outputTokens: last.usage.output, of: config)
        }
        defer { operation.release(to: keptBodies) }
        if let share = operation.hold.share {
            limiters.finish(share, tokens: Int(clamping: operation.record.usage.tokens))
        }
        do throws(Failure) {
            try await sink.settle(operation.record, bodies: bodies(of: operation))
            // After the ledger: what the accounts say is spent is in it.
            if operation.hold.demand != nil { operation.hold.refresh(budgets.settle(operation.record)) }
        } catch {
            budgets.strand(operation.record.requestID, begun: operation.hold.begun.map { ($0.providerID, $0.cost) })
            logger.error(
                "an operation could not be booked",
                metadata: ["request_id": "\(operation.record.requestID)", "reason": "\(error.message)"])
            throw error
        }
    }

    private func bodies(of operation: Operation) -> RecordBodies? {
        guard let request = operation.requestBody else { return nil }
        return RecordBodies(
            requestID: operation.record.requestID, request: Settle.bytes(of: request),
            response: operation.responseBody.map(Settle.bytes) ?? [])
    }

    /// A copy of its own: the store keeps it when the buffer is long used again.
    private static func bytes(of buffer: ByteBuffer) -> [UInt8] {
        buffer.getBytes(at: buffer.readerIndex, length: buffer.readableBytes) ?? []
    }
}
